"""Writes verdicts as JSON by templates, since signatures by the same certificate differ little.

A verdict is written once with holes for two times and the content's digest, and then the holes are filled.
The members are those of `signing.verdict`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import orjson

from signing.verdict_vocabulary import Check

if TYPE_CHECKING:
    from signing.verdict import SignatureVerdict

TEMPLATES: Final = 1_024
"""How many are kept for each form: some 5 kB each, one for each certificate that signs."""
_HOLE: Final = datetime(1, 1, 1, microsecond=240_719, tzinfo=UTC)
"""Stands for what differs. Where a signature happens to say the same, its verdict is written as a whole."""
_VARYING: Final = frozenset({"trusted-time", "claimed-time", "content-digest"})
"""The checks that find something else in each signature."""


class WrittenVerdicts:
    """Verdicts on signatures in one form of JSON."""

    def __init__(
        self, members: Callable[["SignatureVerdict"], object], show_time: Callable[[datetime], str]
    ) -> None:
        """Write what `members` returns: times as `show_time` shows them, in the order of the fields."""
        self._members = members
        self._show_time = show_time
        self._hole = show_time(_HOLE)
        self._template = lru_cache(maxsize=TEMPLATES)(self._make_template)

    def write(self, verdict: "SignatureVerdict") -> bytes:
        """Return the members in JSON.

        Raises:
            TypeError: where a text cannot be written in UTF-8.

        """
        values: list[datetime | str] = [verdict.trusted_time]
        if verdict.claimed_time is not None:
            values.insert(0, verdict.claimed_time)
        checks = []
        for check in verdict.checks:
            if check.name in _VARYING and check.found is not None:
                values.append(check.found)
                hole = _HOLE if isinstance(check.found, datetime) else self._hole
                checks.append(Check(check.step, check.name, check.outcome, hole, check.expected))
            else:
                checks.append(check)
        claimed = None if verdict.claimed_time is None else _HOLE
        shape = verdict._replace(claimed_time=claimed, trusted_time=_HOLE, checks=tuple(checks))
        first, *others = self._template(shape)
        if len(others) != len(values):
            return orjson.dumps(self._members(verdict))
        parts = [first]
        for value, other in zip(values, others, strict=True):
            parts.append(orjson.dumps(self._show_time(value) if isinstance(value, datetime) else value))
            parts.append(other)
        return b"".join(parts)

    def _make_template(self, shape: "SignatureVerdict") -> tuple[bytes, ...]:
        """Write a verdict that has holes, and cut it there."""
        return tuple(orjson.dumps(self._members(shape)).split(orjson.dumps(self._hole)))
