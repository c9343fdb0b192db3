"""What the portal begins with: accounts by day, and exactly as many statuses as a scenario says."""

from decimal import Decimal

import pytest

from nodes.errors import ScenarioInvalid
from nodes.planner import plan
from nodes.scenario_reader import find
from nodes.systems.catalogue import planned_systems
from nodes.systems.portal_agenda import invented_dossiers, told_of
from nodes.systems.register import open_register
from nodes.systems.system import Setting

SCENARIO = find("portal-first-months")
(PORTAL,) = SCENARIO.portals


@pytest.mark.parametrize(("scale", "accounts"), [("1", 47_377), ("0.01", 474), ("0.0001", 5)])
def test_accounts_and_statuses_are_whole_numbers_at_any_scale(tmp_path, scale, accounts):
    made = plan(SCENARIO, Decimal(scale), 1) if scale != "0.0001" else None
    dossiers = invented_dossiers(PORTAL, PORTAL.connected, 0, Decimal(scale), 1)
    assert sum(each.received + each.resolved for each in dossiers.values()) == int(
        945_000 * Decimal(scale) + Decimal("0.5")
    )
    assert len(dossiers) == 72
    if made is None:
        return
    *_, planned = planned_systems(made)
    register = open_register(tmp_path / "portal", planned.system.tables)
    planned.prepare(
        register, Setting(planned.agency, SCENARIO.first, SCENARIO.last, SCENARIO.habits.hours, 1)
    )
    days = register.execute("SELECT accounts FROM openings ORDER BY day").fetchall()
    assert sum(number for (number,) in days) == accounts
    assert len(days) == 42
    assert days == sorted(days)
    register.close()


@pytest.mark.parametrize("statuses", [1, 2, 3, 5, 99, 100, 12_345])
def test_of_any_number_of_statuses_there_are_dossiers(statuses):
    dossiers = told_of(statuses)
    assert dossiers.received + dossiers.resolved == statuses
    assert dossiers.closed_otherwise >= 0
    assert dossiers.received >= dossiers.fully_online


def test_a_scale_at_which_units_would_be_silent_is_refused_with_the_least_that_does():
    with pytest.raises(ScenarioInvalid, match=r"found 47 left for 72 units .* is about 0\.0001"):
        invented_dossiers(PORTAL, PORTAL.connected, 0, Decimal("0.00005"), 1)
    assert invented_dossiers(PORTAL, (), 0, Decimal(1), 1) == {}
