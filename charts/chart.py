"""What a chart shows: the columns of a table, with a title and a description for those who cannot see it.

Charts are drawn by `charts.drawing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Form = Literal["bars", "stacked_bars", "lines"]
"""Lying bars beside each other; lying bars of parts of a whole; lines over time."""
Language = Literal["en", "vi"]
"""Of the figures at the axis and beside the bars."""


@dataclass(frozen=True, slots=True)
class Series:
    """One column of the table."""

    name: str
    values: Sequence[float | None]
    """One for each label; None, or what is no finite number, where there is none."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A table's columns to be drawn."""

    title: str
    description: str
    """What one would see in it, in a sentence or two; the table stands beside it."""
    labels: Sequence[str]
    """The table's rows: names for bars, days or months for lines."""
    series: Sequence[Series]
    form: Form
    shares: bool = False
    """Whether the values are shares of a whole, from 0 to 1."""
    language: Language = "en"
