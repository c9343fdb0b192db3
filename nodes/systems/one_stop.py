"""A one-stop system: dossiers handed in at the counter, online and by post, resolved, and told of.

Its rules are in `dossiers`, who comes to it in `one_stop_agenda`. docs/neighbours/one-stop.md.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from random import Random
from typing import Any, Final

from axis.protocol.messages import DOSSIERS_MOST
from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.dossiers import DossierRefused, Filed, file_dossier, move_dossier
from nodes.systems.register import note_refused
from nodes.systems.system import Figure, Incoming, Outgoing, System
from nodes.working_time import WorkingTime

KIND: Final = "trang-thai-ho-so"
_PROMISED_WORKING_DAYS: Final = 5
"""After an apology, to the new date."""
_TABLES: Final = """
CREATE TABLE unit (code TEXT NOT NULL, reports_to TEXT NOT NULL, last TEXT NOT NULL) STRICT;
CREATE TABLE own_days (day TEXT PRIMARY KEY, is_worked INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE procedures (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, service TEXT NOT NULL, on_portal INTEGER NOT NULL,
    working_days INTEGER NOT NULL
) STRICT;
CREATE TABLE agenda (
    at TEXT NOT NULL, dossier TEXT NOT NULL, status INTEGER NOT NULL, procedure TEXT, channel INTEGER,
    owner TEXT, owner_number TEXT, due TEXT, PRIMARY KEY (at, dossier, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE dossiers (
    code TEXT PRIMARY KEY, procedure TEXT NOT NULL REFERENCES procedures, channel INTEGER NOT NULL,
    owner TEXT NOT NULL, owner_number TEXT NOT NULL, status INTEGER NOT NULL, filed TEXT NOT NULL,
    since TEXT NOT NULL, due TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE progress (
    dossier TEXT NOT NULL, step INTEGER NOT NULL, status INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (dossier, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE apologies (
    dossier TEXT PRIMARY KEY, at TEXT NOT NULL, due TEXT NOT NULL, promised TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
_REPORT: Final = """
WITH resolved AS (
    SELECT *, substr(since, 1, 10) AS day, substr(due, 1, 10) AS due_day FROM dossiers
    WHERE status IN (9, 10)
), running AS (
    SELECT *, status IN (5, 6, 8) AS waits FROM dossiers WHERE status IN (1, 2, 4, 5, 6, 8)
)
SELECT
    (SELECT count(*) FROM dossiers),
    (SELECT count(*) FROM resolved),
    (SELECT count(*) FROM resolved WHERE day < due_day),
    (SELECT count(*) FROM resolved WHERE day = due_day),
    (SELECT count(*) FROM resolved WHERE day > due_day),
    (SELECT count(*) FROM resolved WHERE due IS NULL),
    (SELECT count(*) FROM running),
    (SELECT count(*) FROM running WHERE due IS NOT NULL AND (waits OR substr(due, 1, 10) >= :today)),
    (SELECT count(*) FROM running WHERE NOT waits AND substr(due, 1, 10) < :today),
    (SELECT count(*) FROM running WHERE due IS NULL),
    (SELECT count(*) FROM dossiers WHERE status IN (3, 7)),
    (SELECT count(*) FROM dossiers JOIN procedures ON procedure = procedures.code
     WHERE service = 'full' AND channel = 2),
    (SELECT count(*) FROM apologies)
"""
NAMES: Final = (
    "received",
    "resolved",
    "resolved early",
    "resolved on the day",
    "resolved overdue",
    "resolved without a recorded deadline",
    "in progress",
    "in progress in time",
    "in progress overdue",
    "in progress without a recorded deadline",
    "not received or withdrawn",
    "fully online",
    "apologies",
)


def step(
    register: sqlite3.Connection, inbox: Sequence[Incoming], now: datetime, rng: Random
) -> Sequence[Outgoing]:
    """Do what is on the agenda until `now`, apologise for what is late, and tell where dossiers stand.

    The system reads no messages and leaves nothing to chance: `inbox` is empty and `rng` is not drawn from.
    """
    del inbox, rng
    unit, reports_to = register.execute("SELECT code, reports_to FROM unit").fetchone()
    hours = _hours(register)
    moment = now.isoformat()
    due = register.execute("SELECT * FROM agenda WHERE at <= ? ORDER BY at, dossier, status", (moment,))
    moved: dict[str, None] = {}
    for at, code, status, procedure, channel, owner, number, until in due.fetchall():
        when = datetime.fromisoformat(at)
        try:
            if procedure is None:
                move_dossier(register, code, status, when, hours)
            else:
                ends = None if until is None else datetime.fromisoformat(until)
                file_dossier(register, unit, Filed(code, procedure, channel, owner, number, when, ends))
        except DossierRefused as error:
            note_refused(register, now, error.refused)
            continue
        moved.pop(code, None)
        moved[code] = None
    register.execute("DELETE FROM agenda WHERE at <= ?", (moment,))
    _apologise(register, now, hours)
    told = [_told(register, code) for code in moved]
    recipients = tuple(reports_to.split(","))
    return [_message(unit, recipients, part, now) for part in _parts(told)]


def report(register: sqlite3.Connection, now: datetime) -> dict[str, int]:
    """Count the register as of `now`: the lines of the one-stop's own report."""
    row = register.execute(_REPORT, {"today": now.date().isoformat()}).fetchone()
    return dict(zip(NAMES, row, strict=True))


def services(register: sqlite3.Connection) -> list[Figure]:
    """Count the services that are offered online, here and on the portal."""
    found = register.execute(
        "SELECT service, count(*), sum(on_portal) FROM procedures WHERE service != 'none' GROUP BY service"
    )
    return [
        figure
        for service, number, on_portal in found
        for figure in (
            Figure(f"services online, {service}", number),
            Figure(f"services online, {service}, on the portal", on_portal),
        )
    ]


def _told(register: sqlite3.Connection, code: str) -> dict[str, Any]:
    row = register.execute(
        "SELECT d.code, procedure, channel, service, status, since, due FROM dossiers d"
        " JOIN procedures p ON p.code = procedure WHERE d.code = ?",
        (code,),
    ).fetchone()
    members = ("code", "procedure", "channel", "service", "status", "at", "due")
    return dict(zip(members, row, strict=True))


def _hours(register: sqlite3.Connection) -> WorkingTime:
    """Return the working calendar with the days in which this office differs."""
    days: tuple[set[date], set[date]] = (set(), set())
    for day, is_worked in register.execute("SELECT day, is_worked FROM own_days"):
        days[is_worked].add(date.fromisoformat(day))
    return WorkingTime(holidays=frozenset(days[0]), worked=frozenset(days[1]))


def _apologise(register: sqlite3.Connection, now: datetime, hours: WorkingTime) -> None:
    """Write an apology with a new date for each dossier that became late (Circular 01/2018, form 04)."""
    morning = datetime.combine(now.date(), hours.opens, VIET_NAM)
    promised = hours.later(morning, _PROMISED_WORKING_DAYS).date().isoformat()
    register.execute(
        "INSERT INTO apologies SELECT code, :now, due, :promised FROM dossiers"
        " WHERE status IN (2, 4) AND substr(due, 1, 10) < :today ON CONFLICT DO NOTHING",
        {"now": now.isoformat(), "today": now.date().isoformat(), "promised": promised},
    )


def _parts(told: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(told), DOSSIERS_MOST):
        yield told[start : start + DOSSIERS_MOST]


def _message(unit: str, recipients: tuple[str, ...], part: list[dict[str, Any]], now: datetime) -> Outgoing:
    subject = f"Đồng bộ trạng thái hồ sơ ngày {now:%d/%m/%Y}"
    return Outgoing(KIND, recipients, subject, {"unit": unit, "dossiers": part})


ONE_STOP: Final = System(
    name="one-stop",
    abbreviation="MC",
    sends=frozenset({KIND}),
    reads=frozenset(),
    tables=_TABLES,
    step=step,
)
