"""The Public Service Portal: accounts, services of units, and where their dossiers stand.

What it takes is in `portal_rules`, what it begins with in `portal_agenda`. docs/neighbours/portal.md.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from nodes.invented_texts import citizen_of
from nodes.systems.dossiers import DossierRefused
from nodes.systems.portal_rules import canonical_code, check_sender, take_status, take_step
from nodes.systems.system import Incoming, Outgoing, Refused, System

STATUSES: Final = "trang-thai-ho-so"
STEPS: Final = "tien-do-ho-so"
_TABLES: Final = """
CREATE TABLE units (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, is_connected INTEGER NOT NULL,
    first_message TEXT, last_message TEXT, messages INTEGER NOT NULL DEFAULT 0,
    statuses INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE procedures (
    unit TEXT NOT NULL REFERENCES units, code TEXT NOT NULL, name TEXT NOT NULL, service TEXT NOT NULL,
    on_portal INTEGER NOT NULL, PRIMARY KEY (unit, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE openings (day TEXT PRIMARY KEY, accounts INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, number TEXT NOT NULL, opened TEXT NOT NULL
) STRICT;
CREATE TABLE dossiers (
    code TEXT PRIMARY KEY, sender TEXT NOT NULL REFERENCES units, unit TEXT NOT NULL,
    procedure TEXT NOT NULL, channel INTEGER NOT NULL, status INTEGER NOT NULL, since TEXT NOT NULL,
    due TEXT, changes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE statuses (
    dossier TEXT NOT NULL, change INTEGER NOT NULL, status INTEGER NOT NULL, at TEXT NOT NULL,
    message TEXT NOT NULL, PRIMARY KEY (dossier, change)
) STRICT, WITHOUT ROWID;
CREATE TABLE steps (
    dossier TEXT NOT NULL, step INTEGER NOT NULL, status INTEGER NOT NULL, at TEXT NOT NULL,
    department TEXT NOT NULL, text TEXT NOT NULL, begun TEXT, due TEXT, message TEXT NOT NULL,
    PRIMARY KEY (dossier, step)
) STRICT, WITHOUT ROWID;
"""
_REPORT: Final = """
SELECT
    (SELECT count(*) FROM accounts),
    (SELECT count(*) FROM statuses),
    (SELECT count(*) FROM dossiers),
    (SELECT count(*) FROM units WHERE kind = 'ministry' AND first_message IS NOT NULL),
    (SELECT count(*) FROM units WHERE kind = 'ministry'),
    (SELECT count(*) FROM units WHERE kind = 'province' AND first_message IS NOT NULL),
    (SELECT count(*) FROM units WHERE kind = 'province'),
    (SELECT count(*) FROM procedures WHERE on_portal),
    (SELECT count(*) FROM refusals)
"""
NAMES: Final = (
    "accounts",
    "dossier statuses synchronised",
    "dossiers",
    "ministries connected",
    "ministries in all",
    "provinces connected",
    "provinces in all",
    "services on the portal",
    "refusals",
)
"""The lines of the portal's report; connected is who sent a message that was taken."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a citizen is told of a dossier, by its code."""

    code: str
    """With the unit in canonical form."""
    unit: str
    """Code of the unit that handles it."""
    unit_name: str
    """Name of the unit that told of it."""
    procedure: str
    procedure_name: str
    channel: int
    status: int
    since: datetime
    due: datetime | None
    statuses: tuple[tuple[int, datetime], ...]
    """Each with its moment, in order."""
    steps: tuple[tuple[datetime, str, str], ...]
    """When, which part of the unit, and what it did."""


def step(
    register: sqlite3.Connection, inbox: Sequence[Incoming], now: datetime, rng: Random
) -> Sequence[Outgoing]:
    """Open the accounts of the days up to `now`, and take in what messages say; sends nothing itself."""
    _open_accounts(register, now, rng)
    for message in inbox:
        _take(register, message, now)
    return ()


def report(register: sqlite3.Connection) -> dict[str, int]:
    """Count the register: the lines of the portal's report."""
    return dict(zip(NAMES, register.execute(_REPORT).fetchone(), strict=True))


def look_up(register: sqlite3.Connection, code: str) -> LookUp | None:
    """Return where a dossier stands, its code in either form; None where there is none."""
    code = canonical_code(code.strip())
    row = register.execute(
        "SELECT d.unit, u.name, d.procedure, p.name, channel, status, since, due FROM dossiers d"
        " JOIN units u ON u.code = d.sender"
        " JOIN procedures p ON p.unit = d.sender AND p.code = substr(d.procedure, 1, 8)"
        " WHERE d.code = ?",
        (code,),
    ).fetchone()
    if row is None:
        return None
    changes = register.execute("SELECT status, at FROM statuses WHERE dossier = ? ORDER BY change", (code,))
    steps = register.execute(
        "SELECT at, department, text FROM steps WHERE dossier = ? ORDER BY step", (code,)
    )
    unit, unit_name, procedure, procedure_name, channel, status, since, due = row
    return LookUp(
        code=code,
        unit=unit,
        unit_name=unit_name,
        procedure=procedure,
        procedure_name=procedure_name,
        channel=channel,
        status=status,
        since=datetime.fromisoformat(since),
        due=None if due is None else datetime.fromisoformat(due),
        statuses=tuple((given, datetime.fromisoformat(at)) for given, at in changes),
        steps=tuple((datetime.fromisoformat(at), department, text) for at, department, text in steps),
    )


def _open_accounts(register: sqlite3.Connection, now: datetime, rng: Random) -> None:
    today = now.date().isoformat()
    (number,) = register.execute(
        "SELECT coalesce(sum(accounts), 0) FROM openings WHERE day <= ?", (today,)
    ).fetchone()
    register.executemany(
        "INSERT INTO accounts (name, number, opened) VALUES (?, ?, ?)",
        [(*citizen_of(rng), now.isoformat()) for _ in range(number)],
    )
    register.execute("DELETE FROM openings WHERE day <= ?", (today,))


def _take(register: sqlite3.Connection, message: Incoming, now: datetime) -> None:
    """Take a message's items one by one; what is refused is noted, and does not hold up the others."""
    try:
        unit = check_sender(register, message)
    except DossierRefused as error:
        _note(register, message, error.refused, now)
        return
    told: list[dict[str, Any]] = message.body["dossiers" if message.kind == STATUSES else "steps"]
    new = 0
    for each in told:
        try:
            if message.kind == STATUSES:
                new += take_status(register, message.sender, unit, each, message.number)
            else:
                take_step(register, unit, each, message.number)
        except DossierRefused as error:
            _note(register, message, error.refused, now)
    register.execute(
        "UPDATE units SET first_message = coalesce(first_message, :at), last_message = :at,"
        " messages = messages + 1, statuses = statuses + :new WHERE code = :unit",
        {"at": now.isoformat(), "new": new, "unit": message.sender},
    )


def _note(register: sqlite3.Connection, message: Incoming, refused: Refused, now: datetime) -> None:
    place = f"{message.sender} {message.number}: {refused.place}"
    register.execute(
        "INSERT INTO refusals (at, rule, place, found, expected) VALUES (?, ?, ?, ?, ?)",
        (now.isoformat(), refused.rule, place, refused.found, refused.expected),
    )


PORTAL: Final = System(
    name="portal",
    abbreviation="DVC",
    sends=frozenset(),
    reads=frozenset({STATUSES, STEPS}),
    tables=_TABLES,
    step=step,
)
