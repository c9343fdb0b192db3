"""Reads JSON strictly, so that readers understand the same bytes alike.

RFC 8259 with the restrictions of RFC 7493 (I-JSON), and the axis's own limits on depth and numbers. Places of
faults are found by `axis.protocol.strict_json_faults`.
"""

import json
import re
from typing import NoReturn

from axis.protocol.errors import AxisError, MalformedJson, Place, TooLarge, shorten
from axis.protocol.refused_characters import printable
from axis.protocol.strict_json_faults import GREATEST_NUMBER, MAX_DEPTH, find_fault, number_fault

_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ESCAPES = re.compile(
    r"""\\(?: u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}  # a pair of surrogates
           | (?P<bad> u0000 | u[dD][89a-fA-F])
           | .)""",
    re.VERBOSE | re.DOTALL,
)
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_NEAR = 24
"""Characters shown around a place where the JSON breaks off."""


class _Suspect(Exception):
    """A broken rule, which `find_fault` then finds with its place."""


def loads(data: bytes, *, max_bytes: int | None = None, max_depth: int = MAX_DEPTH) -> object:
    """Return the value that `data` holds.

    Raises `MalformedJson` with the place, the finding and the expectation for: a byte order mark, invalid
    UTF-8, broken syntax, duplicate members, NaN and infinities, numbers past 2^53, lone surrogates, U+0000,
    nesting deeper than `max_depth`, and data after the value. Raises `TooLarge` past `max_bytes`.
    """
    if max_bytes is not None and len(data) > max_bytes:
        raise TooLarge(
            Place("", found=f"{len(data)} bytes", expected=f"at most {max_bytes} bytes"), limit=max_bytes
        )
    text = _decode(data)
    if _is_too_deep(text, max_depth) or _has_bad_escape(text):
        _raise_rule_broken(text, max_depth)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _syntax_broken(text, error) from None
    except _Suspect:
        _raise_rule_broken(text, max_depth)
        raise MalformedJson from None


def _decode(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise MalformedJson(
            Place("line 1, column 1", found="a byte order mark", expected="JSON from the first byte on")
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise MalformedJson(
            Place(
                f"line {line}, byte {column}",
                found=f"byte 0x{data[error.start]:02X}",
                expected="text in UTF-8",
            ),
            line=line,
        ) from None


def _is_too_deep(text: str, max_depth: int) -> bool:
    if text.count("[") + text.count("{") <= max_depth:
        return False  # the common case, without a loop over characters in Python
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > max_depth:
            return True
    return False


def _has_bad_escape(text: str) -> bool:
    return _SUSPECT_ESCAPE.search(text) is not None and any(
        escape["bad"] for escape in _ESCAPES.finditer(text)
    )


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Suspect
    return members


def _integer(digits: str) -> int:
    # The length first: int() of thousands of digits is slow, and raises past 4,300.
    if len(digits) > len(str(-GREATEST_NUMBER)) or abs(number := int(digits)) > GREATEST_NUMBER:
        raise _Suspect
    return number


def _decimal(digits: str) -> float:
    if number_fault(digits):
        raise _Suspect
    return float(digits)


def _constant(_name: str) -> NoReturn:
    raise _Suspect


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)
"""Made once: `json.loads` makes one for each text where it is given any of these."""


def _raise_rule_broken(text: str, max_depth: int) -> None:
    """Raise the first broken rule with its place; return if the syntax breaks before any rule."""
    fault = find_fault(text, max_depth)
    if fault is None:
        return
    line, column = _line_and_column(text, fault.offset)
    place = Place(fault.pointer, found=shorten(fault.found), expected=fault.expected)
    raise MalformedJson(place, line=line, column=column) from None


def _syntax_broken(text: str, error: json.JSONDecodeError) -> AxisError:
    near = text[error.pos : error.pos + _NEAR]
    expected = _EXPECTED.get(error.msg, error.msg[:1].lower() + error.msg[1:])
    found = printable(near) if near else "the end of the text"
    place = Place(f"line {error.lineno}, column {error.colno}", found=found, expected=expected)
    return MalformedJson(place, line=error.lineno, column=error.colno)


_EXPECTED = {
    "Extra data": "nothing after the value",
    "Expecting value": "a value",
    "Expecting ',' delimiter": "a comma, or the end of the array or object",
    "Expecting ':' delimiter": "a colon",
    "Expecting property name enclosed in double quotes": "a member name in double quotes",
    "Illegal trailing comma before end of object": "no comma before the end of the object",
    "Illegal trailing comma before end of array": "no comma before the end of the array",
    "Unterminated string starting at": "a closing double quote for this text",
    "Invalid control character at": "control characters escaped",
    "Invalid \\escape": "one of the escapes of JSON",
    "Invalid \\uXXXX escape": "four hexadecimal digits after \\u",
}


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
