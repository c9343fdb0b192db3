"""The systems of a scenario's e-cabinet: the secretariat's, and one for each agency with members."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

from nodes.scenario import Cabinet, Scenario
from nodes.systems import cabinet, cabinet_members
from nodes.systems.cabinet_agenda import PRIME_MINISTER, Member, Plans, members_of, plans_of, strangers_of
from nodes.systems.cabinet_report import report_of_members, report_of_secretariat
from nodes.systems.system import PlannedSystem, Setting


def planned_cabinet(scenario: Scenario, seed: int) -> tuple[PlannedSystem, ...]:
    """Return the systems: the secretariat first, so that papers reach members the same evening."""
    written = scenario.cabinet
    if written is None:
        return ()
    members = members_of(written, seed)
    plans = plans_of(written, scenario.habits.hours, scenario.first, scenario.last, seed)
    persons = [*members, *strangers_of(written, seed)]
    agencies = dict.fromkeys(each.agency for each in persons)
    return (
        PlannedSystem(
            cabinet.CABINET,
            written.secretariat,
            _secretariat(members, plans),
            partial(report_of_secretariat, plans=plans),
            tuple(each.person for each in members if each.person.code == PRIME_MINISTER),
        ),
        *(_members(written, agency, members, persons, plans) for agency in agencies),
    )


def _secretariat(
    members: Sequence[Member], plans: Sequence[Plans]
) -> Callable[[sqlite3.Connection, Setting], None]:
    def begin(register: sqlite3.Connection, setting: Setting) -> None:
        cabinet.prepare(register, setting.agency, members, plans)

    return begin


def _members(
    written: Cabinet,
    agency: str,
    members: Sequence[Member],
    persons: Sequence[Member],
    plans: Sequence[Plans],
) -> PlannedSystem:
    own = [each for each in members if each.agency == agency]
    codes = {each.person.code for each in own}
    intentions = [each for plan in plans for each in plan.intentions if each.agency == agency]
    wanted = {
        (each.ballot, each.member)
        for plan in plans
        for each in plan.intentions
        if each.signer == each.member in codes and each.on <= plan.written.closes
    }

    def begin(register: sqlite3.Connection, _setting: Setting) -> None:
        cabinet_members.prepare(register, written.secretariat, own, intentions, plans)

    return PlannedSystem(
        cabinet_members.CABINET_MEMBERS,
        agency,
        begin,
        partial(report_of_members, wanted=len(wanted)),
        tuple(each.person for each in persons if each.agency == agency),
    )
