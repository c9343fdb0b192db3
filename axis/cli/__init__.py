"""The command `axis`: one file per sub-command, each with `register` and `run`.

It loads the module of the sub-command that is called, and turns refusals into one line on standard error.
Exit status: 0 all is well, 1 the command found problems, 2 it was not understood or refused; `axis verify`
and `axis audit` have more.
"""

import argparse
import importlib
import sys
from collections.abc import Collection, Sequence

from axis.cli.common import CommandParser
from axis.cli.output import outlast_reader

COMMANDS = {
    "serve": "run the hub",
    "ready": "ask whether a hub is ready",
    "migrate": "bring the store to this version",
    "agency": "add, import, list and lock agencies",
    "token": "make, list and revoke tokens",
    "vxp": "systems that call over the old protocol",
    "ca": "issue and revoke certificates",
    "certificate": "bind certificates to agencies",
    "trust": "add, list and remove trust anchors",
    "sign": "sign a manifest",
    "verify": "judge the signatures of files, without a hub",
    "edxml": "check, show or make edXML messages",
    "report": "signed-document rates of agencies",
    "export": "write a whole list to a file",
    "reconcile": "count everything again and compare",
    "fsck": "check the ledger, the rows and the contents against each other",
    "backup": "copy the store and its contents at one moment, and check such copies",
    "restore": "bring a backup back, into an empty place",
    "ledger": "change the key that signs the ledger",
    "audit": "check a hub from outside",
    "objects": "see where large contents lie, and move them elsewhere",
    "jobs": "list, show and cancel long work",
    "bench": "measure the hub on this machine",
}
"""The sub-commands, each a module of this package, as help lists them."""

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
    command = next((word for word in given if not word.startswith("-")), "")
    refused = REFUSED_BY.get(command, REFUSED)
    outlast_reader()  # `axis … | head` promises its exit status all the same
    try:
        args = build_parser({command}).parse_args(given)
    except SystemExit as stopped:  # by the parser, which knows one status
        if stopped.code == REFUSED:
            raise SystemExit(refused) from None
        raise
    try:
        status: int = args.run(args)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from axis.cli.command_errors import REFUSALS, explain  # noqa: PLC0415 - it knows, and loads, every room

        if not isinstance(error, REFUSALS):
            raise
        print(f"axis: {explain(error)}", file=sys.stderr)
        return refused
    return status


def build_parser(loaded: Collection[str] = COMMANDS) -> argparse.ArgumentParser:
    """Build the parser; of commands that are not in `loaded` it knows the line of help alone.

    A command's module loads the rooms that the command works with, which may take a second.
    """
    parser = argparse.ArgumentParser(
        prog="axis", description="The document exchange axis.", epilog=EXIT_STATUS
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=CommandParser
    )
    for name, line in COMMANDS.items():
        command = commands.add_parser(name, help=line)
        if name in loaded:
            importlib.import_module(f"axis.cli.{name}").register(command)
    return parser
