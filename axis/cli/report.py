"""`axis report`: a report of a period as a table, Markdown, a page, CSV, a workbook or JSON.

What reports hold is in `axis.compliance.reports`.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.cli.common import (
    CommandParser,
    RefusedError,
    add_json_option,
    agency_code,
    opened_store,
    table,
)
from axis.clock import Microseconds, rfc3339
from axis.compliance.reports.inspection import Inspection, inspection_report
from axis.compliance.reports.regulations import read_regulations
from axis.compliance.reports.renderings import as_markdown, as_page, cells_of
from axis.compliance.reports.report import Report
from axis.compliance.reports.report_kinds import NAMES, make_report
from axis.compliance.reports.verdict_report import NAME as VERDICTS
from axis.compliance.reports.verdict_report import USUAL, verdict_report
from axis.compliance.reports.workbook import as_workbook
from axis.compliance.statistics import BY, Question
from axis.compliance.statistics_periods import spans_of
from axis.compliance.verdict_statistics import BY_OF_VERDICTS, VerdictQuestion
from axis.database import Read
from axis.database.snapshots import hold_snapshot
from axis.problems import Language
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.csv_text import csv_text

INSPECTION = "inspection"
_HELP_BY: Final = (
    f"a row for each of these, with commas: any of {', '.join(BY)} (default: agency); of verdicts also "
    f"{', '.join(BY_OF_VERDICTS[len(BY) :])} (default: {','.join(USUAL)})"
)
_Maker = Callable[[Read, Microseconds], Report]
"""Makes a report, as of a business time."""
_EVERYTHING = Caller("auditor", None, subtree=False, name="axis report", token_id="")


def register(parser: CommandParser) -> None:
    """Add the command."""
    parser.description = (
        "Prints what each agency sent in a period and who signed it (signatures), what became of what was "
        "sent (exchange), what was sent and answered in time (deadlines), what verdicts found (verdicts), or "
        "a group of agencies ranked by their rates, against targets and the period before (inspection), from "
        "the hub's counters. Both days are included and are Viet Nam's."
    )
    parser.add_argument(
        "report",
        nargs="?",
        choices=(*NAMES, VERDICTS, INSPECTION),
        default="signatures",
        help="which one (default: %(default)s)",
    )
    parser.add_argument("--from", dest="first", metavar="DAY", help="first day, as 2019-03-12")
    parser.add_argument("--to", dest="last", metavar="DAY", help="last day")
    parser.add_argument(
        "--sender", type=agency_code, metavar="CODE", help="only documents that this agency sent"
    )
    parser.add_argument(
        "--recipient", type=agency_code, metavar="CODE", help="only documents addressed to this agency"
    )
    parser.add_argument(
        "--by",
        type=_by,
        metavar="NAMES",
        help=_HELP_BY,
    )
    parser.add_argument(
        "--agencies",
        choices=("active", "all"),
        help="all: a row of zeros for each agency that sent nothing, too (default: active)",
    )
    parser.add_argument(
        "--group",
        type=_codes,
        metavar="CODES",
        help="inspection: these agencies, with commas (default: all of the first level)",
    )
    parser.add_argument(
        "--regulations",
        type=Path,
        metavar="FILE",
        help="inspection: which have issued a regulation, as CSV with the heading agency,regulation",
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--csv", action="store_true", help="CSV for spreadsheets, with a heading")
    forms.add_argument("--xlsx", action="store_true", help="a workbook, with --out")
    forms.add_argument("--html", action="store_true", help="a page to file or print, which loads nothing")
    forms.add_argument("--markdown", action="store_true", help="Markdown")
    add_json_option(forms)
    parser.add_argument(
        "--language",
        choices=("en", "vi"),
        default="en",
        help="of words and figures (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to this file instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the report, or write it to a file."""
    if args.xlsx and args.out is None:
        raise RefusedError("--xlsx: --out FILE, since a workbook is no text")
    make = _MAKERS.get(args.report, _statistic)(args)
    with opened_store() as store, store.database.read() as tx:
        hold_snapshot(tx)
        report = make(tx, store.clock.now())
    if args.xlsx:
        args.out.write_bytes(as_workbook(report, args.language))
    elif args.out is None:
        sys.stdout.write(_text(report, args))
    else:
        args.out.write_text(_text(report, args), encoding="utf-8", newline="")
    return 0


