"""A report: a table with headings in both languages, what it was asked for, and what its figures mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from axis.problems import Language
from signing.pages.formats import number_text, share_text

Kind = Literal["text", "number", "share", "flag"]
"""How a column is shown. A share is from 0 to 1, a flag true or false; None where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: the member of its rows, and its heading."""

    name: str
    kind: Kind
    heading: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class ReportChart:
    """What a page also draws: some columns of figures, a series for each, against the columns of text."""

    title: Mapping[Language, str]
    columns: Sequence[str]
    """Their names; all shares or all numbers."""
    is_whole: bool = False
    """Whether they are the parts of one whole."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown, in whichever form."""

    title: Mapping[Language, str]
    columns: Sequence[ReportColumn]
    rows: Sequence[Mapping[str, Any]]
    definition: Mapping[Language, str]
    asked: Sequence[tuple[str, str]]
    """What narrows the report: names of filters and their values, in their order."""
    charts: Sequence[ReportChart] = ()


_FLAGS: Mapping[Language, tuple[str, str]] = {"en": ("no", "yes"), "vi": ("không", "có")}


def cell_text(value: object, kind: Kind, language: Language) -> str:
    """Return a cell's value for reading; `-` where there is none."""
    if value is None:
        return "-"
    if kind == "flag":
        return _FLAGS[language][bool(value)]
    if kind == "share" and isinstance(value, int | float):
        return share_text(value, language)
    if kind == "number" and isinstance(value, int):
        return number_text(value, language)
    return str(value)
