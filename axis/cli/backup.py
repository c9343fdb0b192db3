"""`axis backup`: copy a store and its contents at one moment, beside a running hub; check such copies."""

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from axis.backups.backup import make_backup
from axis.backups.checking import Checked, check_backup
from axis.backups.places import open_place
from axis.cli.common import CommandParser, RefusedError, Store, add_json_option, opened_store, show
from axis.cli.verify_receipt import read_keys
from axis.database.engine import sqlite_path
from axis.database.key_files import ledger_key_path, secret_key_path
from axis.ledger.key import open_key
from axis.ledger.key_changes import ledger_keys
from axis.ledger.setup import read_verifier
from axis.objects.store import open_objects
from signing.notes import NoteSigner, VerifierKey

NICENESS = 19
"""How much a backup lets others go first: the hub's requests do not wait for it."""


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = (
        "Writes store and large contents, as they are at one moment, into one file, signs it with the "
        "ledger's key, and reads it back as `axis fsck` does; only then it has its name. The hub may run. "
        "Exit status 0: it is whole; 2: refused, and nothing was kept."
    )
    parser.add_argument(
        "place", metavar="PLACE", help="a file, or the URL of an object as AXIS_OBJECTS_URL has it"
    )
    parser.add_argument("--check", action="store_true", help="only read a backup that is there, and check it")
    parser.add_argument(
        "--ledger-key",
        metavar="KEY",
        help="with --check: the ledger's verifier keys, or a file of them, without a store",
    )
    parser.add_argument(
        "--keys", metavar="FOLDER", type=Path, help="copy the two key files as well, into a new folder"
    )
    parser.add_argument(
        "--scratch",
        metavar="FOLDER",
        type=Path,
        default=Path(tempfile.gettempdir()),
        help="where there is room for copies on the way (default: the system's folder for such files)",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make a backup, or check one, and say what it holds."""
    if args.check and args.keys:
        raise RefusedError("--keys is for a backup that is made")
    if args.ledger_key and not args.check:
        raise RefusedError("--ledger-key is for --check")
    os.nice(NICENESS)
    place = open_place(args.place, args.scratch)
    if args.ledger_key:
        _show(args, check_backup(place, read_keys(args.ledger_key), args.scratch))
        return 0
    with opened_store() as store:
        signer = _signer(store)
        if args.check:
            checked = check_backup(place, _keys(store, signer), args.scratch)
        else:
            if args.keys and args.keys.exists():
                raise RefusedError(f"{args.keys} is there already")
            objects = open_objects(store.database, store.settings)
            checked = make_backup(objects, store.settings.database_url, place, signer, args.scratch)
            if args.keys:
                args.keys.mkdir(mode=0o700)
                _copy_keys(store, args.keys)
    _show(args, checked)
    return 0


def _signer(store: Store) -> NoteSigner:
    settings = store.settings
    key = open_key(settings.ledger_key_file, sqlite_path(settings.database_url))
    with store.database.read() as tx:
        return NoteSigner(read_verifier(tx, key).name, key)


def _keys(store: Store, signer: NoteSigner) -> list[VerifierKey]:
    with store.database.read() as tx:
        return [each.verifier for each in ledger_keys(tx, signer.verifier)]


def _copy_keys(store: Store, folder: Path) -> None:
    """Copy the key files that there are, for their owner alone."""
    for path in (ledger_key_path(store.settings), secret_key_path(store.settings)):
        if path is not None and path.exists():
            target = folder / path.name
            target.touch(mode=0o600)
            shutil.copyfile(path, target)


def _show(args: argparse.Namespace, checked: Checked) -> None:
    facts: dict[str, Any] = {**checked.facts, "bytes": checked.size}
    text = (
        f"{args.place}: {checked.size} bytes, {facts['size']} entries of the ledger, "
        f"{facts['objects']} objects beside the store, made {facts['made_at']}; nothing differs"
    )
    show(args, facts, text)
