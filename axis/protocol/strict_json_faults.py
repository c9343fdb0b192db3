"""Finds the rule beyond syntax that a JSON text breaks, and names its place by a JSON pointer.

`strict_json.loads` calls it when something is wrong. It goes through the text once, without recursion.
"""

import json
import re
from dataclasses import dataclass, field

from axis.protocol.refused_characters import printable

MAX_DEPTH = 32
GREATEST_NUMBER = 2**53
"""The largest integer that is exact in JavaScript and most JSON readers (RFC 7493)."""

MAX_NUMBER_CHARACTERS = 64
"""The longest number. A double needs 17 digits; thousands of them only cost time."""

# Possessive quantifiers and the open end of a text keep this linear on any input.
_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
        (?P<string>"(?:[^"\\]|\\.)*+(?:"|\Z))
      | (?P<number>-?[0-9][0-9.eE+-]*+)
      | (?P<constant>-?Infinity|NaN)
      | (?P<mark>[\[\]{},:])
      | (?P<literal>true|false|null)
    )""",
    re.VERBOSE | re.DOTALL,
)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """The first broken rule: where, what was found, what was expected."""

    offset: int
    pointer: str
    found: str
    expected: str


@dataclass(slots=True)
class _Container:
    """An open object or array."""

    is_object: bool
    names: set[str] = field(default_factory=set)
    name: str = ""
    position: int = 0
    awaits_name: bool = False


def number_fault(digits: str) -> str | None:
    """Return what was expected of a number as it is written; None for a valid one."""
    if len(digits) > MAX_NUMBER_CHARACTERS:
        return f"a number of at most {MAX_NUMBER_CHARACTERS} characters"
    try:
        if abs(float(digits)) <= GREATEST_NUMBER and (
            any(mark in digits for mark in ".eE") or abs(int(digits)) <= GREATEST_NUMBER
        ):
            return None
    except ValueError:
        return None  # no number: the syntax is broken
    return "a number between -2^53 and 2^53"


def find_fault(text: str, max_depth: int = MAX_DEPTH) -> Fault | None:
    """Return the first rule that `text` breaks before its syntax breaks; None if there is none."""
    open_containers: list[_Container] = []
    offset = 0
    while token := _TOKEN.match(text, offset):
        kind = token.lastgroup or ""
        word = token[kind]
        fault = (
            _enter_or_leave(word, open_containers, max_depth)
            if kind == "mark"
            else _scalar(kind, word, open_containers)
        )
        if fault:
            return Fault(token.start(kind), _pointer(open_containers), *fault)
        offset = token.end()
    return None


def _enter_or_leave(mark: str, open_containers: list[_Container], max_depth: int) -> tuple[str, str] | None:
    if mark in "[{":
        if len(open_containers) == max_depth:
            return f"nesting deeper than {max_depth}", f"at most {max_depth} levels of arrays and objects"
        open_containers.append(_Container(is_object=mark == "{", awaits_name=mark == "{"))
    elif mark in "]}":
        if open_containers:
            open_containers.pop()
    elif mark == "," and open_containers:
        open_containers[-1].position += 1
        open_containers[-1].awaits_name = open_containers[-1].is_object
    return None


def _scalar(kind: str, word: str, open_containers: list[_Container]) -> tuple[str, str] | None:
    if kind == "constant":
        return word, "a number, or null"
    if kind == "number":
        expected = number_fault(word)
        return (word, expected) if expected else None
    if kind == "string":
        return _string(word, open_containers)
    return None


def _string(word: str, open_containers: list[_Container]) -> tuple[str, str] | None:
    try:
        content: str = json.loads(word)
    except json.JSONDecodeError:
        return None  # the syntax is broken
    container = open_containers[-1] if open_containers and open_containers[-1].awaits_name else None
    if container:
        container.name, container.awaits_name = content, False
    surrogate = _SURROGATE.search(content)
    if surrogate:
        return f"\\u{ord(surrogate[0]):04x} without its other half", "no lone surrogates"
    if "\0" in content:
        return "\\u0000", "text without U+0000"
    if container and content in container.names:
        return "the same member twice", "each member once"
    if container:
        container.names.add(content)
    return None


def _pointer(open_containers: list[_Container]) -> str:
    """Return the JSON pointer (RFC 6901) of the value being read, at most some hundred characters of it."""
    parts = []
    for container in open_containers[:_POINTER_PARTS]:
        if container.is_object and container.awaits_name:
            break
        part = container.name[:_PART_CHARACTERS] if container.is_object else str(container.position)
        parts.append("/" + escape_pointer(part))
    return "".join(parts)


_POINTER_PARTS = 32
_PART_CHARACTERS = 40


def escape_pointer(part: str) -> str:
    """Return a member name as a printable part of a JSON pointer."""
    return printable(part).replace("~", "~0").replace("/", "~1")
