"""The systems of a scenario's population register: the units that ask, then the register."""

import sqlite3
from collections.abc import Sequence
from functools import partial

from nodes.scenario import PopulationUnit, Scenario
from nodes.systems import look_ups, population
from nodes.systems.population_agenda import LookUps, Request, look_ups_of
from nodes.systems.population_report import beside_the_hub, report_of_register, report_of_unit
from nodes.systems.system import PlannedSystem, Setting


def planned_population(scenario: Scenario, seed: int) -> tuple[PlannedSystem, ...]:
    """Return the systems: units first, so that what they ask is answered the same evening."""
    written = scenario.population
    if written is None:
        return ()
    days = list(scenario.habits.hours.days(scenario.first, scenario.last))
    made = look_ups_of(written, days[:-1], seed)  # the last day's replies are read on a day after it
    return (
        *(_unit(written.code, unit, made.requests) for unit in written.units),
        PlannedSystem(
            population.POPULATION,
            written.code,
            partial(_prepare_register, made, written.most_of_one_person),
            partial(report_of_register, population=written),
            beside_the_hub=beside_the_hub,
        ),
    )


def _prepare_register(
    made: LookUps, most_of_one_person: int, register: sqlite3.Connection, _setting: Setting
) -> None:
    population.prepare(register, made, most_of_one_person)


def _unit(register_of: str, unit: PopulationUnit, requests: Sequence[Request]) -> PlannedSystem:
    own = [each for each in requests if each.unit == unit.code]

    def begin(register: sqlite3.Connection, _setting: Setting) -> None:
        look_ups.prepare(register, register_of, own)

    return PlannedSystem(look_ups.LOOK_UPS, unit.code, begin, partial(report_of_unit, unit=unit))
