"""Which systems a plan has: each of a scenario's tables becomes a `PlannedSystem`.

A new kind of system joins with a line in `SYSTEMS` and a function that `planned_systems` calls.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, time
from typing import Final

from axis.protocol.working_calendar import VIET_NAM
from nodes.planner import Plan
from nodes.scenario import OneStop, Portal
from nodes.systems.cabinet import CABINET
from nodes.systems.cabinet_members import CABINET_MEMBERS
from nodes.systems.cabinet_planning import planned_cabinet
from nodes.systems.look_ups import LOOK_UPS
from nodes.systems.measuring import MEASURING
from nodes.systems.measuring_planning import planned_measuring
from nodes.systems.one_stop import ONE_STOP, report, services
from nodes.systems.one_stop_agenda import Dossiers, Services, Telling, prepare, scaled
from nodes.systems.population import POPULATION
from nodes.systems.population_planning import planned_population
from nodes.systems.portal import PORTAL
from nodes.systems.portal import report as portal_report
from nodes.systems.portal_agenda import INVENTED_SERVICES, begin_portal, invented_dossiers
from nodes.systems.system import Figure, PlannedSystem, Setting, System
from nodes.volumes import rounded

_ALL: Final = (ONE_STOP, PORTAL, MEASURING, CABINET, CABINET_MEMBERS, LOOK_UPS, POPULATION)
SYSTEMS: Final[dict[str, System]] = {system.name: system for system in _ALL}
"""All kinds by their names."""
_EVENING: Final = time(17, 0)


def planned_systems(plan: Plan) -> tuple[PlannedSystem, ...]:
    """Return the systems of a plan, those that read others' messages last.

    Raises `ScenarioInvalid` where its scale gives no whole numbers.
    """
    scenario = plan.scenario
    telling = {
        each.code: Telling(scaled(_dossiers(each), plan.scale), Services(*each.services), each.reports_to)
        for each in scenario.one_stops
    }
    reading: list[PlannedSystem] = []
    for portal in scenario.portals:
        invented, planned = _portal(portal, plan)
        telling |= invented
        reading.append(planned)
    if scenario.measuring is not None:
        reading.append(planned_measuring(scenario.measuring, telling, plan))
    told = (_one_stop(code, each, plan) for code, each in telling.items())
    voting, asking = planned_cabinet(scenario, plan.seed), planned_population(scenario, plan.seed)
    return (*told, *reading, *voting, *asking)


def _dossiers(written: OneStop) -> Dossiers:
    return Dossiers(**{field.name: getattr(written, field.name) for field in fields(Dossiers)})


def _portal(portal: Portal, plan: Plan) -> tuple[dict[str, Telling], PlannedSystem]:
    """Return the invented one-stop systems that feed a portal, and the portal."""
    written = {each.code: each for each in plan.scenario.one_stops if each.reports_to == portal.code}
    units = [code for code in portal.connected if code not in written]
    told = sum(int(each.statuses * plan.scale) for each in written.values())
    invented = invented_dossiers(portal, units, told, plan.scale, plan.seed)
    offered = {code: Services(*each.services) for code, each in written.items()}
    offered |= dict.fromkeys(units, INVENTED_SERVICES)
    accounts = rounded(portal.accounts * plan.scale)
    wanted = {
        "accounts": accounts,
        "dossier statuses synchronised": rounded(portal.statuses * plan.scale),
        "ministries connected": len([code for code in portal.connected if code in portal.ministries]),
        "provinces connected": len([code for code in portal.connected if code not in portal.ministries]),
        "refusals": 0,
    }

    def begin(register: sqlite3.Connection, setting: Setting) -> None:
        begin_portal(register, setting, portal, accounts, offered)

    def told_by(register: sqlite3.Connection) -> Sequence[Figure]:
        return [Figure(name, number, wanted.get(name)) for name, number in portal_report(register).items()]

    feeding = {code: Telling(each, INVENTED_SERVICES, portal.code) for code, each in invented.items()}
    return feeding, PlannedSystem(PORTAL, portal.code, begin, told_by)


def _one_stop(code: str, telling: Telling, plan: Plan) -> PlannedSystem:
    evening = datetime.combine(plan.scenario.last, _EVENING, VIET_NAM)
    dossiers, measuring = telling.dossiers, plan.scenario.measuring
    recipients = ",".join(
        dict.fromkeys((telling.reports_to, *(() if measuring is None else (measuring.code,))))
    )

    def begin(register: sqlite3.Connection, setting: Setting) -> None:
        prepare(register, setting, dossiers, telling.services, recipients)

    def told(register: sqlite3.Connection) -> Sequence[Figure]:
        return [*_counted(report(register, evening), dossiers), *services(register)]

    return PlannedSystem(ONE_STOP, code, begin, told)


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
