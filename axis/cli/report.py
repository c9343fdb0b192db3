"""`axis report`: the signed-document rate of each agency over a period, as a table, CSV or JSON."""

import argparse
import sys

from axis.agencies.callers import Caller
from axis.cli.common import (
    CommandParser,
    RefusedError,
    add_json_option,
    agency_code,
    opened_store,
    show,
    table,
)
from axis.compliance.statistics import BY, Question, signature_items
from axis.compliance.statistics_definitions import SIGNATURES
from axis.compliance.statistics_periods import spans_of
from axis.protocol.csv_text import csv_text

REPORTS = ("signatures",)
COUNTS = ("sent", "signed", "both", "organisation", "person", "indeterminate", "failed", "unsigned")
RATES = ("rate", "rate_full", "rate_any")
_EVERYTHING = Caller("auditor", None, subtree=False, name="axis report", token_id="")


def register(parser: CommandParser) -> None:
    """Add the command."""
    parser.description = (
        "Prints how many documents each agency sent in a period, and who signed them, from "
        "the hub's counters. Both days are included and are Viet Nam's."
    )
    parser.add_argument(
        "report", nargs="?", choices=REPORTS, default="signatures", help="which one (default: %(default)s)"
    )
    parser.add_argument("--from", dest="first", metavar="DAY", help="first day, as 2019-03-12")
    parser.add_argument("--to", dest="last", metavar="DAY", help="last day")
    parser.add_argument(
        "--recipient", type=agency_code, metavar="CODE", help="only documents addressed to this agency"
    )
    parser.add_argument(
        "--by",
        type=_by,
        default=("agency",),
        metavar="NAMES",
        help=f"a row for each of these, with commas: any of {', '.join(BY)} (default: agency)",
    )
    parser.add_argument(
        "--agencies",
        choices=("active", "all"),
        default="active",
        help="all: a row of zeros for each agency that sent nothing, too (default: %(default)s)",
    )
    parser.add_argument("--csv", action="store_true", help="answer in CSV for spreadsheets, with a heading")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    by: tuple[str, ...] = args.by
    if args.agencies == "all" and "agency" not in by:
        raise RefusedError("--agencies all: --by agency, since each gets a row")
    question = Question(
        spans_of(args.first, args.last, by_day="day" in by),
        by=by,
        recipient=args.recipient,
        silent=args.agencies == "all",
    )
    with opened_store() as store, store.database.read() as tx:
        rows = signature_items(tx, _EVERYTHING, question)
    labels = [label for name in by for label in ((name, "agency_name") if name == "agency" else (name,))]
    columns = [*labels, *COUNTS, *RATES]
    if args.csv and not args.json:
        sys.stdout.write(csv_text(columns, rows))
        return 0
    shown = [
        [*(str(row[name]) for name in (*labels, *COUNTS)), *(_percent(row[name]) for name in RATES)]
        for row in rows
    ]
    text = f"{table(columns, shown)}\n\n{SIGNATURES['en']}"
    show(args, {"items": rows, "definition": SIGNATURES["en"]}, text)
    return 0


def _by(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for name in text.split(",") if name))
    unknown = [name for name in names if name not in BY]
    if unknown or not names:
        message = f"{text!r}: any of {', '.join(BY)}, with commas"
        raise argparse.ArgumentTypeError(message)
    return names


def _percent(rate: float | None) -> str:
    """Return a rate for reading; what is not all of them never reads as 100 %."""
    if rate is None:
        return "-"
    text = f"{rate * 100:.1f} %"
    return "> 99.9 %" if rate < 1 and text == "100.0 %" else text
