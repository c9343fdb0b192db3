"""The rules of the portal's register: whose message it takes, which dossiers and statuses, which steps.

Refusals name rule, place, found and expected. docs/neighbours/portal.md.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from axis.protocol.agency_codes import AgencyCode, canonical, canonical_or_none, parent
from nodes.systems.dossiers import FOLLOWING, DossierRefused, read_code
from nodes.systems.system import Incoming, Refused

PASSED: Final = "TOTAL-PASSED"


@cache
def may_become(status: int) -> frozenset[int]:
    """Return all statuses that a dossier may have later: several steps of a day are told of as one."""
    found: set[int] = set()
    ahead = set(FOLLOWING[status])
    while ahead:
        found |= ahead
        ahead = {later for each in ahead for later in FOLLOWING[each]} - found
    return frozenset(found)


def is_of(code: str, unit: str) -> bool:
    """Tell whether a code, in either form, is that of a unit or of one below it; `unit` is canonical."""
    found: AgencyCode | None = canonical_or_none(code)
    while found is not None and found != unit:
        found = parent(found)
    return found is not None


def canonical_code(code: str) -> str:
    """Return a dossier's code with its unit in canonical form: both forms name one dossier."""
    unit, dash, rest = code.partition("-")
    return f"{canonical_or_none(unit) or unit}{dash}{rest}"


def check_sender(register: sqlite3.Connection, message: Incoming) -> str:
    """Return the unit that a message speaks for, canonical; raises `DossierRefused`."""
    if message.indication != PASSED:
        _refuse("signature-passed", "signature", message.indication or "no signature", PASSED)
    known = register.execute("SELECT is_connected FROM units WHERE code = ?", (message.sender,)).fetchone()
    if known is None or not known[0]:
        _refuse("unit-connected", "from", message.sender, "a unit that is connected to this portal")
    unit: str = message.body["unit"]
    if not is_of(unit, message.sender):
        _refuse("unit-of-sender", "unit", unit, f"{message.sender} or a unit below it")
    return canonical(unit)


def take_status(
    register: sqlite3.Connection, sender: str, unit: str, told: Mapping[str, Any], number: str
) -> bool:
    """Enter where a dossier stands; tells whether that is new. Raises `DossierRefused`.

    `sender` and `unit` are canonical, `number` is that of the message. The same status of the same moment
    again is nothing new.
    """
    code, status, at = told["code"], told["status"], told["at"]
    check_code(code, unit)
    dossier = canonical_code(code)
    row = register.execute(
        "SELECT status, since, changes, procedure FROM dossiers WHERE code = ?", (dossier,)
    ).fetchone()
    moment = datetime.fromisoformat(at)
    if row is None or row[3] != told["procedure"]:
        check_procedure(register, sender, code, told["procedure"])
    changes = 0
    if row is not None:
        before, since, changes, _ = row
        if (status, moment) == (before, datetime.fromisoformat(since)):
            return False
        check_following(code, before, status)
        if moment < datetime.fromisoformat(since):
            _refuse("dates-forward", f"dossiers/{code}/at", at, f"no time before {since}")
    register.execute(
        "INSERT INTO dossiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET"
        " procedure = excluded.procedure, channel = excluded.channel, status = excluded.status,"
        " since = excluded.since, due = excluded.due, changes = excluded.changes",
        (
            dossier,
            sender,
            unit,
            told["procedure"],
            told["channel"],
            status,
            at,
            told["due"],
            changes + 1,
        ),
    )
    register.execute(
        "INSERT INTO statuses VALUES (?, ?, ?, ?, ?)", (dossier, changes + 1, status, at, number)
    )
    return True


def take_step(register: sqlite3.Connection, unit: str, told: Mapping[str, Any], number: str) -> bool:
    """Enter what was done on a dossier; tells whether that is new. Raises `DossierRefused`.

    Steps have an order of their own: they tell how a dossier came to where it stands, often afterwards.
    """
    code, status, at = told["code"], told["status"], told["at"]
    check_code(code, unit)
    dossier = canonical_code(code)
    if register.execute("SELECT 1 FROM dossiers WHERE code = ?", (dossier,)).fetchone() is None:
        _refuse("dossier-known", f"dossiers/{code}", code, "a dossier that was told of before")
    last = register.execute(
        "SELECT step, status, at, department, text FROM steps WHERE dossier = ? ORDER BY step DESC LIMIT 1",
        (dossier,),
    ).fetchone()
    step = 0
    if last is not None:
        step, before, since, *said = last
        moment, until = datetime.fromisoformat(at), datetime.fromisoformat(since)
        if (moment, status, [told["department"], told["text"]]) == (until, before, said):
            return False
        if status != before:
            check_following(code, before, status)
        if moment < until:
            _refuse("dates-forward", f"dossiers/{code}/at", at, f"no time before {since}")
    values = (status, at, told["department"], told["text"], told["begun"], told["due"], number)
    register.execute("INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (dossier, step + 1, *values))
    return True


def check_code(code: str, unit: str) -> None:
    """See that a dossier's code is one of a unit, or of one below it; raises `DossierRefused`."""
    parts = read_code(code)
    if parts is None or not is_of(parts[0], unit):
        _refuse(
            "code-of-unit", f"dossiers/{code}/code", code, f"{unit}-yyMMdd-NNNN, of it or a unit below it"
        )


def check_procedure(register: sqlite3.Connection, sender: str, code: str, procedure: str) -> None:
    """See that a unit offers a procedure, which may carry the unit's code; raises `DossierRefused`."""
    if procedure_of(register, sender, procedure) is None:
        _refuse("procedure-known", f"dossiers/{code}/procedure", procedure, f"a procedure of {sender}")


def procedure_of(register: sqlite3.Connection, unit: str, procedure: str) -> tuple[str, str, str, int] | None:
    """Return code, name, online service and whether the portal offers it, of one of a unit's procedures.

    `1.003560` and, with an agency's code behind it, `1.003560.000.00.00.H24` are the same.
    """
    number = ".".join(procedure.split(".")[:2])
    row: tuple[str, str, str, int] | None = register.execute(
        "SELECT code, name, service, on_portal FROM procedures WHERE unit = ? AND code = ?", (unit, number)
    ).fetchone()
    return row


def check_following(code: str, before: int, status: int) -> None:
    """See that a status may come after another; raises `DossierRefused`."""
    following = may_become(before)
    if status not in following:
        may = ", ".join(str(each) for each in sorted(following)) or "none: it is closed"
        _refuse("status-follows", f"dossiers/{code}/status", f"{status} after {before}", may)


def _refuse(rule: str, place: str, found: str, expected: str) -> None:
    raise DossierRefused(Refused(rule, place, found, expected))
