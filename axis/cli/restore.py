"""`axis restore`: bring a backup back, into an empty place; the hub then opens a new ledger."""

import argparse
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from axis.backups.places import open_place
from axis.backups.restoring import require_empty, restore
from axis.cli.common import CommandParser, RefusedError, add_json_option, show
from axis.database.engine import sqlite_path
from axis.database.key_files import ledger_key_path, mark_used, secret_key_path
from axis.ledger.key import open_key
from axis.settings import Settings, from_environment
from signing.notes import MAX_NOTE_BYTES, NoteSigner


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = (
        "Restores a backup into the store that AXIS_DATABASE_URL names and the object store of "
        "AXIS_OBJECTS_URL, which have to be empty. Backup and keys are checked before the place is touched, "
        "and what was restored as `axis fsck` does. The hub then opens a new ledger whose first entry names "
        "the last checkpoint of the old one. Exit status 0: restored; 2: refused, and nothing is left there."
    )
    parser.add_argument(
        "place", metavar="PLACE", help="a file, or the URL of an object as AXIS_OBJECTS_URL has it"
    )
    parser.add_argument(
        "--keys",
        metavar="FOLDER",
        type=Path,
        help="take the key files that are not at their place from a folder of `axis backup --keys`",
    )
    parser.add_argument(
        "--last-checkpoint",
        metavar="FILE",
        type=Path,
        help="the last checkpoint of the old ledger that a witness or auditor has, where it is later",
    )
    parser.add_argument(
        "--scratch",
        metavar="FOLDER",
        type=Path,
        default=Path(tempfile.gettempdir()),
        help="where there is room for the store on the way (default: the system's folder for such files)",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore, and say what there is now."""
    settings = from_environment(os.environ)
    place = open_place(args.place, args.scratch)
    known = None if args.last_checkpoint is None else _note(args.last_checkpoint)
    require_empty(settings)

    def signer_of(origin: str) -> NoteSigner:
        return NoteSigner(origin, open_key(settings.ledger_key_file, sqlite_path(settings.database_url)))

    with _keys_at_their_place(settings, args.keys):
        restored = restore(place, settings, signer_of, known, args.scratch)
    mark_used(settings)
    facts = restored.facts
    text = (
        f"{args.place}: restored as of {facts['made_at']}, {facts['size']} entries of the ledger; "
        "nothing differs\n"
        f"a new ledger begins: {restored.ledger}\n"
        "what was accepted after that moment is not here: docs/backup.md says what is to be done"
    )
    show(args, {**facts, "ledger": restored.ledger}, text)
    return 0


@contextlib.contextmanager
def _keys_at_their_place(settings: Settings, folder: Path | None) -> Iterator[None]:
    """Copy the key files that are missing; where the restoring fails, they are taken away again."""
    if folder is not None and not folder.is_dir():
        raise RefusedError(f"{folder} is no folder")
    copied: list[Path] = []
    try:
        for path in (ledger_key_path(settings), secret_key_path(settings)):
            kept = None if folder is None or path is None else folder / path.name
            if path is not None and kept is not None and not path.exists() and kept.is_file():
                path.parent.mkdir(parents=True, exist_ok=True)
                copied.append(path)
                path.touch(mode=0o600)
                shutil.copyfile(kept, path)
        yield
    except BaseException:
        for path in copied:
            path.unlink(missing_ok=True)
        raise


def _note(path: Path) -> str:
    if path.stat().st_size > MAX_NOTE_BYTES:
        raise RefusedError(f"{path} is too long for a checkpoint")
    return path.read_text(encoding="utf-8", errors="replace")
