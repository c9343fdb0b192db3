"""A measuring system: which services units offer and people use, by unit and month, against targets.

It takes messages of one-stop systems, and what comes over HTTP (`tracking_protocol`). Indicators are in
`measuring_indicators`, what it begins with in `measuring_agenda`. docs/neighbours/measuring.md.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, Final
from urllib.parse import parse_qsl

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.dossiers import DossierRefused
from nodes.systems.measuring_indicators import indicators, not_connected, target_of
from nodes.systems.measuring_rules import check_step, check_telling, unit_of_site
from nodes.systems.system import Incoming, Outgoing, Refused, System
from nodes.systems.tracking_protocol import Visit, read_step, read_visit

STATUSES: Final = "trang-thai-ho-so"
INDICATORS: Final = "chi-so-dich-vu"
_TABLES: Final = """
CREATE TABLE measuring (code TEXT NOT NULL, reports_to TEXT NOT NULL, reported TEXT NOT NULL) STRICT;
CREATE TABLE units (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, site TEXT UNIQUE, first_told TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE targets (
    kind TEXT NOT NULL, year INTEGER NOT NULL, thousandths INTEGER NOT NULL, PRIMARY KEY (kind, year)
) STRICT, WITHOUT ROWID;
CREATE TABLE procedures (
    unit TEXT NOT NULL REFERENCES units, code TEXT NOT NULL, name TEXT NOT NULL, service TEXT NOT NULL,
    is_declared INTEGER NOT NULL, PRIMARY KEY (unit, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE agenda (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, way TEXT NOT NULL, content TEXT NOT NULL
) STRICT;
CREATE INDEX agenda_at ON agenda (at);
CREATE TABLE dossiers (
    code TEXT PRIMARY KEY, unit TEXT NOT NULL REFERENCES units, procedure TEXT NOT NULL,
    channel INTEGER NOT NULL, status INTEGER NOT NULL, since TEXT NOT NULL, month TEXT NOT NULL,
    way TEXT NOT NULL, payment INTEGER NOT NULL, by_post INTEGER NOT NULL, from_portal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX dossiers_of_units ON dossiers (unit, month);
CREATE TABLE visits (
    unit TEXT NOT NULL REFERENCES units, month TEXT NOT NULL, page TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (unit, month, page)
) STRICT, WITHOUT ROWID;
"""
_EMC_STATUSES: Final = {1: 1, 2: 1, 4: 2, 9: 3, 10: 3}
"""Statuses of `/TrackingMCDT` by those of dossiers; any other is 0. So a public client has them."""
PAGES_MOST: Final = 500
"""Pages of one unit and month that are counted by their names; further ones count as `…`."""


def step(
    register: sqlite3.Connection, inbox: Sequence[Incoming], now: datetime, rng: Random
) -> Sequence[Outgoing]:
    """Take what came over HTTP until `now` and by messages, and tell of the month before in a new one.

    Nothing is left to chance: `rng` is not drawn from.
    """
    del rng
    due = register.execute(
        "SELECT number, at, way, content FROM agenda WHERE at <= ? ORDER BY at, number", (now.isoformat(),)
    )
    for number, at, way, content in due.fetchall():
        moment = datetime.fromisoformat(at)
        try:
            if way == "tracking":
                take_step(register, content.encode(), moment)
            else:
                take_visit(register, read_visit(dict(parse_qsl(content))), moment)
        except DossierRefused as error:
            note(register, error.refused, f"{way} {number}", moment)
    register.execute("DELETE FROM agenda WHERE at <= ?", (now.isoformat(),))
    for message in inbox:
        _take_message(register, message, now)
    return _reports(register, now)


def take_step(register: sqlite3.Connection, content: bytes, at: datetime) -> None:
    """Take the body of a call of `/TrackingMCDT`; raises `DossierRefused`."""
    told = read_step(content)
    unit = unit_of_site(register, told.site)
    _enter(
        register,
        unit,
        {
            "code": told.code,
            "procedure": told.procedure,
            "name": told.procedure_name,
            "service": told.service,
            "channel": told.channel,
            "status": told.status,
            "at": at.astimezone(VIET_NAM).isoformat(),
            "way": "tracking",
            "payment": told.payment,
            "by_post": told.by_post,
            "from_portal": int(told.from_portal),
        },
    )


def take_visit(register: sqlite3.Connection, visit: Visit, at: datetime) -> None:
    """Count a visit of a page; raises `DossierRefused`."""
    unit, moment = unit_of_site(register, visit.site), at.astimezone(VIET_NAM)
    key = (unit, f"{moment:%Y-%m}")
    (pages,) = register.execute(
        "SELECT count(*) FROM visits WHERE unit = ? AND month = ? AND page <> ?", (*key, visit.page)
    ).fetchone()
    page = visit.page if pages < PAGES_MOST else "…"
    register.execute(
        "INSERT INTO visits VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1", (*key, page)
    )
    _tell_first(register, unit, moment.isoformat())


def note(register: sqlite3.Connection, refused: Refused, where: str, now: datetime) -> None:
    """Write down what was refused."""
    register.execute(
        "INSERT INTO refusals (at, rule, place, found, expected) VALUES (?, ?, ?, ?, ?)",
        (
            now.isoformat(),
            refused.rule,
            f"{where}: {refused.place}",
            refused.found,
            refused.expected,
        ),
    )


def _take_message(register: sqlite3.Connection, message: Incoming, now: datetime) -> None:
    """Take a message's dossiers one by one; what is refused is noted, and does not hold up the others."""
    where = f"{message.sender} {message.number}"
    try:
        unit = check_telling(register, message)
    except DossierRefused as error:
        note(register, error.refused, where, now)
        return
    for told in message.body["dossiers"]:
        try:
            _enter(
                register,
                unit,
                {
                    "code": told["code"],
                    "procedure": told["procedure"],
                    "name": "",
                    "service": told["service"],
                    "channel": told["channel"],
                    "status": _EMC_STATUSES.get(told["status"], 0),
                    "at": told["at"],
                    "way": "message",
                    "payment": 0,
                    "by_post": int(told["channel"] == 3),  # noqa: PLR2004 - filed by post
                    "from_portal": 0,
                },
            )
        except DossierRefused as error:
            note(register, error.refused, where, now)


def _enter(register: sqlite3.Connection, unit: str, told: Mapping[str, Any]) -> None:
    """Enter where a dossier stands; a dossier counts in the month it was first told of."""
    code, service, is_new_procedure = check_step(register, unit, told)
    number = ".".join(told["procedure"].split(".")[:2])
    if is_new_procedure:
        register.execute(
            "INSERT INTO procedures VALUES (?, ?, ?, ?, 0)", (unit, number, told["name"], service)
        )
    register.execute(
        "INSERT INTO dossiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET"
        " status = excluded.status, since = excluded.since, payment = max(payment, excluded.payment),"
        " by_post = max(by_post, excluded.by_post), from_portal = max(from_portal, excluded.from_portal)",
        (
            code,
            unit,
            number,
            told["channel"],
            told["status"],
            told["at"],
            told["at"][:7],
            told["way"],
            told["payment"],
            told["by_post"],
            told["from_portal"],
        ),
    )
    _tell_first(register, unit, told["at"])


def _tell_first(register: sqlite3.Connection, unit: str, at: str) -> None:
    register.execute("UPDATE units SET first_told = ? WHERE code = ? AND first_told IS NULL", (at, unit))


def _reports(register: sqlite3.Connection, now: datetime) -> list[Outgoing]:
    """Tell of the month that was told of last no more than begun, once it is over."""
    code, reports_to, reported = register.execute(
        "SELECT code, reports_to, reported FROM measuring"
    ).fetchone()
    month = f"{now:%Y-%m}"
    if reported == month:
        return []
    register.execute("UPDATE measuring SET reported = ?", (month,))
    if reports_to == code:
        return []
    rows = indicators(register, reported, reported)
    body = {
        "unit": code,
        "month": reported,
        "units": [
            {
                "unit": row.unit,
                "rank": row.rank,
                "dossiers": row.dossiers,
                "online": row.online,
                "fully_online": row.fully_online,
                "target": target_of(register, row.unit, int(reported[:4])),
                "services": row.services_used,
                "visits": row.visits,
            }
            for row in rows
        ],
        "not_connected": [each for each, _ in not_connected(register)],
    }
    subject = f"Chỉ số cung cấp và sử dụng dịch vụ công trực tuyến tháng {reported[5:]}/{reported[:4]}"
    return [Outgoing(INDICATORS, (reports_to,), subject, body)]


MEASURING: Final = System(
    name="measuring",
    abbreviation="DL",
    sends=frozenset({INDICATORS}),
    reads=frozenset({STATUSES}),
    tables=_TABLES,
    step=step,
)
