"""What the portal begins with, and the invented one-stop systems of connected units that have none.

Together they tell of exactly as many statuses as a scenario says.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Final

from nodes.errors import ScenarioInvalid
from nodes.known_agencies import agencies, agency
from nodes.scenario import Portal
from nodes.systems.one_stop_agenda import Dossiers, Services, procedures_of
from nodes.systems.system import Setting
from nodes.volumes import apportion, rounded

INVENTED_SERVICES: Final = Services(8, 4, 5, 2)
"""Of a one-stop system that no table describes."""
_WEIGHTS: Final = range(1, 10)


def begin_portal(
    register: sqlite3.Connection,
    setting: Setting,
    portal: Portal,
    accounts: int,
    offered: Mapping[str, Services],
) -> None:
    """Write units, procedures, and how many accounts are opened on each working day, ever more."""
    write_units(register, portal)
    for code, services in offered.items():
        rows = [(code, *each[:4]) for each in procedures_of(code, setting.seed, services)]
        register.executemany("INSERT INTO procedures VALUES (?, ?, ?, ?, ?)", rows)
    days = [day.isoformat() for day in setting.hours.days(setting.first, setting.last)]
    parts = apportion(accounts, range(1, len(days) + 1), [0] * len(days))
    register.executemany("INSERT INTO openings VALUES (?, ?)", zip(days, parts, strict=True))


def write_units(register: sqlite3.Connection, portal: Portal) -> None:
    """Write all ministries and provinces, and which of them may send."""
    provinces = [code for code, known in agencies().items() if known.kind == "province"]
    for code in dict.fromkeys((*portal.ministries, *provinces, *portal.connected)):
        known = agency(code)
        register.execute(
            "INSERT INTO units (code, name, kind, is_connected) VALUES (?, ?, ?, ?)",
            (known.code, known.name, known.kind, int(known.code in portal.connected)),
        )


def invented_dossiers(
    portal: Portal, units: Sequence[str], told_by_others: int, scale: Decimal, seed: int
) -> dict[str, Dossiers]:
    """Share out the statuses that units without a table tell of at a scale, each at least one.

    `told_by_others` is what units with a table tell of at that scale. Raises `ScenarioInvalid`.
    """
    if not units:
        return {}
    left, least = rounded(portal.statuses * scale) - told_by_others, len(units)
    if left < least:
        nearest = Decimal(told_by_others + least) / portal.statuses
        raise ScenarioInvalid(
            f"portal.statuses: found {left} left for {least} units at scale {scale}, expected at least one "
            f"for each; the least scale that gives them is about {nearest:.4f}"
        )
    rng = Random(f"statuses {seed} {portal.code}")  # noqa: S311 - to be repeated
    weights = [rng.choice(_WEIGHTS) for _ in units]
    parts = apportion(left, weights, [1] * len(units))
    return {unit: told_of(part) for unit, part in zip(units, parts, strict=True)}


def told_of(statuses: int) -> Dossiers:
    """Return the dossiers of which so many statuses are told: one when they come in, one when resolved.

    Two of five statuses are results; the shares of what is late and online are assumed.
    """
    resolved = statuses * 2 // 5
    received = statuses - resolved
    late, running = resolved // 100, received - resolved
    return Dossiers(
        received=received,
        resolved_in_time=resolved - late,
        resolved_overdue=late,
        resolved_without_deadline=0,
        open_in_time=running * 4 // 5,
        open_overdue=running // 50,
        open_without_deadline=0,
        fully_online=received * 3 // 10,
    )
