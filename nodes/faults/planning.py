"""Plans who is struck by which fault on which day, from scenario and seed."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from nodes.errors import FaultUnavailable
from nodes.faults.catalogue import CATALOGUE, Fault, Need
from nodes.scenario import Scenario

# Letters of faults go to agencies and ministries and not to the Government Office, so that the shares of what
# was not faulted stay as they are.


class PlannedFault(NamedTuple):
    """One fault to be injected."""

    day: date
    place: int
    """Position in the plan, from 1; it numbers the fault's letters."""
    name: str
    sender: str
    recipient: str
    bystander: str
    """Whose certificate or token is misused."""

    @property
    def fault(self) -> Fault:
        """What the catalogue says of it."""
        return CATALOGUE[self.name]


def plan_faults(scenario: Scenario, seed: int) -> tuple[PlannedFault, ...]:
    """Plan the faults of a run, in order of day."""
    rng = Random(f"faults {scenario.name} {seed}")  # noqa: S311 - a plan is to be repeated
    days = list(scenario.habits.hours.days(scenario.first, scenario.last))
    drawn = []
    for wish in scenario.faults:
        for _ in range(wish.count):
            sender = wish.agency or rng.choice(speaking_rest(scenario))
            to = [code for code in scenario.participants if code not in {sender, scenario.government_office}]
            others = [code for code in scenario.participants if code != sender]
            day = wish.day or rng.choice(days)
            drawn.append((day, wish.name, sender, rng.choice(to), rng.choice(others)))
    drawn.sort(key=lambda each: each[0])
    return tuple(PlannedFault(day, place, *rest) for place, (day, *rest) in enumerate(drawn, start=1))


def speaking_rest(scenario: Scenario) -> Sequence[str]:
    """Return the agencies that faults can strike: those that speak REST."""
    return [locality.code for locality in scenario.localities if locality.door == "rest"]


_REMEDIES: Mapping[Need, str] = {
    "operator": "an operator's token: give --operator-token-file",
    "own hub": "a hub of the run's own: leave --hub out",
}


def check_needs(faults: Sequence[PlannedFault], given: frozenset[Need]) -> None:
    """Refuse a run whose faults need what is not there; raises `FaultUnavailable` naming all of them."""
    missing = {each.name: each.fault.needs for each in faults if each.fault.needs not in {None, *given}}
    if missing:
        raise FaultUnavailable(
            "; ".join(f"{name} needs {_REMEDIES[need]}" for name, need in missing.items() if need is not None)
        )