def _statistic(args: argparse.Namespace) -> _Maker:
    """Read what a report of statistics is asked, and return what makes it."""
    _refuse(args, ("group", "regulations"), f"only with {INSPECTION}")
    by: tuple[str, ...] = args.by or ("agency",)
    _refuse_others(by, BY)
    if args.agencies == "all" and "agency" not in by:
        raise RefusedError("--agencies all: --by agency, since each gets a row")
    question = Question(
        spans_of(args.first, args.last, by_day="day" in by),
        by=by,
        sender=args.sender,
        recipient=args.recipient,
        silent=args.agencies == "all",
    )
    by_names = ("by", ", ".join(by))
    return lambda tx, now: make_report(
        tx, Directory(), _EVERYTHING, args.report, question, _asked(args, now, by_names), now
    )


def _verdicts(args: argparse.Namespace) -> _Maker:
    """Read what the report of verdicts is asked, and return what makes it."""
    _refuse(args, ("group", "regulations"), f"only with {INSPECTION}")
    _refuse(args, ("recipient", "agencies"), f"not with {VERDICTS}, which are counted by sender")
    by: tuple[str, ...] = args.by or USUAL
    _refuse_others(by, BY_OF_VERDICTS)
    question = VerdictQuestion(spans_of(args.first, args.last, by_day="day" in by), by, args.sender)
    by_names = ("by", ", ".join(by))
    return lambda tx, now: verdict_report(tx, _EVERYTHING, question, _asked(args, now, by_names))


def _inspection(args: argparse.Namespace) -> _Maker:
    """Read what an inspection is asked, and return what makes it."""
    _refuse(args, ("by", "agencies", "sender"), f"not with {INSPECTION}, which has a row for each of --group")
    if args.first is None or args.last is None:
        raise RefusedError(f"{INSPECTION}: --from DAY and --to DAY, since it compares with the period before")
    spans_of(args.first, args.last, by_day=True)  # names a day that is none
    inspection = Inspection(
        first=dt.date.fromisoformat(args.first),
        last=dt.date.fromisoformat(args.last),
        group=args.group or (),
        recipient=args.recipient,
        regulations=None if args.regulations is None else read_regulations(args.regulations),
    )
    group = ("group", ", ".join(inspection.group) or None)
    return lambda tx, now: inspection_report(
        tx, Directory(), _EVERYTHING, inspection, _asked(args, now, group), now
    )


_MAKERS: Final = {INSPECTION: _inspection, VERDICTS: _verdicts}


def _refuse_others(by: Sequence[str], members: Sequence[str]) -> None:
    for name in by:
        if name not in members:
            raise RefusedError(f"--by {name}: any of {', '.join(members)}, with commas")


def _refuse(args: argparse.Namespace, names: Sequence[str], why: str) -> None:
    for name in names:
        if getattr(args, name) is not None:
            raise RefusedError(f"--{name}: {why}")


def _text(report: Report, args: argparse.Namespace) -> str:
    language: Language = args.language
    if args.csv:
        return csv_text([column.name for column in report.columns], report.rows)
    if args.html:
        return as_page(report, language)
    if args.markdown:
        return as_markdown(report, language)
    if args.json:
        members = {
            "items": report.rows,
            "definition": report.definition[language],
            "at": dict(report.asked)["at"],
        }
        return json.dumps(members, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None) + "\n"
    headings = [column.name for column in report.columns]
    return f"{table(headings, cells_of(report, language))}\n\n{report.definition[language]}\n"


def _asked(
    args: argparse.Namespace, now: Microseconds, *more: tuple[str, str | None]
) -> list[tuple[str, str]]:
    given = [
        ("from", args.first),
        ("to", args.last),
        ("sender", args.sender),
        ("recipient", args.recipient),
        *more,
        ("at", rfc3339(now)),
    ]
    return [(name, str(value)) for name, value in given if value is not None]


def _codes(text: str) -> tuple[AgencyCode, ...]:
    return tuple(dict.fromkeys(agency_code(code.strip()) for code in text.split(",") if code.strip()))


def _by(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for name in text.split(",") if name))
    unknown = [name for name in names if name not in BY_OF_VERDICTS]
    if unknown or not names:
        message = f"{text!r}: any of {', '.join(BY)}, with commas"
        raise argparse.ArgumentTypeError(message)
    return names
