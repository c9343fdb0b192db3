"""`axis agency`: add, import, list and lock agencies of the directory.

`import` reads CSV with a heading: the columns code and name, and perhaps parent, mail, mobile, fax and via.
Other columns are refused. A file with a fault is not imported.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from axis.agencies import queries
from axis.agencies.contacts import CONTACTS
from axis.agencies.csv_import import read_agencies
from axis.agencies.directory import Agency, agency_of
from axis.agencies.directory_changes import DEFAULT, AgencyEntry, Put, put_agencies, set_locked
from axis.agencies.last_calls import last_seen
from axis.agencies.routes import answer_of
from axis.cli.common import (
    CommandParser,
    RefusedError,
    add_json_option,
    agency_code,
    opened_store,
    show,
    table,
)
from axis.database import Read
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.text_folding import fold

PAGE = 1_000


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="add an agency, or change its name, parent and contacts")
    add.add_argument("code", type=agency_code, metavar="CODE", help="as 000.00.00.H24 or H24")
    add.add_argument("--name", required=True)
    add.add_argument(
        "--parent", type=agency_code, metavar="CODE", help="(default: the nearest above it by its code)"
    )
    for contact in CONTACTS:
        add.add_argument(f"--{contact}", help='(default: as it was; "" for none)')
    add.add_argument(
        "--via",
        metavar="NAME",
        help='the relay that reaches it on another hub (default: as it was; "" for none)',
    )
    add.set_defaults(run=run_add)
    imported = actions.add_parser("import", help="add or change the agencies of a CSV file")
    imported.add_argument("file", type=Path, metavar="FILE.csv")
    imported.set_defaults(run=run_import)
    listed = actions.add_parser("list", help="list agencies")
    listed.add_argument("--q", default="", metavar="WORDS", help="of the name or code; diacritics fold")
    listed.set_defaults(run=run_list)
    for name, locked in (("lock", True), ("unlock", False)):
        action = actions.add_parser(name, help=f"{name} an agency: a locked one takes and sends nothing")
        action.add_argument("code", type=agency_code, metavar="CODE")
        action.set_defaults(run=run_lock, locked=locked)
    for action in actions.choices.values():
        add_json_option(action)


def run_add(args: argparse.Namespace) -> int:
    """Add one agency."""
    contacts = {
        member: given or None for member in (*CONTACTS, "via") if (given := getattr(args, member)) is not None
    }
    entry = AgencyEntry(args.code, args.name, DEFAULT if args.parent is None else args.parent, **contacts)
    with opened_store() as store:
        put = store.database.write(lambda tx: put_agencies(tx, [entry], store.clock.now(), pointer=""))
    _show_put(args, put)
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Import a file."""
    entries = read_agencies(args.file.read_bytes())
    with opened_store() as store:
        put = store.database.write(lambda tx: put_agencies(tx, entries, store.clock.now()))
    _show_put(args, put)
    return 0


def run_list(args: argparse.Namespace) -> int:
    """List agencies."""
    with opened_store() as store, store.database.read() as tx:
        found = list(_all(tx, args.q))
        seen = last_seen(tx, [agency.code for agency in found])
        items = [answer_of(agency, seen.get(agency.code)) for agency in found]
    rows = [
        (
            item["code"],
            item["name"],
            item["parent"] or "",
            item["via"] or "",
            item["last_seen"] or "",
            "locked" if item["locked"] else "",
        )
        for item in items
    ]
    show(args, {"items": items}, table(("CODE", "NAME", "PARENT", "VIA", "LAST CALL", ""), rows))
    return 0


def run_lock(args: argparse.Namespace) -> int:
    """Lock or unlock an agency."""
    with opened_store() as store:
        if not store.database.write(lambda tx: set_locked(tx, args.code, locked=args.locked)):
            raise RefusedError(f"{args.code} is not in the directory")
        with store.database.read() as tx:
            (row,) = queries.agency_rows(tx, [args.code])
            seen = last_seen(tx, [args.code]).get(args.code)
    agency = replace(agency_of(row), locked=args.locked)
    show(args, answer_of(agency, seen), f"{agency.code} is {'locked' if args.locked else 'open'}")
    return 0


def _all(tx: Read, words: str) -> list[Agency]:
    found: list[Agency] = []
    code: AgencyCode | None = canonical_or_none(words.strip())
    after = ""
    while rows := queries.agency_page(tx, fold(words).split(), code, after, PAGE):
        found += map(agency_of, rows)
        after = found[-1].code
    return found


def _show_put(args: argparse.Namespace, put: Put) -> None:
    show(args, {"added": put.added, "known": put.known}, f"{put.added} added, {put.known} known before")
