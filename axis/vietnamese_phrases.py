"""Translates what a refusal says of a place (`found` and `expected`) into Vietnamese when it is shown.

The phrases stand in `vietnamese_phrases.toml`. Texts that are not there, such as a caller's own words, stay
as they are.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from axis.protocol.errors import Place

REMEMBERED: Final = 4_096
_HOLE: Final = re.compile(r"\{[nwd]?\}")
_HOLES: Final = {"{}": "(.+?)", "{n}": "([0-9]+)", "{w}": r"(\S+)", "{d}": "([0-9-]+)"}


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase with holes: what a text that has it begins with, how it is found, and how it is said."""

    beginning: str
    pattern: re.Pattern[str]
    vietnamese: str


@dataclass(frozen=True, slots=True)
class _Phrases:
    whole: Mapping[str, str]
    with_holes: tuple[_Phrase, ...]

    def translate(self, text: str) -> str:
        """Return the text in Vietnamese, or as it is."""
        known = self.whole.get(text)
        if known is not None:
            return known
        for phrase in self.with_holes:
            if text.startswith(phrase.beginning) and (match := phrase.pattern.fullmatch(text)):
                return phrase.vietnamese.format(*(self.translate(part) for part in match.groups()))
        return text


def in_vietnamese(place: Place) -> Place:
    """Return a place with what is said of it in Vietnamese."""
    return Place(
        place.pointer,
        None if place.found is None else _translated(place.found, is_found=True),
        None if place.expected is None else _translated(place.expected, is_found=False),
    )


@lru_cache(REMEMBERED)
def _translated(text: str, *, is_found: bool) -> str:
    said, expected = _tables()
    return (said if is_found else expected).translate(text)


@cache
def _tables() -> tuple[_Phrases, _Phrases]:
    """Read the phrases of `found` and of `expected`, once somebody is told a problem in Vietnamese."""
    text = files("axis").joinpath("vietnamese_phrases.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return _phrases(tables["said"]), _phrases(tables["said"] | tables["expected"])


def _phrases(table: Mapping[str, str]) -> _Phrases:
    with_holes = [_phrase(english, said) for english, said in table.items() if _HOLE.search(english)]
    with_holes.sort(key=lambda phrase: -len(phrase.pattern.pattern))  # the most particular one first
    return _Phrases(
        {english: said for english, said in table.items() if "{" not in english}, tuple(with_holes)
    )


def _phrase(english: str, vietnamese: str) -> _Phrase:
    literals, holes = _HOLE.split(english), _HOLE.findall(english)
    pattern = re.escape(literals[0]) + "".join(
        _HOLES[hole] + re.escape(literal) for hole, literal in zip(holes, literals[1:], strict=True)
    )
    return _Phrase(literals[0], re.compile(pattern, re.DOTALL), vietnamese)
