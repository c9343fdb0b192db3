"""Chooses safe names for files that others sent, and saves them.

A file that cannot be saved is reported, and the others are saved.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from nodes.errors import DownloadDamaged

MAX_NAME_BYTES: Final = 200
"""The longest name. File systems allow 255 bytes, and a number and a suffix are added."""
MAX_ENDING_BYTES: Final = 20


def plain_name(name: str) -> str:
    """Return a name that chooses no directory and fits a file system, from one that somebody else chose.

    One that is too long is cut within its stem, so that it keeps its ending.
    """
    plain = "".join(letter if letter.isprintable() and letter not in '/\\:*?"<>|' else "_" for letter in name)
    if len(plain.encode()) <= MAX_NAME_BYTES:
        return plain
    ending = Path(plain).suffix
    ending = ending if len(ending.encode()) <= MAX_ENDING_BYTES else ""
    cut = f"…{ending}"
    room = MAX_NAME_BYTES - len(cut.encode())
    return plain.encode()[:room].decode(errors="ignore") + cut


def is_saved(what: str, save: Callable[[], None]) -> bool:
    """Save something; if that fails, say on standard error what it was."""
    try:
        save()
    except (OSError, DownloadDamaged) as error:
        print(f"nodes: {what} was not saved: {error}", file=sys.stderr)
        return False
    return True
