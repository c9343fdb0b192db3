"""What a population register can tell of its use: who looked up whom, and what a person sees of it."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from nodes.client import Client
from nodes.scenario import Population, PopulationUnit
from nodes.systems.population import REQUEST
from nodes.systems.population_rules import FOUND, NO_MATCH, NOT_FOUND, REFUSED
from nodes.systems.system import Figure


@dataclass(frozen=True, slots=True)
class Use:
    """How often one officer looked one person up."""

    unit: str
    account: str
    officer: str
    """The officer's own number as the messages named it; `""` where they named none."""
    number: str
    """The person's."""
    count: int
    purposes: tuple[str, ...]
    first: str
    last: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnLookUp:
    """A look-up as the person sees it whom it was about."""

    at: str
    unit: str
    account: str
    purpose: str
    outcome: str
    message: str
    """The number of the signed message, by which the unit and the axis's ledger know it."""


def who_looked_up_whom(register: sqlite3.Connection, most: int = 100) -> list[Use]:
    """List officers and persons, the most look-ups of one person by one officer first."""
    rows = register.execute(
        "SELECT sender, account, officer, number, count(*), json_group_array(DISTINCT trim(purpose)),"
        " min(l.at), max(l.at), json_group_array(DISTINCT outcome) FROM look_ups l"
        " LEFT JOIN answers ON look_up = l.id GROUP BY sender, account, officer, number"
        " ORDER BY count(*) DESC, sender, account, officer, number"
        " LIMIT ?",
        (most,),
    )
    return [
        Use(unit, account, officer, number, count, _parts(purposes), first, last, _parts(outcomes))
        for unit, account, officer, number, count, purposes, first, last, outcomes in rows
    ]


def own_look_ups(register: sqlite3.Connection, number: str) -> list[OwnLookUp]:
    """List the look-ups of a person, the newest first."""
    rows = register.execute(
        "SELECT l.at, sender, account, purpose, coalesce(outcome, 'logged'), message_number FROM look_ups l"
        " LEFT JOIN answers ON look_up = l.id WHERE number = ? ORDER BY l.id DESC",
        (number,),
    )
    return [OwnLookUp(*row) for row in rows]


def report_of_register(register: sqlite3.Connection, population: Population) -> list[Figure]:
    """Count look-ups by what became of them, beside what the scenario says."""
    outcomes = dict(register.execute("SELECT outcome, count(*) FROM answers GROUP BY outcome").fetchall())
    (logged,) = register.execute("SELECT count(*) FROM look_ups").fetchone()
    wanted = [_wanted(unit) for unit in population.units]
    figures = [Figure("look-ups logged", logged, sum(sum(each.values()) for each in wanted))]
    figures += [
        Figure(f"look-ups {name}", outcomes.get(name, 0), sum(each[name] for each in wanted))
        for name in (FOUND, NOT_FOUND, NO_MATCH, REFUSED)
    ]
    uses = who_looked_up_whom(register, 1)
    figures.append(Figure("most look-ups of one person by one officer", uses[0].count if uses else 0))
    return figures


def report_of_unit(register: sqlite3.Connection, unit: PopulationUnit) -> list[Figure]:
    """Count a unit's requests by their replies, beside what the scenario says."""
    found = dict(
        register.execute("SELECT coalesce(outcome, ''), count(*) FROM requests GROUP BY 1").fetchall()
    )
    wanted = _wanted(unit)
    figures = [Figure(f"look-ups {name}", found.get(name, 0), number) for name, number in wanted.items()]
    return [*figures, Figure("look-ups without a reply", found.get("", 0), 0)]


def beside_the_hub(register: sqlite3.Connection, auditor: Client) -> Sequence[Figure]:
    """Set the log of each unit beside the look-ups that the hub counted from it: a lost entry is seen."""
    logged = dict(register.execute("SELECT sender, count(*) FROM look_ups GROUP BY sender").fetchall())
    units = [unit for (unit,) in register.execute("SELECT DISTINCT unit FROM accounts ORDER BY unit")]
    figures = []
    for unit in units:
        rows = auditor.statistics("messages", by="kind", sender=unit)["items"]
        counted = sum(row["sent"] for row in rows if row["kind"] == REQUEST)
        figures.append(Figure(f"look-ups of {unit}, as the hub counted", counted, logged.get(unit, 0)))
    return figures


def _wanted(unit: PopulationUnit) -> dict[str, int]:
    return {
        FOUND: unit.look_ups + unit.prying,
        NOT_FOUND: unit.unknown,
        NO_MATCH: unit.mismatched,
        REFUSED: unit.without_officer + unit.without_purpose + unit.foreign_account,
    }


def _parts(listed: str) -> tuple[str, ...]:
    return tuple(sorted(each for each in json.loads(listed) if each))
