"""The command `nodes`: one file per sub-command, each with `register` (its arguments) and `run` (its work).

Exit codes: 0 done, 1 the hub refused or expected figures were not met, 2 wrong usage, 3 no hub could be
reached or started, 130 interrupted. With `--json` standard output holds JSON.
"""

import argparse
import importlib
import signal
import sys
from collections.abc import Collection, Sequence
from types import FrameType

from nodes.errors import NodesError

COMMANDS = {
    "demo": "Start a hub, let eight provinces exchange signed documents on it, "
    "compare with what was published.",
    "simulate": "Run a scenario and compare the hub's statistics with what the scenario expects.",
    "scenarios": "List the scenarios that come with the package.",
    "faults": "List what can be made to go wrong in a simulation, and what the hub must do about it.",
    "replay": "Feed the record of a run to another hub, and compare outcome with outcome.",
    "send": "Send one document: files, a manifest over them, signatures.",
    "inbox": "List what arrived for an agency, one page of it or all.",
    "serve": "Run one agency's node: read the inbox, answer 01, 03 and on, or 02, and requests for recall.",
    "portal": "Be the Public Service Portal, to which a one-stop system can be pointed.",
    "registers": "Show what the kept register of a portal or a one-stop system says, or its pages.",
    "relay": "Stand between a province's hub and the national one: hand documents over, bring statuses back.",
    "measuring": "Rank units by the online services they offer and people use, or take what they tell.",
    "savings": "Say what an exchange saved in paper, copies, post and hours, by stated assumptions.",
    "population": "Say who looked up whom in a population register, or show persons who looked them up.",
    "listen": "Receive what a hub pushes to a webhook: check each message, and print or forward it.",
    "sandbox": "Start a hub to try things on, with agencies; print their tokens and certificates.",
    "clock": "Show a sandbox's clock, move it, or have it run faster.",
}
"""The sub-commands, each a module of this package, and what each does, in the order of help."""

INTERRUPTED = 130
"""What a shell reports of a program that Ctrl+C ended."""


def parser(loaded: Collection[str] = COMMANDS) -> argparse.ArgumentParser:
    """Describe the command line; of commands that are not in `loaded` it knows what each does alone."""
    top = argparse.ArgumentParser(
        prog="nodes",
        description="The agencies' side of the exchange axis: simulate many of them, or be one by hand.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name in loaded:
            command.add_argument(
                "--json", action="store_true", help="print JSON, and nothing else, on standard output"
            )
            importlib.import_module(f"nodes.cli.{name}").register(command)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in given if not word.startswith("-")), "")
    arguments = parser({command}).parse_args(given)
    signal.signal(signal.SIGTERM, _end)
    try:
        code: int = arguments.run(arguments)
    except NodesError as error:
        from nodes.cli.common import exit_code, print_error  # noqa: PLC0415 - it loads the clients

        print_error(error, as_json=arguments.json)
        return exit_code(error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        return 0
    return code


def _end(_signal: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that a hub of our own is stopped on the way out."""
    raise KeyboardInterrupt
