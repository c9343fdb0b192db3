"""Writes files that hold a secret: once, whole, and readable by their owner."""

import contextlib
import os
import tempfile
from pathlib import Path

# Two processes that start at once on a new store make one file between them.


def make_once(path: Path, content: bytes) -> None:
    """Make the file unless there is one. Of several processes that make it at once, the first wins."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # for its owner alone
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
