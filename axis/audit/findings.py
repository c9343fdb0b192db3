"""Collects the differences that an audit found: each with its kind and place, and how many there are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

NAMED = 1_000
"""The most findings that are named. All are counted."""

Kind = Literal[
    "fork",
    "rewind",
    "key",
    "tile",
    "entry",
    "event",
    "figure",
    "list",
    "document",
    "receipt",
    "unproven",
    "happened",
    "unread",
    "gone",
]
"""`unread` differs from nothing: what was proven of a message whose files its parties alone read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that differs."""

    kind: Kind
    where: str
    """`entry 17`, `signatures 2019-06 000.00.00.H62`, `document …`"""
    found: str
    expected: str


@dataclass(slots=True)
class Findings:
    """The findings of one audit, in the order in which they were made."""

    named: list[Finding] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many there are."""
        return self.counts.total()

    def add(self, findings: Iterable[Finding]) -> None:
        """Count findings, and name them as long as there is room."""
        for finding in findings:
            self.counts[finding.kind] += 1
            if len(self.named) < NAMED:
                self.named.append(finding)
