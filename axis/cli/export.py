"""`axis export`: writes a whole list of the store to a file, complete or not at all, with its manifest."""

import argparse
import hashlib
import uuid
from pathlib import Path
from typing import Any

from axis.agencies.callers import Caller
from axis.cli.common import CommandParser, RefusedError, add_json_option, opened_store, show
from axis.database import Database
from axis.database.engine import sqlite_path
from axis.exports.columns import WHATS
from axis.exports.export_job import check_size, manifest_text, write_file
from axis.exports.export_requests import FORMATS, read_request
from axis.exports.selections import Asked
from axis.jobs.kinds import Task
from axis.ledger.key import open_key
from axis.ledger.setup import read_verifier
from axis.objects.store import open_objects
from axis.settings import Settings
from signing.notes import NoteSigner

_EVERYTHING = Caller("auditor", None, subtree=False, name="axis export", token_id="")


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument("what", choices=WHATS, metavar="WHAT", help=f"one of {', '.join(WHATS)}")
    parser.add_argument(
        "--format", required=True, choices=[*FORMATS, "zip"], help="zip is evidence's, and its only one"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="must not be there yet")
    parser.add_argument("--from", dest="first", metavar="DAY", help="first day, Viet Nam's, as 2019-03-12")
    parser.add_argument("--to", dest="last", metavar="DAY", help="last day")
    parser.add_argument("--sender", metavar="CODE", help="only what this agency sent")
    parser.add_argument("--recipient", metavar="CODE", help="only what was sent to this agency")
    parser.add_argument(
        "--filter",
        action="append",
        type=_member,
        default=[],
        metavar="NAME=VALUE",
        help="as the list's query",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file and its manifest."""
    named = {"from": args.first, "to": args.last, "sender": args.sender, "recipient": args.recipient}
    members = {name: value for name, value in named.items() if value is not None} | dict(args.filter)
    what, form, query = read_request(args.what, args.format, members)
    note = args.out.with_name(f"{args.out.name}.manifest")
    there = [str(each) for each in (args.out, note) if each.exists()]
    if there:
        raise RefusedError(f"{there[0]} is there already")
    asked = Asked(what, query, _EVERYTHING)
    caller = {"role": "auditor", "agency": None, "subtree": False}
    params = {"what": what, "format": form, "filter": members, "caller": caller}
    task = Task(str(uuid.uuid4()), params, None, lambda _done, _of: None)
    unfinished = args.out.with_name(f"{args.out.name}.unfinished")
    with opened_store() as store:
        signer = _signer(store.database, store.settings)
        with store.database.read() as tx:
            check_size(tx, asked, form)
        try:
            made = write_file(
                open_objects(store.database, store.settings),
                task,
                asked,
                form,
                unfinished,
                signer,
            )
            with unfinished.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = unfinished.stat().st_size
            text = manifest_text(task, made, args.out.name, size, sha256)
            note.write_text(signer.sign(text), encoding="utf-8")
            unfinished.rename(args.out)
        finally:
            unfinished.unlink(missing_ok=True)
    value: dict[str, Any] = {"rows": made.rows, "size": size, "sha256": sha256, "manifest": str(note)}
    show(args, {"what": what, "format": form, **value}, f"{args.out}: {made.rows} rows, {size} bytes, {note}")
    return 0


def _signer(database: Database, settings: Settings) -> NoteSigner:
    """Return what signs the store's ledger."""
    key = open_key(settings.ledger_key_file, sqlite_path(settings.database_url), make=False)
    with database.read() as tx:
        return NoteSigner(read_verifier(tx, key).name, key)


def _member(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator:
        message = f"{text!r}: as indication=none"
        raise argparse.ArgumentTypeError(message)
    return name, value
