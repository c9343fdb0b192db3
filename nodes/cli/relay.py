"""`nodes relay`: stands between a province's hub and the national one, and carries documents and statuses."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from nodes.cli.common import DONE, REFUSED, print_json, read_token
from nodes.client import Client
from nodes.errors import ProblemError, TransportError
from nodes.relay.carrying import Carried, Relay
from nodes.relay.checks import Findings, RelayRefused, check_pair, opened_hub
from nodes.relay.store import PLACES, RelayStore

_PAUSE_SECONDS = 2.0  # before a hub that failed in spite of all retries is tried again
_SECURED = 401, 403


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    for place in PLACES:
        command.add_argument(f"--{place}", required=True, metavar="URL", help=f"the {place} hub")
        command.add_argument(
            f"--{place}-token-file",
            type=Path,
            required=True,
            metavar="FILE",
            help="file with the relay's token at this hub (axis token create --relay NAME)",
        )
    command.add_argument(
        "--store", type=Path, required=True, metavar="FILE", help="what the relay remembers; made if needed"
    )
    command.add_argument(
        "--every", type=float, default=1.0, metavar="S", help="seconds between two looks (%(default)s)"
    )
    command.add_argument("--once", action="store_true", help="carry what waits, then stop")
    command.add_argument("--check", action="store_true", help="check the two hubs, and carry nothing")


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command until Ctrl-C or SIGTERM."""
    with _opened(arguments) as (relay, store, findings):
        for warning in findings.warnings:
            _tell(f"warning: {warning}")
        if findings.faults:
            raise RelayRefused("; ".join(findings.faults))
        if arguments.check:
            if arguments.json:
                print_json({"warnings": findings.warnings})
            return REFUSED if findings.warnings else DONE
        while True:
            carried = _turn(relay, arguments)
            if carried is not None and not carried.read:
                if arguments.once:
                    _show(store, as_json=arguments.json)
                    return DONE
                time.sleep(arguments.every)


@contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator[tuple[Relay, RelayStore, Findings]]:
    """Open hubs and store, and check them."""
    tokens = {place: read_token(getattr(arguments, f"{place}_token_file")) for place in PLACES}
    urls = {place: str(getattr(arguments, place)).rstrip("/") for place in PLACES}
    clients = {place: Client(urls[place], tokens[place]) for place in PLACES}
    try:
        hubs = {place: opened_hub(place, urls[place], clients[place]) for place in PLACES}
        with RelayStore(arguments.store) as store:
            findings = check_pair(hubs, store)
            if not findings.faults and not arguments.check:
                with store.step():
                    for place in PLACES:
                        store.note_ledger(place, hubs[place].ledger)
            yield Relay(hubs, store, say=_tell), store, findings
    finally:
        for client in clients.values():
            client.close()


def _turn(relay: Relay, arguments: argparse.Namespace) -> Carried | None:
    """Carry what waits; None where a hub could not, and the next turn goes on."""
    try:
        carried = relay.turn()
    except (TransportError, ProblemError) as error:
        if arguments.once or (isinstance(error, ProblemError) and error.status in _SECURED):
            raise
        _tell(f"{error}; trying again")
        time.sleep(_PAUSE_SECONDS)
        return None
    if arguments.json and carried.read and not arguments.once:
        print_json(asdict(carried))
    return carried


def _show(store: RelayStore, *, as_json: bool) -> None:
    totals = store.totals()
    if as_json:
        print_json(asdict(totals))
        return
    print(
        f"{totals.documents} documents with {totals.deliveries} deliveries were handed over in all, "
        f"{totals.refused} documents were refused, {totals.set_aside} statuses were set aside."
    )


def _tell(text: str) -> None:
    print(f"nodes: {text}", file=sys.stderr, flush=True)
