"""Faults of a message, and warnings about what was wrong and accepted.

A fault names its line, its element, what was found and what was expected. Error codes of the old protocol are
in `axis.vxp.message_refusals`.
"""

from dataclasses import dataclass

from axis.protocol.errors import shorten

MOST_WARNINGS = 100
"""The most warnings about one message."""


@dataclass(frozen=True, slots=True)
class EdxmlWarning:
    """A fault that is accepted, because real traffic has it and its meaning is certain.

    `code` counts it; `line` is that of the received bytes, from 1; `element` a local name, or `""` outside of
    all; `found` is what stood there, shortened.
    """

    code: str
    line: int
    element: str
    found: str


class EdxmlInvalid(Exception):
    """The message is not edXML, or has something that is not accepted.

    `code` counts it; `line` is that of the received bytes, from 1, and None where a value is being written.
    """

    def __init__(self, code: str, line: int | None, element: str, found: str, expected: str) -> None:
        super().__init__(code, line, element, found, expected)
        self.code = code
        self.line = line
        self.element = element
        self.found = shorten(found)
        self.expected = expected

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line is not None else "writing"
        element = f", {self.element}" if self.element else ""
        return f"{where}{element}: found {self.found}, expected {self.expected}"


class AttachmentInvalid(EdxmlInvalid):
    """The message can be read, and one of its files cannot be accepted."""


class Warnings:
    """Collects warnings in the order of reading. Beyond 100 it only counts them."""

    __slots__ = ("_taken", "more")

    def __init__(self) -> None:
        self._taken: list[EdxmlWarning] = []
        self.more = 0

    def add(self, code: str, line: int, element: str, found: str) -> None:
        """Add a warning."""
        if len(self._taken) < MOST_WARNINGS:
            self._taken.append(EdxmlWarning(code, line, shorten(element), shorten(found)))
        else:
            self.more += 1

    def all(self) -> tuple[EdxmlWarning, ...]:
        """Return the warnings, and as the last one how many more there were."""
        if not self.more:
            return tuple(self._taken)
        return (*self._taken, EdxmlWarning("more-warnings", self._taken[-1].line, "", f"{self.more} more"))
