"""The SQL of statistics: sums of counters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Label, case, func, literal_column, select

from axis.agencies.tables import agencies
from axis.compliance.statistics_periods import Span
from axis.counters.tables import MESSAGE_MARK, counters
from axis.database import Read
from axis.protocol.document_types import MESSAGE

Key = tuple[str | int, ...]
Sums = dict[Key, list[int]]

_MONTH = len("YYYY-MM")


def add_sums(
    tx: Read,
    sums: Sums,
    spans: Sequence[Span],
    by: Sequence[str],
    party: ColumnElement[str],
    conditions: Sequence[ColumnElement[bool]],
    columns: Sequence[tuple[int, ColumnElement[int]]],
    limit: int,
) -> None:
    """Add the sums of counters over spans to `sums`, grouped by the members of `by`.

    `party` is the column that `agency` and `level` mean. Each of `columns` is added at its place. At most
    `limit` groups are read for each span.
    """
    keys = [_key(name, party) for name in by]
    values = [func.sum(column) for _, column in columns]
    for span in spans:
        statement = select(*keys, *values).where(
            counters.c.grain == span.grain,
            counters.c.period >= span.first,
            counters.c.period <= span.last,
            *conditions,
        )
        if "level" in by:
            statement = statement.join(agencies, agencies.c.code == party)
        if keys:
            statement = statement.group_by(*(key.element for key in keys)).limit(limit)
        row: Any
        for row in tx.execute(statement):
            found = sums.setdefault(tuple(row[: len(keys)]), [0] * 16)
            for (place, _), value in zip(columns, row[len(keys) :], strict=True):
                found[place] += int(value or 0)


def _key(name: str, party: ColumnElement[str]) -> Label[Any]:
    if name == "agency":
        # If grouped by the column itself, SQLite reads all counters in its order instead of a few by index.
        return party.concat(literal_column("''")).label("by_agency")
    if name == "level":
        return agencies.c.level.label("by_level")
    if name == "month":
        return func.substr(counters.c.period, 1, _MONTH).label("by_month")
    if name == "day":
        return counters.c.period.label("by_day")
    if name == "kind":
        return func.substr(counters.c.type, 1 + len(MESSAGE_MARK)).label("by_kind")
    return case((of_messages(), literal_column(f"'{MESSAGE}'")), else_=counters.c.type).label("by_type")


def of_messages() -> ColumnElement[bool]:
    """Return the condition on rows of messages."""
    return func.substr(counters.c.type, 1, len(MESSAGE_MARK)) == literal_column(f"'{MESSAGE_MARK}'")
