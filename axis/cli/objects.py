"""`axis objects`: see where large contents lie, and move them elsewhere while no hub runs."""

import argparse
import contextlib
import dataclasses
import sys
from collections.abc import Iterator

from axis.cli.common import CommandParser, RefusedError, Store, add_json_option, opened_store, show, table
from axis.database.engine import sqlite_path
from axis.database.serving_lock import only_hub
from axis.exports.tables import EXPORT_CLAIMS
from axis.intake.uploads import CLAIMS
from axis.jobs.leases import CHORES, is_taken
from axis.objects.moves import Moved, move_objects, places
from axis.objects.store import IN_ROWS, Objects, open_place
from axis.settings import require_shape

TOLD_EVERY = 100
"""Objects between two lines that say how far it is."""
STANDARD_INPUT = "-"


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="list the places, with how much lies there")
    listed.set_defaults(run=run_list)
    moved = actions.add_parser(
        "move",
        help="move everything from one place to another",
        description="Moves all large contents. Stop the hub first. A move that was stopped is run again. "
        "Exit status 0: all are moved; 1: some are broken, are named, and stay.",
    )
    place = f"`{IN_ROWS}`, or a URL as AXIS_OBJECTS_URL has it; `{STANDARD_INPUT}`: a line of standard input"
    moved.add_argument("source", metavar="FROM", help=place)
    moved.add_argument("target", metavar="TO", nargs="?", help="the same (default: what AXIS_OBJECTS_URL is)")
    moved.set_defaults(run=run_move)
    for action in actions.choices.values():
        add_json_option(action)


def run_list(args: argparse.Namespace) -> int:
    """List places."""
    with opened_store() as store, store.database.read() as tx:
        found = places(tx)
    lines = [(each.place or IN_ROWS, str(each.objects), str(each.size)) for each in found]
    items = [{**dataclasses.asdict(each), "place": each.place or IN_ROWS} for each in found]
    show(args, {"items": items}, table(("PLACE", "OBJECTS", "BYTES"), lines))
    return 0


def run_move(args: argparse.Namespace) -> int:
    """Move everything, and say what is broken."""
    with opened_store() as store, _no_hub(store):
        source = _opened(store, args.source, "FROM")
        target = _opened(store, args.target or store.settings.objects_url, "TO")
        if _place(source) == _place(target):
            raise RefusedError(f"FROM and TO are the same place: {_place(source)}")
        moved = move_objects(source, target, (*CLAIMS, *EXPORT_CLAIMS), _tell)
    lines = [f"{upload}: its bytes are not what the store says; it stays" for upload in moved.broken]
    lines.append(f"{moved.objects} objects, {moved.size} bytes, are at {_place(target)} now")
    show(args, {**dataclasses.asdict(moved), "to": _place(target)}, "\n".join(lines))
    return 1 if moved.broken else 0


@contextlib.contextmanager
def _no_hub(store: Store) -> Iterator[None]:
    """See that no hub runs, and on SQLite that none starts until the context ends."""
    with only_hub(store.settings.database_url):
        with store.database.read() as tx:
            runs = sqlite_path(store.settings.database_url) is None and is_taken(tx, CHORES)
        if runs:
            seconds = store.settings.lease_seconds
            raise RefusedError(
                f"a hub runs on this store, or was killed within {seconds} seconds: stop it first"
            )
        yield


def _opened(store: Store, url: str, named: str) -> Objects:
    if url == STANDARD_INPUT:
        url = sys.stdin.readline().strip()
    require_shape("objects_url", url, named)
    return open_place(store.database, url, named)


def _place(objects: Objects) -> str:
    return IN_ROWS if objects.bucket is None else objects.bucket.place


def _tell(moved: Moved) -> None:
    if moved.objects and moved.objects % TOLD_EVERY == 0:
        print(f"{moved.objects} objects, {moved.size} bytes", file=sys.stderr)
