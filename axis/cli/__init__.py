"""The command `axis`: one file per sub-command, each offering `register` and `run`.

This module only finds the sub-command and turns refusals into one line on standard error and an exit status.

Exit status: 0 all is well · 1 the command looked for problems and found some · 2 the command was not
understood, or refused. `axis verify` has a status for each outcome, and 4 in the place of 2.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

from axis.cli.common import CommandParser
from axis.cli.output import outlast_reader

COMMANDS = (
    "serve",
    "ready",
    "migrate",
    "agency",
    "token",
    "vxp",
    "ca",
    "certificate",
    "trust",
    "sign",
    "verify",
    "edxml",
    "report",
    "reconcile",
    "fsck",
    "bench",
)
"""The modules of this package that are sub-commands, in the order in which help lists them."""

OK, FOUND_PROBLEMS, REFUSED = 0, 1, 2
REFUSED_BY = {"verify": 4}
"""Commands to which 2 means something else."""
EXIT_STATUS = (
    "Exit status: 0 all is well; 1 the command looked for problems and found some; "
    "2 the command was not understood, or refused."
)
INTERRUPTED = 130
"""What a shell reports of a program that Ctrl+C ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (without the program's name) and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    refused = REFUSED_BY.get(given[0] if given else "", REFUSED)
    outlast_reader()  # `axis … | head` promises its exit status all the same
    try:
        args = build_parser(given).parse_args(given)
    except SystemExit as stopped:  # by the parser, which knows one status
        if stopped.code == REFUSED:
            raise SystemExit(refused) from None
        raise
    try:
        status: int = args.run(args)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from axis.cli.refusals import REFUSALS, explain  # noqa: PLC0415 - it knows, and loads, every room

        if not isinstance(error, REFUSALS):
            raise
        print(f"axis: {explain(error)}", file=sys.stderr)
        return refused
    return status


def build_parser(given: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Build the parser; where the command is known already, with that one alone: loading all is slow."""
    parser = argparse.ArgumentParser(
        prog="axis", description="The document exchange axis.", epilog=EXIT_STATUS
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=CommandParser
    )
    wanted = [name for name in given[:1] if name in COMMANDS]
    for name in wanted or COMMANDS:
        importlib.import_module(f"axis.cli.{name}").register(commands)
    return parser
