"""Which systems a plan has: each of a scenario's tables becomes a `Wish`.

A new kind of system joins with a line in `SYSTEMS` and a function that `wishes` calls.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, time
from typing import Final

from axis.protocol.working_calendar import VIET_NAM
from nodes.planner import Plan
from nodes.scenario import OneStop
from nodes.systems.one_stop import ONE_STOP, report, services
from nodes.systems.one_stop_agenda import Dossiers, Services, prepare, scaled
from nodes.systems.system import Figure, Setting, System, Wish

SYSTEMS: Final[dict[str, System]] = {system.name: system for system in (ONE_STOP,)}
"""All kinds by their names."""
_EVENING: Final = time(17, 0)


def wishes(plan: Plan) -> tuple[Wish, ...]:
    """Return the systems of a plan; raises `ScenarioInvalid` where its scale gives no whole numbers."""
    return tuple(_one_stop(written, plan) for written in plan.scenario.one_stops)


def _one_stop(written: OneStop, plan: Plan) -> Wish:
    full = Dossiers(**{field.name: getattr(written, field.name) for field in fields(Dossiers)})
    dossiers, offered = scaled(full, plan.scale), Services(*written.services)
    evening = datetime.combine(plan.scenario.last, _EVENING, VIET_NAM)

    def begin(register: sqlite3.Connection, setting: Setting) -> None:
        prepare(register, setting, dossiers, offered, written.reports_to)

    def told(register: sqlite3.Connection) -> Sequence[Figure]:
        return [*_counted(report(register, evening), dossiers), *services(register)]

    return Wish(ONE_STOP, written.code, begin, told)


def _counted(found: dict[str, int], dossiers: Dossiers) -> list[Figure]:
    wanted = {
        "received": dossiers.received,
        "resolved": dossiers.resolved,
        "resolved overdue": dossiers.resolved_overdue,
        "resolved without a recorded deadline": dossiers.resolved_without_deadline,
        "in progress": dossiers.in_progress,
        "in progress in time": dossiers.open_in_time,
        "in progress overdue": dossiers.open_overdue,
        "in progress without a recorded deadline": dossiers.open_without_deadline,
        "not received or withdrawn": dossiers.closed_otherwise,
        "fully online": dossiers.fully_online,
    }
    in_time = found["resolved early"] + found["resolved on the day"]
    figures = [Figure(name, number, wanted.get(name)) for name, number in found.items()]
    return [*figures, Figure("resolved early or on the day", in_time, dossiers.resolved_in_time)]
