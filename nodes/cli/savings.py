"""`nodes savings`: what an exchange saved in paper, copies, post and hours, from a hub's counts."""

import argparse
import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from nodes.cli.common import DONE, UsageError, add_hub, hub_client, print_json
from nodes.savings.assumptions import load, schema, shipped_text
from nodes.savings.counts import read_counts
from nodes.savings.savings_table import Outcome, as_json, as_page, text


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    add_hub(command, token_required=False)
    command.add_argument(
        "--assumptions", type=Path, metavar="FILE", help="TOML file of what is assumed (the shipped one)"
    )
    for name, place, which in (("--from", "first", "first"), ("--to", "last", "last")):
        command.add_argument(
            name, dest=place, type=_day, metavar="DAY", help=f"{which} day (the {which} that has documents)"
        )
    command.add_argument(
        "--scale",
        type=_scale,
        default=Decimal(1),
        metavar="S",
        help="part of the exchange that the hub simulates: counts are divided by it (%(default)s)",
    )
    command.add_argument("--html", type=Path, metavar="FILE", help="write a page, too")
    command.add_argument(
        "--print",
        choices=("assumptions", "schema"),
        help="print the shipped file of assumptions, or the JSON Schema of such a file, and nothing else",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    if arguments.print == "assumptions":
        sys.stdout.write(shipped_text())
        return DONE
    if arguments.print == "schema":
        print_json(schema())
        return DONE
    first, last = arguments.first, arguments.last
    if first is not None and last is not None and last < first:
        raise UsageError(f"--to: found {last}, expected a day from {first} on")
    assumed = load(arguments.assumptions)
    with hub_client(arguments) as client:
        outcome = Outcome.of(read_counts(client, first, last, arguments.scale), assumed)
    if arguments.html is not None:
        try:
            arguments.html.write_text(as_page(outcome), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{arguments.html}: {error.strerror}") from error
    if arguments.json:
        print_json(as_json(outcome))
    else:
        print(text(outcome))
    return DONE


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{written!r} is no day such as 2019-03-12") from error


def _scale(written: str) -> Decimal:
    try:
        scale = Decimal(written)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"{written!r} is no number such as 0.01") from error
    if not 0 < scale <= 1:
        raise argparse.ArgumentTypeError(f"{written}: a scale is above 0 and at most 1")
    return scale
