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

_LIMIT = "SELECT most_of_one_person FROM flagging"
_WITHOUT_BASIS = (
    "('officer-named', 'account-known', 'account-of-officer', 'purpose-given', 'service-admitted')"
)
"""Rules whose look-ups are flagged, however few they are."""


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
    flags: tuple[str, ...]
    """`too-often`, `without-basis`: see `who_looked_up_whom`."""


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
    flagged: bool
    """Whether it is flagged, as in `who_looked_up_whom`."""


def who_looked_up_whom(
    register: sqlite3.Connection, most: int = 100, *, only_flagged: bool = False
) -> list[Use]:
    """List officers and persons, the most look-ups of one person by one officer first.

    Flagged `too-often` where they are more than the register's limit, and `without-basis` where one named no
    purpose, no admitted service, no officer, or another's account.
    """
    rows = register.execute(
        "SELECT * FROM (SELECT sender, account, officer, number, count(*) AS times,"  # noqa: S608 - own constants
        " json_group_array(DISTINCT trim(purpose)), min(l.at), max(l.at),"
        f" json_group_array(DISTINCT outcome), count(*) > ({_LIMIT}) AS too_often,"
        f" max(coalesce(rule IN {_WITHOUT_BASIS}, 0)) AS without_basis"
        " FROM look_ups l LEFT JOIN answers ON look_up = l.id GROUP BY sender, account, officer, number)"
        " WHERE too_often OR without_basis OR NOT ?"
        " ORDER BY times DESC, sender, account, officer, number LIMIT ?",
        (only_flagged, most),
    )
    uses = []
    for row in rows:
        unit, account, officer, number, count, purposes, first, last, outcomes, too_often, without_basis = row
        named = (("too-often", too_often), ("without-basis", without_basis))
        flags = tuple(name for name, is_so in named if is_so)
        told = (_parts(purposes), first, last, _parts(outcomes), flags)
        uses.append(Use(unit, account, officer, number, count, *told))
    return uses


def own_look_ups(register: sqlite3.Connection, number: str) -> list[OwnLookUp]:
    """List the look-ups of a person, the newest first."""
    rows = register.execute(
        "SELECT l.at, sender, account, purpose, coalesce(outcome, 'logged'), message_number,"  # noqa: S608 - own constants
        f" count(*) OVER (PARTITION BY sender, account, officer) > ({_LIMIT})"
        f" OR coalesce(rule IN {_WITHOUT_BASIS}, 0) FROM look_ups l"
        " LEFT JOIN answers ON look_up = l.id WHERE number = ? ORDER BY l.id DESC",
        (number,),
    )
    return [
        OwnLookUp(at, unit, account, purpose, outcome, message, bool(flagged))
        for at, unit, account, purpose, outcome, message, flagged in rows
    ]


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
    (all_uses,) = register.execute(
        "SELECT count(*) FROM (SELECT 1 FROM look_ups GROUP BY sender, account, officer, number)"
    ).fetchone()
    flagged = len(who_looked_up_whom(register, all_uses, only_flagged=True))
    figures.append(Figure("officers and persons flagged", flagged))
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
