"""Adds the neighbouring systems of a scenario's file to the scenario: those of all kinds."""

from dataclasses import replace

from nodes.measuring_reader import read_measuring
from nodes.scenario import Scenario
from nodes.scenario_findings import Findings
from nodes.scenario_schema import ScenarioFile
from nodes.systems_reader import read_cabinet, read_one_stops, read_population, read_portals
from nodes.working_time import WorkingTime


def with_systems(scenario: Scenario, written: ScenarioFile, hours: WorkingTime, found: Findings) -> Scenario:
    """Return a scenario with the systems of its file; their values count where nothing is wrong."""
    one_stops = read_one_stops(written, hours, found)
    portals = read_portals(written, one_stops, scenario.ministries, found)
    telling = (*(each.code for each in one_stops), *(code for each in portals for code in each.connected))
    centre = (scenario.government_office, *scenario.ministries)
    codes = [each.code for each in scenario.localities]
    return replace(
        scenario,
        one_stops=one_stops,
        portals=portals,
        measuring=read_measuring(written, telling, scenario.participants, found),
        cabinet=read_cabinet(written, centre, codes, hours, found),
        population=read_population(written, found),
    )
