"""The SQL of statistics: sums of counters, and of documents by verdict."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, Subquery, Table, case, func, literal_column, not_, select

from axis.agencies.tables import agencies
from axis.compliance.statistics_periods import Span
from axis.counters.tables import (
    MESSAGE_MARK,
    counters,
    verdict_counters,
    verdict_profile_signatures,
    verdict_profiles,
)
from axis.database import Read
from axis.documents.filters import NONE
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
    keys = [_key(name, party, counters) for name in by]
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


def _key(name: str, party: ColumnElement[str], counted: Table) -> Label[Any]:
    if name == "agency":
        # If grouped by the column itself, SQLite reads all counters in its order instead of a few by index.
        return party.concat(literal_column("''")).label("by_agency")
    if name == "level":
        return agencies.c.level.label("by_level")
    if name == "month":
        return func.substr(counted.c.period, 1, _MONTH).label("by_month")
    if name == "day":
        return counted.c.period.label("by_day")
    if name == "kind":
        return func.substr(counted.c.type, 1 + len(MESSAGE_MARK)).label("by_kind")
    return case((of_messages(counted), literal_column(f"'{MESSAGE}'")), else_=counted.c.type).label("by_type")


def of_type(document_type: str | None, counted: Table = counters) -> ColumnElement[bool]:
    """Return the condition on rows of a type; None: of all but messages."""
    if document_type is None:
        return not_(of_messages(counted))
    return of_messages(counted) if document_type == MESSAGE else counted.c.type == document_type


def of_messages(counted: Table = counters) -> ColumnElement[bool]:
    """Return the condition on rows of messages."""
    return func.substr(counted.c.type, 1, len(MESSAGE_MARK)) == literal_column(f"'{MESSAGE_MARK}'")


_SUMMARY: Final[Mapping[str, ColumnElement[str]]] = {
    name: verdict_profiles.c[name] for name in ("indication", "sub_indication", "signed_by")
}
_SIGNATURE: Final[Mapping[str, ColumnElement[str]]] = {
    "signature_kind": verdict_profile_signatures.c.kind,
    "algorithm": verdict_profile_signatures.c.algorithm,
    "issuer": func.nullif(verdict_profile_signatures.c.issuer, ""),
}
"""What may be asked of verdicts and of their signatures, with the columns that say it."""


def verdict_sums(
    tx: Read,
    spans: Sequence[Span],
    by: Sequence[str],
    conditions: Sequence[ColumnElement[bool]],
    asked: Mapping[str, str],
    limit: int,
) -> dict[Key, int]:
    """Return numbers of documents by the members of `by`, summed up over spans.

    `asked`: what the verdict and one and the same signature have to say, as in the list of documents. A
    document with several signatures counts once for each answer that one of them gives. At most `limit`
    groups are read for each span.
    """
    of_verdict = [name for name in by if name in _SUMMARY or name in _SIGNATURE]
    others = [name for name in by if name not in of_verdict]
    answers = _answers(of_verdict, asked)
    sums: dict[Key, int] = {}
    for span in spans:
        counted = _counts_by_profile(span, others, conditions)
        keys = [answers.c[name] if name in of_verdict else counted.c[f"by_{name}"] for name in by]
        statement = select(*keys, func.sum(counted.c.documents)).join_from(
            counted, answers, answers.c.profile == counted.c.profile
        )
        if keys:
            statement = statement.group_by(*keys).limit(limit)
        row: Any
        for row in tx.execute(statement):
            if row[-1]:  # what was moved away by later verdicts leaves rows of zero
                key = tuple(row[:-1])
                sums[key] = sums.get(key, 0) + int(row[-1])
    return sums


def _counts_by_profile(span: Span, by: Sequence[str], conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """Return sums of a span by profile, few rows, so that what profiles say is joined to few."""
    column = verdict_counters.c
    keys = [_key(name, column.sender, verdict_counters) for name in by]
    period: ColumnElement[str] = column.period
    if span.grain == "m" and {"agency", "level"} & set(by):
        # Most months are wanted of most senders: SQLite is kept from looking each of them up by an index.
        period = period.concat(literal_column("''"))
    statement = select(column.profile, *keys, func.sum(column.documents).label("documents")).where(
        column.grain == span.grain, period >= span.first, period <= span.last, *conditions
    )
    if "level" in by:
        statement = statement.join(agencies, agencies.c.code == column.sender)
    return statement.group_by(*(key.element for key in keys), column.profile).subquery()


def _answers(by: Sequence[str], asked: Mapping[str, str]) -> Subquery:
    """Return each profile that fits, with each combination that it has of what is asked for."""
    columns = {**_SUMMARY, **_SIGNATURE}
    statement = select(verdict_profiles.c.profile, *(columns[name].label(name) for name in by)).distinct()
    if any(name in _SIGNATURE for name in (*by, *asked)):
        of_profile = verdict_profile_signatures.c.profile == verdict_profiles.c.profile
        statement = statement.join(verdict_profile_signatures, of_profile)
    for name, value in asked.items():
        statement = statement.where(
            columns[name].is_(None) if value == NONE and name != "signed_by" else columns[name] == value
        )
    return statement.subquery()
