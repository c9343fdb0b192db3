"""A unit whose officers look persons up in the population register, and what became of each look-up.

It keeps outcomes and no data of persons; the register's side is `population`. docs/neighbours/population.md.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Final

from nodes.systems.population import REPLY, REQUEST
from nodes.systems.population_agenda import Request
from nodes.systems.register import note_refused
from nodes.systems.system import Incoming, Outgoing, Refused, System

_TABLES: Final = """
CREATE TABLE register (agency TEXT NOT NULL) STRICT;
CREATE TABLE agenda (
    on_day TEXT NOT NULL, place INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (on_day, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE requests (
    code TEXT PRIMARY KEY, sent_on TEXT NOT NULL, officer TEXT NOT NULL, purpose TEXT NOT NULL, outcome TEXT,
    rule TEXT
) STRICT, WITHOUT ROWID;
"""


def prepare(register: sqlite3.Connection, agency: str, requests: Sequence[Request]) -> None:
    """Write what will be asked, day by day; `agency`: the register's."""
    register.execute("INSERT INTO register VALUES (?)", (agency,))
    register.executemany(
        "INSERT INTO agenda VALUES (?, ?, ?)",
        [
            (each.on.isoformat(), place, json.dumps(each.body, ensure_ascii=False))
            for place, each in enumerate(requests)
        ],
    )


def step(
    register: sqlite3.Connection, inbox: Sequence[Incoming], now: datetime, rng: Random
) -> Sequence[Outgoing]:
    """Note what became of look-ups, and send those of the day.

    Nothing is left to chance: `rng` is not drawn from.
    """
    del rng
    (agency,) = register.execute("SELECT agency FROM register").fetchone()
    for message in inbox:
        _note(register, agency, message, now)
    today = now.date().isoformat()
    due = register.execute(
        "SELECT body FROM agenda WHERE on_day <= ? ORDER BY on_day, place", (today,)
    ).fetchall()
    register.execute("DELETE FROM agenda WHERE on_day <= ?", (today,))
    sent = []
    for (written,) in due:
        body = json.loads(written)
        register.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, NULL, NULL)",
            (body["MaYeuCau"], today, body["MaCanBo"], body["MucDich"]),
        )
        sent.append(Outgoing(REQUEST, (agency,), f"Yêu cầu tra cứu {body['MaYeuCau']}", body))
    return sent


def _note(register: sqlite3.Connection, agency: str, message: Incoming, now: datetime) -> None:
    code, outcome = message.body["MaYeuCau"], message.body["KetQua"]
    place = f"{message.sender} {message.number}: /MaYeuCau"
    if message.sender != agency or message.indication != "TOTAL-PASSED":
        found = f"{message.sender}, {message.indication}"
        note_refused(register, now, Refused("of-the-register", place, found, f"{agency}, TOTAL-PASSED"))
        return
    rule = (message.body["LyDo"] or {}).get("QuyTac")
    changed = register.execute(
        "UPDATE requests SET outcome = ?, rule = ? WHERE code = ? AND outcome IS NULL", (outcome, rule, code)
    )
    if not changed.rowcount:
        note_refused(register, now, Refused("reply-awaited", place, code, "a look-up without a reply"))


LOOK_UPS: Final = System(
    name="look-ups",
    abbreviation="TC",
    sends=frozenset({REQUEST}),
    reads=frozenset({REPLY}),
    tables=_TABLES,
    step=step,
)
"""The system of a unit whose officers look persons up."""
