"""`nodes faults`: what can be made to go wrong, and what the hub must do about it."""

import argparse
from textwrap import wrap
from typing import Any

from nodes.cli.common import DONE, UsageError, print_json
from nodes.faults.catalogue import CATALOGUE, Fault

_WIDTH = 96


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=_list)
    actions = command.add_subparsers(metavar="ACTION")
    for name, run, text in (
        ("list", _list, "List all faults."),
        ("show", _show, "Explain one fault."),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
        action.set_defaults(run=run)
        if name == "show":
            action.add_argument("fault", metavar="NAME", help="a name of the list")


def _list(arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json({"items": [told(fault) for fault in CATALOGUE.values()]})
        return DONE
    for fault in CATALOGUE.values():
        print(f"{fault.name:20} {fault.does}")
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    fault = CATALOGUE.get(arguments.fault)
    if fault is None:
        raise UsageError(f"{arguments.fault}: no such fault; nodes faults list names them")
    if arguments.json:
        print_json(told(fault))
        return DONE
    print(fault.name)
    for title, text in (("does", fault.does), ("outcome", "; ".join(fault.outcome)), ("why", fault.why)):
        print("\n".join(wrap(f"{title}: {text}", _WIDTH, initial_indent="  ", subsequent_indent="    ")))
    return DONE


def told(fault: Fault) -> dict[str, Any]:
    """Return a fault as JSON values."""
    return {
        "name": fault.name,
        "where": fault.place,
        "does": fault.does,
        "when": "after the letters of its day's morning",
        "outcome": list(fault.outcome),
        "why": fault.why,
        "accepted": fault.accepted,
        "refusals": list(fault.refusals),
        "needs": fault.needs,
    }
