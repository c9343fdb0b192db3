"""Cursors of inbox and events: how far a reader has read, as text.

A cursor is the last position that was read, plus one, so that "0" is the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

PATTERN = "^(0|[1-9][0-9]{0,17})$"
"""At most 18 digits: well within the 63 bits of a position."""
BEGINNING = "0"


def position_of(cursor: str) -> int:
    """Return the last position that was read; -1 at the beginning."""
    return int(cursor) - 1


def cursor_after(position: int) -> str:
    """Return the cursor of a reader that has read up to a position."""
    return str(position + 1)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is answered: encoded once, for all its readers."""

    body: bytes
    """JSON: the items, and the cursor with which to continue."""
    is_empty: bool


def page_of(found: Sequence[tuple[int, Any]], after: int) -> Page:
    """Return a page with the cursor of its end. An empty page has the cursor with which it was asked for."""
    last = found[-1][0] if found else after
    body = orjson.dumps({"items": [item for _, item in found], "next": cursor_after(last)})
    return Page(body, not found)
