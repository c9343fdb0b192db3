"""The measuring system of a plan: whom it measures at the plan's scale, and what its register has to say."""

import sqlite3
from collections.abc import Mapping, Sequence

from nodes.errors import ScenarioInvalid
from nodes.planner import Plan
from nodes.scenario import Measuring
from nodes.systems.measuring import MEASURING
from nodes.systems.measuring_agenda import Measured, begin_measuring
from nodes.systems.measuring_indicators import report
from nodes.systems.one_stop_agenda import Services, Telling
from nodes.systems.system import Figure, PlannedSystem, Setting
from nodes.volumes import rounded

DECLARED: Services = Services(8, 4, 5, 2)
"""What a unit without a one-stop system of the scenario declares."""


def planned_measuring(measuring: Measuring, telling: Mapping[str, Telling], plan: Plan) -> PlannedSystem:
    """Return the measuring system; `telling` are the one-stop systems whose messages it gets, at scale.

    Raises `ScenarioInvalid` where the scale leaves less than one dossier for each who calls over HTTP.
    """
    tracked = tuple(
        code for code in measuring.units if code not in telling and code not in measuring.not_connected
    )
    dossiers, fully_online = (
        rounded(measuring.dossiers * plan.scale),
        rounded(measuring.fully_online * plan.scale),
    )
    if dossiers < len(tracked):
        raise ScenarioInvalid(
            f"measuring.dossiers: found {dossiers} at scale {plan.scale}, expected at least {len(tracked)}, "
            "one for each who calls over HTTP"
        )
    connected = tuple(code for code in measuring.units if code not in measuring.not_connected)
    visits = rounded(measuring.visits * plan.scale) if connected else 0
    offered = {code: each.services for code, each in telling.items()} | dict.fromkeys(tracked, DECLARED)
    measured = Measured(
        reports_to=measuring.reports_to,
        units=measuring.units,
        offered=offered,
        tracked=tracked,
        visited=connected,
        targets=measuring.targets,
        dossiers=dossiers,
        fully_online=fully_online,
        visits=visits,
    )
    wanted = {
        "units measured": len(measuring.units),
        "units connected": len(connected),
        "units not connected": len(measuring.not_connected),
        "dossiers": dossiers + sum(each.dossiers.received for each in telling.values()),
        "dossiers fully online": fully_online + sum(each.dossiers.fully_online for each in telling.values()),
        "visits": visits,
        "refusals": 0,
    }

    def begin(register: sqlite3.Connection, setting: Setting) -> None:
        begin_measuring(register, setting, measured)

    def told(register: sqlite3.Connection) -> Sequence[Figure]:
        return [Figure(name, number, wanted.get(name)) for name, number in report(register).items()]

    return PlannedSystem(MEASURING, measuring.code, begin, told)
