"""Writes XML as indented lines: tags, escaped text, days and stamps."""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Final

from axis.protocol.edxml.errors import EdxmlInvalid
from axis.protocol.edxml.values import VIET_NAM

PREFIX: Final = "edXML:"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def escape(name: str, text: str) -> str:
    """Return text as XML holds it. Raises `EdxmlInvalid` for what it cannot hold."""
    odd = _NOT_XML.search(text)
    if odd:
        raise EdxmlInvalid(
            "text-unwritable", None, name, f"U+{ord(odd[0]):04X}", "characters that XML can hold"
        )
    return text.translate(_ESCAPES)


class Lines:
    """Collects the lines of a file, each at its level."""

    __slots__ = ("_level", "parts")

    def __init__(self, parts: list[str], level: int) -> None:
        self.parts, self._level = parts, level

    @contextlib.contextmanager
    def inside(self, name: str, attributes: str = "") -> Iterator[None]:
        """Write an element around what is written inside the context."""
        self.parts.append(f"{'  ' * self._level}<{PREFIX}{name}{attributes}>\n")
        self._level += 1
        yield
        self._level -= 1
        self.parts.append(f"{'  ' * self._level}</{PREFIX}{name}>\n")

    def text(self, name: str, text: str, prefix: str = PREFIX) -> None:
        """Write a field, unless it is empty."""
        if text:
            indent = "  " * (self._level if prefix else 3)
            self.parts.append(f"{indent}<{prefix}{name}>{escape(name, text)}</{prefix}{name}>\n")

    def always(self, name: str, text: str) -> None:
        """Write a field even if it is empty, since readers expect it."""
        self.parts.append(f"{'  ' * self._level}<{PREFIX}{name}>{escape(name, text)}</{PREFIX}{name}>\n")

    def number(self, name: str, number: int | None) -> None:
        """Write a number or code, unless there is none."""
        if number is not None:
            self.text(name, str(int(number)))

    def texts(self, name: str, inner: str, texts: Sequence[str]) -> None:
        """Write a list, unless it is empty."""
        if texts:
            with self.inside(name):
                for text in texts:
                    self.text(inner, text)

    @staticmethod
    def flat(name: str, fields: Sequence[tuple[str, str]], prefix: str) -> str:
        """Return an element with its fields on one line."""
        inner = "".join(
            f"<{prefix}{field}>{escape(field, text)}</{prefix}{field}>" for field, text in fields if text
        )
        return f"<{prefix}{name}>{inner}</{prefix}{name}>"


def day(date: dt.date | None) -> str:
    """Return `2026/01/15`; `""` for no day."""
    return f"{date.year:04}/{date.month:02}/{date.day:02}" if date is not None else ""


def stamp(moment: dt.datetime | None) -> str:
    """Return `2026/01/15 09:30:00` in Viet Nam's time; `""` for no moment."""
    if moment is None:
        return ""
    local = moment.astimezone(VIET_NAM)
    return f"{day(local)} {local.hour:02}:{local.minute:02}:{local.second:02}"
