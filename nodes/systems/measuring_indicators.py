"""The indicators of a measuring system: what units offer and what is used, ranked, against targets."""

import sqlite3
from dataclasses import dataclass, replace
from typing import Final

_INDICATORS: Final = """
WITH used AS (
    SELECT d.unit, count(*) AS dossiers, sum(channel = 2) AS online,
        sum(channel = 2 AND service = 'full') AS fully_online,
        sum(payment = 1) AS paid_online, sum(payment <> 0) AS paid, sum(by_post = 1) AS by_post,
        sum(from_portal) AS from_portal, sum(status = 3) AS returned,
        count(DISTINCT procedure) AS services_used,
        count(DISTINCT CASE service WHEN 'full' THEN procedure END) AS full_used,
        count(DISTINCT CASE service WHEN 'partial' THEN procedure END) AS partial_used
    FROM dossiers d JOIN procedures p ON p.unit = d.unit AND p.code = d.procedure
    WHERE month BETWEEN :first AND :last GROUP BY d.unit
), offered AS (
    SELECT unit, sum(service = 'full') AS full, sum(service = 'partial') AS partial
    FROM procedures WHERE is_declared GROUP BY unit
), visited AS (
    SELECT unit, sum(number) AS visits FROM visits WHERE month BETWEEN :first AND :last GROUP BY unit
)
SELECT u.code, u.name, u.kind, coalesce(dossiers, 0), coalesce(online, 0), coalesce(fully_online, 0),
    coalesce(paid_online, 0), coalesce(paid, 0), coalesce(by_post, 0), coalesce(from_portal, 0),
    coalesce(returned, 0), coalesce(services_used, 0), coalesce(full_used, 0), coalesce(partial_used, 0),
    coalesce(o.full, 0), coalesce(partial, 0), coalesce(visits, 0)
FROM units u LEFT JOIN used ON used.unit = u.code LEFT JOIN offered o ON o.unit = u.code
    LEFT JOIN visited ON visited.unit = u.code
WHERE dossiers IS NOT NULL OR visits IS NOT NULL ORDER BY u.code
"""


@dataclass(frozen=True, slots=True)
class Indicators:
    """What one unit offers and what of it is used, in some months."""

    unit: str
    name: str
    kind: str
    """`ministry` or `province`."""
    dossiers: int
    """By the month in which they were first told of."""
    online: int
    fully_online: int
    """Filed online, of a procedure whose service is online end to end."""
    paid_online: int
    paid: int
    """Paid in any way."""
    by_post: int
    from_portal: int
    returned: int
    services_used: int
    """Procedures that produced dossiers."""
    full_used: int
    partial_used: int
    full_offered: int
    """Declared online end to end; 0 too where the unit declared nothing."""
    partial_offered: int
    visits: int
    rank: int | None = None
    """Among units of its kind, by the share of dossiers handled fully online; None without dossiers."""

    @property
    def thousandths(self) -> int | None:
        """Share of dossiers handled fully online, rounded down; None without dossiers."""
        return self.fully_online * 1000 // self.dossiers if self.dossiers else None


def indicators(register: sqlite3.Connection, first: str, last: str) -> list[Indicators]:
    """Return those of each unit that told of something from month `first` to `last` (`2024-01`), ranked.

    Units of a kind with the same share have the same rank; the list goes by kind, rank and code.
    """
    found = [
        Indicators(*row) for row in register.execute(_INDICATORS, {"first": first, "last": last}).fetchall()
    ]
    ranked = []
    for row in found:
        ahead = sum(
            other.kind == row.kind and other.fully_online * row.dossiers > row.fully_online * other.dossiers
            for other in found
        )
        ranked.append(replace(row, rank=ahead + 1 if row.dossiers else None))
    return sorted(ranked, key=lambda row: (row.kind, row.rank is None, row.rank or 0, row.unit))


def not_connected(register: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return code and name of each unit that never told of anything."""
    return register.execute("SELECT code, name FROM units WHERE first_told IS NULL ORDER BY code").fetchall()


def target_of(register: sqlite3.Connection, unit: str, year: int) -> int | None:
    """Return the target of a unit's kind in a year, in thousandths; None where there is none."""
    row = register.execute(
        "SELECT thousandths FROM targets JOIN units USING (kind) WHERE units.code = ? AND year = ?",
        (unit, year),
    ).fetchone()
    return None if row is None else int(row[0])


def report(register: sqlite3.Connection) -> dict[str, int]:
    """Count the whole register: the lines of the measuring system's report."""
    rows = indicators(register, "0000-00", "9999-99")
    count = register.execute("SELECT count(*), sum(first_told IS NOT NULL) FROM units").fetchone()
    (refusals,) = register.execute("SELECT count(*) FROM refusals").fetchone()
    (last,) = register.execute("SELECT coalesce(max(month), '0000-00') FROM dossiers").fetchone()
    met = [
        row.fully_online * 1000 >= target * row.dossiers
        for row in rows
        if row.dossiers and (target := target_of(register, row.unit, int(last[:4]))) is not None
    ]
    dossiers, full = sum(row.dossiers for row in rows), sum(row.fully_online for row in rows)
    return {
        "units measured": count[0],
        "units connected": count[1] or 0,
        "units not connected": count[0] - (count[1] or 0),
        "dossiers": dossiers,
        "dossiers filed online": sum(row.online for row in rows),
        "dossiers fully online": full,
        "fully online, in thousandths of all": full * 1000 // dossiers if dossiers else 0,
        "units with a target, and at it": sum(met),
        "units with a target, and below it": len(met) - sum(met),
        "services that produced dossiers": sum(row.services_used for row in rows),
        "services declared online": sum(row.full_offered + row.partial_offered for row in rows),
        "… that produced dossiers": sum(row.full_used + row.partial_used for row in rows),
        "visits": sum(row.visits for row in rows),
        "refusals": refusals,
    }
