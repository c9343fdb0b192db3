"""`axis jobs`: list, show and cancel long work of everybody. Running hubs do the work."""

import argparse
from typing import Any, get_args

from sqlalchemy import Row

from axis.cli.common import CommandParser, add_json_option, opened_store, show, table
from axis.clock import rfc3339
from axis.jobs import job_queue, queries
from axis.jobs.answers import State, full_members, job_members

LISTED = 100
MOST_LISTED = 10_000


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="list jobs, newest first")
    listed.add_argument("--state", choices=get_args(State), help="only these")
    listed.add_argument("--limit", type=_count, default=LISTED, metavar="N", help="(default: %(default)s)")
    listed.set_defaults(run=run_list)
    shown = actions.add_parser("show", help="show a job with its result")
    shown.set_defaults(run=run_show)
    cancelled = actions.add_parser("cancel", help="cancel a job that has not ended")
    cancelled.set_defaults(run=run_cancel)
    for action in (shown, cancelled):
        action.add_argument("id", metavar="ID", help="as `axis jobs list` shows it")
    for action in actions.choices.values():
        add_json_option(action)


def run_list(args: argparse.Namespace) -> int:
    """List jobs."""
    with opened_store() as store, store.database.read() as tx:
        rows = queries.job_rows(tx, None, None, args.limit, state=args.state)
    lines = [
        (row.id, row.kind, row.state, _progress(row), rfc3339(row.created_at)[:19] + "Z") for row in rows
    ]
    headings = ("ID", "KIND", "STATE", "DONE", "CREATED")
    show(args, {"items": [job_members(row, "en") for row in rows]}, table(headings, lines))
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Show a job."""
    with opened_store() as store, store.database.read() as tx:
        row = job_queue.find_job(tx, args.id, None)
    members = full_members(row, "en")
    shown = {**members, "done": _progress(row), "problem": (members["problem"] or {}).get("detail")}
    del shown["of"]
    lines = [(name, "" if value is None else str(value)) for name, value in shown.items()]
    show(args, members, "\n".join(f"{name:<11} {value}".rstrip() for name, value in lines))
    return 0


def run_cancel(args: argparse.Namespace) -> int:
    """Cancel a job."""
    with opened_store() as store:
        row = store.database.write(lambda tx: job_queue.cancel(tx, args.id, None))
    show(args, job_members(row, "en"), f"{args.id} is cancelled")
    return 0


def _progress(row: Row[Any]) -> str:
    return f"{row.done} of {row.total}" if row.total is not None else str(row.done)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) <= MOST_LISTED:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_LISTED}")
    return int(text)
