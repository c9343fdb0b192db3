"""Targets of the signed-document rate: set for an agency or for a level, for a year.

An agency's own target goes before that of its level. Reports compare with targets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, or_, select

from axis.agencies.tables import agencies
from axis.clock import Microseconds
from axis.compliance.tables import targets
from axis.database import Read, Write, insert
from axis.protocol.agency_codes import AgencyCode

YEARS = range(2000, 2101)
LEVELS = range(1, 5)
"""The levels of agencies: DOMAIN's codes have four parts."""

NO_AGENCY, NO_LEVEL = "", 0


@dataclass(frozen=True, slots=True)
class Target:
    """The share of a year's documents that is to be signed: from 0 to 1."""

    year: int
    rate: float
    agency: AgencyCode | None = None
    level: int | None = None
    """One of `agency` and `level` is given."""


@dataclass(frozen=True, slots=True)
class TargetFilter:
    """Which targets are listed, in order of year, level and agency, agencies' own first."""

    year: int | None = None
    agency: AgencyCode | None = None
    level: int | None = None
    after: tuple[int, int, str] | None = None


def set_target(tx: Write, target: Target, now: Microseconds) -> None:
    """Set a target, in place of the one for the same year and agency or level."""
    statement = insert(tx, targets)
    key = ["year", "level", "agency"]
    changed = {name: statement.excluded[name] for name in ("rate", "set_at")}
    statement = statement.on_conflict_do_update(index_elements=key, set_=changed)
    tx.execute(statement, [{**_key(target), "rate": target.rate, "set_at": now}])


def remove_target(tx: Write, target: Target) -> None:
    """Remove the target for a year and agency or level, if there is one."""
    key = _key(target)
    tx.execute(delete(targets).where(*(targets.c[name] == value for name, value in key.items())))


def list_targets(tx: Read, wanted: TargetFilter, limit: int) -> list[Target]:
    """Return at most `limit` targets after a place."""
    order = (targets.c.year, targets.c.level, targets.c.agency)
    query = select(targets).order_by(*order).limit(limit)
    if wanted.year is not None:
        query = query.where(targets.c.year == wanted.year)
    if wanted.agency is not None:
        query = query.where(targets.c.agency == wanted.agency)
    if wanted.level is not None:
        query = query.where(targets.c.level == wanted.level)
    if wanted.after is not None:
        year, level, agency = wanted.after
        query = query.where(
            or_(
                targets.c.year > year,
                and_(targets.c.year == year, targets.c.level > level),
                and_(targets.c.year == year, targets.c.level == level, targets.c.agency > agency),
            )
        )
    return [_target_of(row) for row in tx.execute(query)]


def targets_for(tx: Read, codes: Sequence[AgencyCode], year: int) -> dict[AgencyCode, float]:
    """Return what applies to each agency in a year: its own target, or its level's; none is left out."""
    own = and_(targets.c.agency == agencies.c.code, targets.c.level == NO_LEVEL)
    of_level = and_(targets.c.agency == NO_AGENCY, targets.c.level == agencies.c.level)
    query = (
        select(agencies.c.code, targets.c.rate)
        .join(targets, and_(targets.c.year == year, or_(own, of_level)))
        .order_by(targets.c.level.desc())  # its own is read last, and stays
    )
    wanted = set(codes)
    return {AgencyCode(row.code): row.rate for row in tx.execute(query) if row.code in wanted}


def _key(target: Target) -> dict[str, Any]:
    return {"year": target.year, "level": target.level or NO_LEVEL, "agency": target.agency or NO_AGENCY}


def _target_of(row: Any) -> Target:
    return Target(row.year, row.rate, AgencyCode(row.agency) if row.agency else None, row.level or None)
