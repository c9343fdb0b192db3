"""`nodes serve`: acts as one agency's document system until stopped.

It polls and answers what arrives; or, with `--port`, shows pages on which a person does.
"""

import argparse
import sys
import time
from datetime import UTC, datetime
from random import Random

from nodes.answers import Answered
from nodes.cli.common import DONE, add_hub, code, hub_client, print_json, refuse_options
from nodes.cli.signer_options import add_signers
from nodes.errors import ProblemError, TransportError
from nodes.node import Habits, NodeState
from nodes.node_loop import Follower, turn
from nodes.retries import RETRIED_STATUSES
from nodes.working_time import WorkingTime

_MOST_WAIT_SECONDS = 60  # the contract's bound for a long poll
_PAUSE_SECONDS = 5.0  # before a hub that failed in spite of all retries is tried again


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    add_hub(command)
    command.add_argument(
        "--wait", type=int, default=30, metavar="S", help="seconds of one long poll (%(default)s)"
    )
    command.add_argument("--seed", type=int, default=1, help="what is refused follows from it (%(default)s)")
    command.add_argument(
        "--office-hours",
        action="store_true",
        help="answer only on Viet Nam's working days, 07:00 to 11:30 and 13:30 to 17:00",
    )
    command.add_argument("--refused-share", type=float, default=0.01, help="0 to 1 (%(default)s)")
    command.add_argument(
        "--days-to-complete", type=int, default=0, help="working days until 06 (%(default)s)"
    )
    command.add_argument("--once", action="store_true", help="one look, then stop")
    command.add_argument(
        "--port",
        type=int,
        metavar="P",
        help="show pages of the agency's registers on this port, where a person answers and sends",
    )
    command.add_argument("--agency", type=code, metavar="CODE", help="with --port: the token's agency")
    command.add_argument(
        "--host",
        default="127.0.0.1",
        help="with --port: where to listen; whoever reaches it acts for the agency (%(default)s)",
    )
    add_signers(command)


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command until Ctrl-C or SIGTERM, which end it between two requests."""
    if arguments.port is not None:
        from nodes.cli.serve_pages import serve_pages  # noqa: PLC0415 - it loads a web server

        return serve_pages(arguments)
    signers = ("organisation_certificate", "organisation_key", "person_certificate", "person_key")
    refuse_options(arguments, ("agency", *signers), "needs --port")
    habits = Habits(
        refused_share=arguments.refused_share,
        days_to_complete=arguments.days_to_complete,
        hours=WorkingTime(always=not arguments.office_hours),
    )
    follower = Follower(NodeState(habits))
    rng = Random(arguments.seed)  # noqa: S311 - behaviour, not secrecy
    wait = 0 if arguments.once else min(arguments.wait, _MOST_WAIT_SECONDS)
    with hub_client(arguments) as client:
        while True:
            try:
                done = turn(client, follower, now=datetime.now(UTC), rng=rng, wait_seconds=wait)
            except (TransportError, ProblemError) as error:
                passes = isinstance(error, TransportError) or error.status in RETRIED_STATUSES
                if arguments.once or not passes:
                    raise
                print(f"nodes: {error}; trying again", file=sys.stderr)
                time.sleep(_PAUSE_SECONDS)
                continue
            follower = done.follower
            for answered in done.answered:
                _show(answered, as_json=arguments.json)
            if arguments.once and not done.arrived and not done.requested:
                return DONE


def _show(answered: Answered, *, as_json: bool) -> None:
    answer = answered.answer
    if as_json:
        print_json(
            {
                "delivery": answer.delivery,
                "code": answer.code,
                "note": answer.note,
                "refused": answered.refused,
            }
        )
        return
    told = f"refused by the hub: {answered.refused}" if answered.refused else "posted"
    print(f"{answer.delivery}  {answer.code}  {told}  {answer.note or ''}".rstrip(), flush=True)
