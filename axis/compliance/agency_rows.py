"""Names the agencies in rows of statistics, and adds rows of zeros for those without documents.

Deleted agencies keep their names, and get no rows of zeros.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from axis.agencies import queries
from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.agencies.tables import agencies
from axis.compliance.queries import Key, Sums
from axis.database import Read
from axis.protocol.agency_codes import AgencyCode

OF_THE_AGENCY = ("agency", "level")
"""The members of a row that an agency determines."""


def add_silent(
    tx: Read, sums: Sums, by: Sequence[str], caller: Caller, only: AgencyCode | None, most: int
) -> None:
    """Add a row of zeros for every agency that has none, beside each month, day or type that a row has.

    Agencies are those of the directory that the caller may see; with `only`, this one. `by` holds `agency`.
    It stops soon after more than `most` rows are there.
    """
    visible = select(agencies.c.code, agencies.c.level).where(
        agencies.c.deleted_at.is_(None), subtree_filter(agencies.c.code, caller)
    )
    if only is not None:
        visible = visible.where(agencies.c.code == only)
    others = {tuple(_other(by, key)) for key in sums}
    if set(by) <= set(OF_THE_AGENCY):
        others.add(())
    for row in tx.execute(visible):
        for other in others:
            rest = iter(other)
            of_agency = {"agency": row.code, "level": row.level}
            key: Key = tuple(of_agency[name] if name in of_agency else next(rest) for name in by)
            sums.setdefault(key, [0] * 16)
        if len(sums) > most:
            return


def add_names(tx: Read, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with `agency_name` right after `agency`, for rows that have an agency."""
    codes = {AgencyCode(item["agency"]) for item in items if "agency" in item}
    if not codes:
        return list(items)
    names = {row.code: row.name for row in queries.agency_rows(tx, sorted(codes), deleted=True)}
    return [_with_name(item, names.get(item["agency"], "")) for item in items]


def _with_name(item: dict[str, Any], agency_name: str) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in item.items():
        named[name] = value
        if name == "agency":
            named["agency_name"] = agency_name
    return named


def _other(by: Sequence[str], key: Key) -> Key:
    return tuple(value for name, value in zip(by, key, strict=True) if name not in OF_THE_AGENCY)
