"""A population register of invented persons: logs each look-up, then answers or refuses it.

Its rules are in `population_rules`, those who ask in `look_ups`. docs/neighbours/population.md.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any, Final

from nodes.systems.population_agenda import LookUps
from nodes.systems.population_rules import FOUND, REFUSED, TABLES, fault_of, find, log
from nodes.systems.register import note_refused
from nodes.systems.system import Incoming, Outgoing, Refused, System

REQUEST: Final = "tra-cuu-dan-cu"
REPLY: Final = "ket-qua-tra-cuu-dan-cu"


def prepare(register: sqlite3.Connection, look_ups: LookUps, most_of_one_person: int) -> None:
    """Write the persons, the officers with their accounts, and the services that are admitted.

    `most_of_one_person`: look-ups of one person by one officer, above which they are flagged.
    """
    register.execute("INSERT INTO flagging VALUES (?)", (most_of_one_person,))
    register.executemany(
        "INSERT INTO persons VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [each.row() for each in look_ups.persons],
    )
    register.executemany(
        "INSERT INTO accounts VALUES (?, ?, ?, ?)",
        [(each.unit, each.account, each.number, each.name) for each in look_ups.officers],
    )
    register.executemany("INSERT INTO services VALUES (?, ?, ?)", look_ups.services)


def step(
    register: sqlite3.Connection, inbox: Sequence[Incoming], now: datetime, rng: Random
) -> Sequence[Outgoing]:
    """Log every look-up, and say what becomes of it. Nothing is left to chance: `rng` is not drawn from.

    The log is committed before any reply is sent (`System.commits_before_sending`).
    """
    del rng
    at = now.isoformat()
    logged = [(log(register, message, at), message) for message in inbox]
    return [_reply(register, look_up, message, now) for look_up, message in logged]


def _reply(register: sqlite3.Connection, look_up: int, message: Incoming, now: datetime) -> Outgoing:
    request = message.body["MaYeuCau"]
    fault = fault_of(register, message, look_up)
    outcome, row = (REFUSED, None) if fault is not None else find(register, message.body)
    register.execute(
        "INSERT INTO answers VALUES (?, ?, ?, ?)",
        (look_up, now.isoformat(), outcome, None if fault is None else fault.rule),
    )
    body: dict[str, Any] = {"MaYeuCau": request, "KetQua": outcome, "LyDo": None, "CongDan": None}
    if fault is not None:
        place = f"look_ups/{look_up}{fault.place}: {message.sender} {message.number}"
        note_refused(register, now, Refused(fault.rule, place, fault.found, fault.expected))
        names = ("QuyTac", "ViTri", "TimThay", "MongDoi")
        told = (fault.rule, fault.place, fault.found, fault.expected)
        body["LyDo"] = dict(zip(names, told, strict=True))
    if outcome == FOUND and row is not None:
        body["CongDan"] = _person(row)
    return Outgoing(REPLY, (message.sender,), f"Kết quả tra cứu {request}", body)


def _person(row: tuple[Any, ...]) -> dict[str, Any]:
    number, card, surname, middle, given, gender, born, origin, residence, present = row
    return {
        "SoDinhDanh": number,
        "SoCMND": card,
        "HoVaTen": {"Ho": surname, "ChuDem": middle, "Ten": given},
        "GioiTinh": gender,
        "NgayThangNamSinh": {"NgayThangNam": born} if len(born) > _YEAR else {"Nam": born},
        "QueQuan": json.loads(origin),
        "ThuongTru": json.loads(residence),
        "NoiOHienTai": json.loads(present),
    }


_YEAR: Final = 4
"""Characters of a birth of which the year alone is known."""

POPULATION: Final = System(
    name="population",
    abbreviation="DC",
    sends=frozenset({REPLY}),
    reads=frozenset({REQUEST}),
    tables=TABLES,
    step=step,
    commits_before_sending=True,
)
"""The register's system."""
