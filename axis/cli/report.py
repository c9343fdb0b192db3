"""`axis report`: the signed-document rate of each agency over a period, as a table, CSV or JSON."""

import argparse
import csv
import sys
from typing import Any

from axis.agencies import queries
from axis.agencies.callers import Caller
from axis.cli.common import CommandParser, add_json_option, agency_code, opened_store, show, table
from axis.compliance.definitions import SIGNATURES
from axis.compliance.periods import spans_of
from axis.compliance.statistics import Question, signature_items
from axis.database import Read
from axis.protocol.codes import AgencyCode

COLUMNS = ("agency", "name", "sent", "signed", "both", "person", "indeterminate", "failed", "unsigned")
RATES = ("rate", "rate_full", "rate_any")
_EVERYTHING = Caller("auditor", None, subtree=False, name="axis report", token_id="")


def register(parser: CommandParser) -> None:
    """Add the command."""
    parser.description = (
        "Prints how many documents each agency sent in a period, and who signed them, from "
        "the hub's counters. Both days are included and are Viet Nam's."
    )
    parser.add_argument("--from", dest="first", metavar="DAY", help="first day, as 2019-03-12")
    parser.add_argument("--to", dest="last", metavar="DAY", help="last day")
    parser.add_argument(
        "--recipient", type=agency_code, metavar="CODE", help="only documents addressed to this agency"
    )
    parser.add_argument("--csv", action="store_true", help="answer in CSV, with a heading")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    question = Question(
        spans_of(args.first, args.last, by_day=False), by=("agency",), recipient=args.recipient
    )
    with opened_store() as store, store.database.read() as tx:
        items = signature_items(tx, _EVERYTHING, question)
        names = _names(tx, [AgencyCode(item["agency"]) for item in items])
    rows: list[dict[str, Any]] = [
        {"agency": item["agency"], "name": names.get(item["agency"], ""), **item} for item in items
    ]
    if args.csv and not args.json:
        writer = csv.DictWriter(sys.stdout, [*COLUMNS, *RATES], extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return 0
    shown = [
        [*(str(row[name]) for name in COLUMNS), *(_percent(row[name]) for name in RATES)] for row in rows
    ]
    text = f"{table([*COLUMNS, *RATES], shown)}\n\n{SIGNATURES['en']}"
    show(args, {"items": rows, "definition": SIGNATURES["en"]}, text)
    return 0


def _names(tx: Read, codes: list[AgencyCode]) -> dict[str, str]:
    return {row.code: row.name for row in queries.agency_rows(tx, codes, deleted=True)} if codes else {}


def _percent(rate: float | None) -> str:
    """Return a rate for reading; what is not all of them never reads as 100 %."""
    if rate is None:
        return "-"
    text = f"{rate * 100:.1f} %"
    return "> 99.9 %" if rate < 1 and text == "100.0 %" else text
