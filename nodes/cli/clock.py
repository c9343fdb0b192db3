"""`nodes clock`: read or move a sandbox's business time."""

import argparse

from nodes.cli.common import DONE, add_sandbox, moment, print_json, sandbox_client
from nodes.sandbox import read_clock, set_clock


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    add_sandbox(command, required=True)
    change = command.add_mutually_exclusive_group()
    change.add_argument("--set", type=moment, metavar="TIME", help="move it to 2019-06-03T09:00:00+07:00")
    change.add_argument("--real", action="store_true", help="back to real time")


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    with sandbox_client(arguments) as sandbox:
        if arguments.set is not None or arguments.real:
            clock = set_clock(sandbox, arguments.set)
        else:
            clock = read_clock(sandbox)
    if arguments.json:
        print_json(clock)
    else:
        print(f"{clock['at']}  {'moved' if clock['moved'] else 'real time'}")
    return DONE
