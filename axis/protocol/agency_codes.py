"""Agency codes: one canonical form for the two ways of writing them.

The two are that of QCVN 102:2016 (`000.00.14.H20`, lowest level first, unused levels zero) and the shorter
one used since 2020 (`H20.14`, highest level first). Which agencies exist is in `axis.agencies.directory`.
"""

import re
from typing import NewType

AgencyCode = NewType("AgencyCode", str)
"""A code in canonical form. Only `canonical` makes one."""

MAX_CHARACTERS = 32
"""The longest code: room for every irregular code of real traffic."""
CODE_PATTERN = rf"^[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_CHARACTERS - 1}}}$"
"""The pattern of any code, for JSON Schemas and descriptions."""

_ANY = re.compile(CODE_PATTERN[1:-1])
_FULL = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Z][0-9]{2})")
_SHORT = re.compile(r"([A-Z][0-9]{2})(?:\.([0-9]{2})(?:\.([0-9]{2})(?:\.([0-9]{3}))?)?)?")


class CodeUnreadable(ValueError):
    """The text is no agency code: empty, longer than 32 characters, or with other characters."""


def canonical(text: str) -> AgencyCode:
    """Return the canonical form of a code in either form. An irregular code stays as it is.

    Raises `CodeUnreadable` when the text is no code.
    """
    if _FULL.fullmatch(text):
        return AgencyCode(text)
    short = _SHORT.fullmatch(text)
    if short:
        top, second, third, fourth = short.groups()
        return AgencyCode(f"{fourth or '000'}.{third or '00'}.{second or '00'}.{top}")
    if not _ANY.fullmatch(text):
        raise CodeUnreadable("an agency code is 1 to 32 letters, digits, dots, hyphens and underscores")
    return AgencyCode(text)


def canonical_or_none(text: str) -> AgencyCode | None:
    """Return the canonical form, or None when the text is no code."""
    try:
        return canonical(text)
    except CodeUnreadable:
        return None


def short_form(code: AgencyCode) -> str:
    """Return the form used since 2020: highest level first, without unused ones. Irregular codes stay."""
    levels = _levels(code)
    return ".".join(levels[: _depth(levels)]) if levels else code


def level(code: AgencyCode) -> int:
    """Return 1 for a province, ministry or hub, up to 4 for its lowest unit.

    An irregular code is on the first level, since it names nothing above it.
    """
    levels = _levels(code)
    return _depth(levels) if levels else 1


def parent(code: AgencyCode) -> AgencyCode | None:
    """Return the canonical code one used level above; None at the top and for an irregular code.

    The parent in the directory, if another, goes before this one.
    """
    levels = _levels(code)
    depth = _depth(levels)
    if depth <= 1:
        return None
    lowest_first = [
        re.sub("[0-9]", "0", part) if place >= depth - 1 else part for place, part in enumerate(levels)
    ]
    return AgencyCode(".".join(reversed(lowest_first)))


def _levels(code: str) -> tuple[str, ...]:
    """Return the four parts, highest first; none for an irregular code."""
    full = _FULL.fullmatch(code)
    return full.groups()[::-1] if full else ()


def _depth(levels: tuple[str, ...]) -> int:
    """Return the number of levels: the place of the lowest one that is not all zeros."""
    return max(
        (place for place, part in enumerate(levels, start=1) if place == 1 or part.strip("0")), default=0
    )
