"""Reads one element's fields: in any order, each at most once, in edXML's namespace.

Faults of real traffic are accepted with a warning. Which fields a message has is in
`axis.protocol.edxml.document_reading` and others.
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

from axis.protocol.edxml.errors import EdxmlInvalid, Warnings
from axis.protocol.edxml.tree import Node
from axis.protocol.edxml.values import NAMESPACE, VIET_NAM

Code = TypeVar("Code", bound=IntEnum)

_DAY: Final = re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})")
_ODD_DAY: Final = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[T ].*)?")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})(?:[T ].*)?")
_STAMP: Final = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_TIME: Final = re.compile(r"[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?$")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_TRUE: Final = {"true": True, "1": True, "false": False, "0": False}


def expect(node: Node, name: str) -> None:
    """Refuse an element that is not `name` in edXML's namespace."""
    if node.name != name or node.namespace != NAMESPACE:
        found = f"{{{node.namespace}}}{node.name}"
        raise EdxmlInvalid("element-unexpected", node.line, node.name, found, f"{{{NAMESPACE}}}{name}")


@dataclass(frozen=True, slots=True)
class Fields:
    """The children of one element, by name."""

    node: Node
    named: dict[str, list[Node]]
    warnings: Warnings

    def one(self, name: str) -> Node | None:
        """Return the child of that name, if there is one."""
        found = self.named.get(name)
        return found[0] if found else None

    def many(self, name: str) -> list[Node]:
        """Return all children of that name."""
        return self.named.get(name, [])

    def needed(self, name: str) -> Node:
        """Return the child of that name. Raises `EdxmlInvalid` where there is none."""
        child = self.one(name)
        if child is None:
            raise EdxmlInvalid(
                "element-missing", self.node.line, self.node.name, "nothing", f"a {name} in it"
            )
        return child

    def leaf(self, name: str) -> Node | None:
        """Return the child of that name. Raises `EdxmlInvalid` where it has elements in the place of text."""
        child = self.one(name)
        if child is not None and child.children:
            inner = child.children[0]
            raise EdxmlInvalid("element-unexpected", inner.line, name, f"<{inner.name}> in it", "text alone")
        return child

    def text(self, name: str) -> str:
        """Return a child's text; `""` where there is none."""
        child = self.leaf(name)
        return child.text if child is not None else ""

    def needed_text(self, name: str, most: int) -> str:
        """Return a child's text. Raises `EdxmlInvalid` where there is none, or more than `most` long."""
        child = self.needed(name)
        text = self.text(name)
        if not text:
            raise EdxmlInvalid("field-empty", child.line, name, "nothing", "a text")
        if len(text) > most:
            raise EdxmlInvalid("field-too-long", child.line, name, text, f"at most {most} characters")
        return text

    def texts(self, name: str, inner: str) -> tuple[str, ...]:
        """Return the texts of a list's items, without empty ones."""
        child = self.one(name)
        if child is None:
            return ()
        items = open_fields(child, self.warnings, many=(inner,)).many(inner)
        return tuple(text for item in items if (text := item.text))

    def warn(self, code: str, node: Node, found: str | None = None) -> None:
        """Add a warning."""
        self.warnings.add(code, node.line, node.name, node.text if found is None else found)

    def day(self, name: str) -> dt.date | None:
        """Return a day; None, with a warning, where it cannot be read (the official parser drops it too)."""
        child = self.leaf(name)
        if child is None or not child.text:
            return None
        text = child.text
        exact = _DAY.fullmatch(text)
        day = _day_of(text)
        if day is None:
            self.warn("date-unreadable", child)
        elif exact is None:
            self.warn("date-form", child)
        return day

    def moment(self, name: str) -> dt.datetime | None:
        """Return a moment in Viet Nam's time; None, with a warning, where it cannot be read."""
        child = self.leaf(name)
        if child is None or not child.text:
            return None
        moment = _moment_of(child.text)
        if moment is None:
            self.warn("date-unreadable", child)
        elif _STAMP.fullmatch(child.text) is None:
            self.warn("date-form", child)
        return moment

    def number(self, name: str) -> int | None:
        """Return a whole number; None, with a warning, where it is none."""
        child = self.leaf(name)
        if child is None or not child.text:
            return None
        if not _NUMBER.fullmatch(child.text):
            self.warn("number-unreadable", child)
            return None
        return int(child.text)

    def flag(self, name: str) -> bool | None:
        """Return true or false; None, with a warning, where it is neither."""
        child = self.leaf(name)
        if child is None or not child.text:
            return None
        value = _TRUE.get(child.text.lower())
        if value is None:
            self.warn("flag-unreadable", child)
        return value

    def code(self, name: str, codes: type[Code], unsaid: str = "") -> Code | None:
        """Return a code that has no effect; None, with a warning, where it is unknown.

        `unsaid`: a text that means none, such as the number that a client writes by default.
        """
        child = self.leaf(name)
        if child is None or child.text in {"", unsaid}:
            return None
        code = _code_of(child.text, codes)
        if code is None:
            self.warn("code-unknown", child)
        return code

    def needed_code(self, name: str, codes: type[Code]) -> Code:
        """Return a code that decides what is done. Raises `EdxmlInvalid` when it is missing or unknown."""
        child = self.needed(name)
        code = _code_of(self.text(name), codes)
        if code is None:
            known = ", ".join(str(int(known)) for known in codes)
            raise EdxmlInvalid("code-unknown", child.line, name, child.text or "nothing", f"one of {known}")
        return code


def open_fields(
    node: Node, warnings: Warnings, *, one: tuple[str, ...] = (), many: tuple[str, ...] = ()
) -> Fields:
    """Sort an element's children by name: those in `one` may occur once, those in `many` often.

    A known name in another namespace, and a second one of `one`, are refused: another reader might take the
    other. Unknown elements are left out with a warning.
    """
    named: dict[str, list[Node]] = {}
    for child in node.children:
        if child.name not in one and child.name not in many:
            warnings.add("element-unknown", child.line, child.name, f"in {node.name}")
            continue
        expect(child, child.name)
        if child.name in named and child.name in one:
            first = f"line {named[child.name][0].line}"
            raise EdxmlInvalid(
                "element-twice", child.line, child.name, "a second one", f"that of {first} alone"
            )
        named.setdefault(child.name, []).append(child)
    return Fields(node, named, warnings)


def _code_of(text: str, codes: type[Code]) -> Code | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return codes(int(text))
    except ValueError:
        return None


def _day_of(text: str) -> dt.date | None:
    found = _ODD_DAY.fullmatch(text)
    day_first = None if found else _DAY_FIRST.fullmatch(text)
    if found:
        year, month, day = map(int, found.groups())
    elif day_first:
        day, month, year = map(int, day_first.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _moment_of(text: str) -> dt.datetime | None:
    day = _day_of(text)
    if day is None:
        return None
    if time := _TIME.search(text):
        hour, minute, second = (int(part or 0) for part in time.groups())
        try:
            return dt.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=VIET_NAM)
        except ValueError:
            return None
    try:
        moment = dt.datetime.fromisoformat(text)
        zoned = moment.replace(tzinfo=moment.tzinfo or VIET_NAM, microsecond=0)
        return zoned.astimezone(VIET_NAM)
    except (ValueError, OverflowError):
        return None
