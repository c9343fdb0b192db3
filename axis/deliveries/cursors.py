"""Cursors of inbox and events: where a reader stands, as text that only the hub understands.

A cursor is the position after which reading goes on, plus one, so that "0" is the beginning.
"""

from collections.abc import Sequence
from typing import Any

PATTERN = "^(0|[1-9][0-9]{0,17})$"
"""At most 18 digits: well within the 63 bits of a position."""
BEGINNING = "0"


def position_of(cursor: str) -> int:
    """Return the position after which to read on; -1 at the beginning."""
    return int(cursor) - 1


def cursor_after(position: int) -> str:
    """Return the cursor that stands after a position."""
    return str(position + 1)


def page_of(found: Sequence[tuple[int, Any]], after: str) -> dict[str, Any]:
    """Return a page with a cursor to go on with: its end, or, when nothing came, where it began."""
    return {
        "items": [item for _, item in found],
        "next": cursor_after(found[-1][0]) if found else after,
    }
