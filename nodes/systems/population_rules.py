"""The rules of a population register: which look-up it answers, and with what.

Refusals name rule, place, found and expected. docs/neighbours/population.md.
"""

import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from axis.protocol.agency_codes import canonical_or_none
from nodes.systems.system import Incoming, Refused

TABLES: Final = """
CREATE TABLE persons (
    number TEXT PRIMARY KEY, card TEXT, surname TEXT NOT NULL, middle TEXT NOT NULL, given TEXT NOT NULL,
    gender TEXT NOT NULL, born TEXT NOT NULL, origin TEXT NOT NULL, residence TEXT NOT NULL,
    present TEXT NOT NULL, login TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
    unit TEXT NOT NULL, account TEXT NOT NULL, officer TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (unit, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE services (
    unit TEXT NOT NULL, service TEXT NOT NULL, integration TEXT NOT NULL, PRIMARY KEY (unit, service)
) STRICT, WITHOUT ROWID;
CREATE TABLE flagging (most_of_one_person INTEGER NOT NULL) STRICT;
CREATE TABLE look_ups (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, request TEXT NOT NULL, service TEXT NOT NULL,
    integration TEXT NOT NULL, officer TEXT NOT NULL, unit TEXT NOT NULL, account TEXT NOT NULL,
    purpose TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL, born TEXT NOT NULL,
    sender TEXT NOT NULL, message_number TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
CREATE INDEX look_ups_of_a_person ON look_ups (number);
CREATE INDEX look_ups_of_a_request ON look_ups (sender, request);
CREATE TABLE answers (
    look_up INTEGER PRIMARY KEY REFERENCES look_ups, at TEXT NOT NULL, outcome TEXT NOT NULL, rule TEXT
) STRICT;
CREATE TRIGGER look_ups_stay BEFORE UPDATE ON look_ups
    BEGIN SELECT RAISE(ABORT, 'a look-up once logged is not changed'); END;
CREATE TRIGGER look_ups_are_kept BEFORE DELETE ON look_ups
    BEGIN SELECT RAISE(ABORT, 'a look-up once logged is not taken out'); END;
"""
FOUND, NOT_FOUND, NO_MATCH, REFUSED = "found", "not-found", "no-match", "refused"


def log(register: sqlite3.Connection, message: Incoming, at: str) -> int:
    """Write a look-up into the log, whatever becomes of it; returns its id."""
    body = message.body
    born = body["NgayThangNamSinh"]
    row = (
        at,
        *(body[name] for name in ("MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "MaDonVi", "TaiKhoan")),
        *(body[name] for name in ("MucDich", "SoDinhDanh", "HoVaTen")),
        born.get("NgayThangNam") or born.get("Nam") or "",
        message.sender,
        message.number,
        message.sha256,
    )
    entered = register.execute(
        "INSERT INTO look_ups (at, request, service, integration, officer, unit, account, purpose, number,"
        " name, born, sender, message_number, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    assert entered.lastrowid is not None
    return entered.lastrowid


def fault_of(register: sqlite3.Connection, message: Incoming, look_up: int) -> Refused | None:
    """Return the first rule that a logged look-up breaks; places are members of the request.

    1. The sender's organisation signed it, and the unit named is the sender.
    2. It names the officer, by the officer's own number.
    3. Account and number are those of one officer of the unit.
    4. It says what for, and for a service that the register admitted.
    5. Its code is new, and it says once when the person was born.
    """
    return next(_faults(register, message, look_up), None)


def _faults(register: sqlite3.Connection, message: Incoming, look_up: int) -> Iterator[Refused]:
    body, sender = message.body, message.sender
    # 1
    if message.indication != "TOTAL-PASSED":
        yield Refused("signed", "", str(message.indication), "TOTAL-PASSED")
    if canonical_or_none(body["MaDonVi"]) != sender:
        yield Refused("unit-of-sender", "/MaDonVi", body["MaDonVi"], sender)
    # 2
    if not body["MaCanBo"].strip():
        yield Refused("officer-named", "/MaCanBo", "nothing", "the officer's own number")
    # 3
    known = register.execute(
        "SELECT officer FROM accounts WHERE unit = ? AND account = ?", (sender, body["TaiKhoan"])
    ).fetchone()
    if known is None:
        yield Refused("account-known", "/TaiKhoan", body["TaiKhoan"], "an account of this unit")
    elif known[0] != body["MaCanBo"]:
        yield Refused(
            "account-of-officer", "/MaCanBo", body["MaCanBo"], "the number of the account's officer"
        )
    # 4
    if not body["MucDich"].strip():
        yield Refused("purpose-given", "/MucDich", "nothing", "what the data are needed for")
    service = register.execute(
        "SELECT integration FROM services WHERE unit = ? AND service = ?", (sender, body["MaDVC"])
    ).fetchone()
    if service is None or service[0] != body["MaTichHop"]:
        found = f"{body['MaDVC']} as {body['MaTichHop']}"
        yield Refused("service-admitted", "/MaDVC", found, "a service of this unit as it was admitted")
    # 5
    before = register.execute(
        "SELECT message_number FROM look_ups WHERE sender = ? AND request = ? AND id < ?",
        (sender, body["MaYeuCau"], look_up),
    ).fetchone()
    if before is not None:
        yield Refused("request-once", "/MaYeuCau", f"{body['MaYeuCau']}, as in {before[0]}", "a new code")
    born = body["NgayThangNamSinh"]
    if bool(born.get("Nam")) == bool(born.get("NgayThangNam")):
        yield Refused("born-once", "/NgayThangNamSinh", "both or neither", "the day, or the year")


def find(register: sqlite3.Connection, body: Mapping[str, Any]) -> tuple[str, tuple[Any, ...] | None]:
    """Look a person up: outcome and row; no row where name or birth are not the register's."""
    row = register.execute(
        "SELECT number, card, surname, middle, given, gender, born, origin, residence, present"
        " FROM persons WHERE number = ?",
        (body["SoDinhDanh"],),
    ).fetchone()
    if row is None:
        return NOT_FOUND, None
    name, born = without_accents(" ".join(row[2:5])), body["NgayThangNamSinh"]
    said = born.get("NgayThangNam")
    is_same_day = row[6] == said if said else row[6][:4] == born.get("Nam")
    return (FOUND, tuple(row)) if name == body["HoVaTen"] and is_same_day else (NO_MATCH, None)


def without_accents(name: str) -> str:
    """Write a name in capitals without accents: `NGUYEN VAN DUC` for `Nguyễn Văn Đức`."""
    plain = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
