"""`axis ledger`: change the key that signs the ledger."""

import argparse
import os
from pathlib import Path

from axis.cli.common import CommandParser, RefusedError, Store, add_json_option, opened_store, show
from axis.database.key_files import ledger_key_path, mark_used
from axis.ledger.key import load_key, next_key_path, prepare_next_key, settle_key
from axis.ledger.key_changes import change_key
from axis.ledger.setup import current_key, require_ledger
from axis.settings import from_environment
from signing.notes import NoteSigner


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    rotate = commands.add_parser(
        "rotate-key",
        help="have another key sign the ledger from now on",
        description="Makes a key, writes the change into the ledger, signed by the old key and the new, and "
        "puts the new key in the old one's place; the old file is kept beside it. Hubs go on with the new "
        "key by themselves where it lies beside theirs. Whoever believes the old key can follow to the new.",
    )
    rotate.add_argument(
        "--prepare",
        action="store_true",
        help="only make the new key, in a file whose name ends in .next, to bring it to every hub first",
    )
    add_json_option(rotate)
    rotate.set_defaults(run=_rotate)


def _rotate(args: argparse.Namespace) -> int:
    path = ledger_key_path(from_environment(os.environ))
    if path is None:
        raise RefusedError("AXIS_LEDGER_KEY_FILE must name the key that signs the ledger's checkpoints")
    with opened_store() as store:
        with store.database.read() as tx:
            name = require_ledger(tx)
        if args.prepare:
            vkey = str(NoteSigner(name, prepare_next_key(path)).verifier)
            show(args, {"vkey": vkey, "file": str(next_key_path(path))}, f"{next_key_path(path)}: {vkey}")
            return 0
        old, new, position = _change(store, path, name)
    text = f"entry {position} names the key that signs from now on: {new}\nthe one before it: {old}"
    show(args, {"position": position, "old": old, "new": new}, text)
    return 0


def _change(store: Store, path: Path, name: str) -> tuple[str, str, int]:
    """Change the key in the ledger, then its files. A change that was cut off between is completed first."""
    with store.database.read() as tx:
        signing = current_key(tx)
    if signing is not None and settle_key(path, name, signing.key_id.hex()) is None:
        raise RefusedError(f"{path} does not hold the key that signs the ledger now")
    old = NoteSigner(name, load_key(path))
    new = NoteSigner(name, prepare_next_key(path))
    position = store.database.write(lambda tx: change_key(tx, old, new, store.clock))
    settle_key(path, name, new.verifier.key_id.hex())
    mark_used(store.settings)
    return str(old.verifier), str(new.verifier), position
