"""The members' side of an e-cabinet: answers invitations, casts ballots, and checks how they were counted.

One system of each agency with members; the secretariat's is `cabinet`. docs/neighbours/cabinet.md.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Any, Final

from nodes.systems.cabinet import ATTENDANCE, MEETING, OPINION, PAPER, RESULT
from nodes.systems.cabinet_agenda import Intention, Member, Plans
from nodes.systems.register import note_refused
from nodes.systems.system import Incoming, Outgoing, Refused, System

_TABLES: Final = """
CREATE TABLE secretariat (agency TEXT NOT NULL) STRICT;
CREATE TABLE members (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attendances (
    meeting TEXT NOT NULL, member TEXT NOT NULL, attendance TEXT NOT NULL, PRIMARY KEY (meeting, member)
) STRICT, WITHOUT ROWID;
CREATE TABLE intentions (
    on_day TEXT NOT NULL, place INTEGER NOT NULL, ballot TEXT NOT NULL, member TEXT NOT NULL,
    signer TEXT NOT NULL, choice TEXT NOT NULL, text TEXT, PRIMARY KEY (on_day, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE papers (
    ballot TEXT PRIMARY KEY, question TEXT NOT NULL, closes_on TEXT NOT NULL, draft TEXT NOT NULL,
    reminders INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sent_ballots (
    ballot TEXT NOT NULL, member TEXT NOT NULL, on_day TEXT NOT NULL, choice TEXT NOT NULL,
    message TEXT NOT NULL, found TEXT, PRIMARY KEY (ballot, member)
) STRICT, WITHOUT ROWID;
"""
_NO_DRAFT: Final = "0" * 64
"""What someone names who votes without having been sent a paper."""
COUNTED_AS_CAST, COUNTED_OTHERWISE, NOT_COUNTED = "as cast", "otherwise", "not"


def prepare(
    register: sqlite3.Connection,
    secretariat: str,
    members: Sequence[Member],
    intentions: Sequence[Intention],
    plans: Sequence[Plans],
) -> None:
    """Write an agency's members, and what each will do."""
    register.execute("INSERT INTO secretariat VALUES (?)", (secretariat,))
    for place, member in enumerate(members):
        signer = member.person.signer
        register.execute(
            "INSERT INTO members VALUES (?, ?, ?, ?)", (member.person.code, signer.name, signer.title, place)
        )
        register.executemany(
            "INSERT INTO attendances VALUES (?, ?, ?)",
            [
                (plan.meeting, member.person.code, plan.attendance[member.person.code])
                for plan in plans
                if plan.meeting is not None
            ],
        )
    for place, each in enumerate(intentions):
        row = (each.on.isoformat(), place, each.ballot, each.member, each.signer, each.choice, each.text)
        register.execute("INSERT INTO intentions VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def step(
    register: sqlite3.Connection, inbox: Sequence[Incoming], now: datetime, rng: Random
) -> Sequence[Outgoing]:
    """Answer invitations, keep papers, check results, and send the ballots of the day.

    Nothing is left to chance: `rng` is not drawn from.
    """
    del rng
    (secretariat,) = register.execute("SELECT agency FROM secretariat").fetchone()
    sent: list[Outgoing] = []
    for message in inbox:
        place = f"{message.sender} {message.number}"
        if message.sender != secretariat or message.indication != "TOTAL-PASSED":
            found = f"{message.sender}, {message.indication}"
            note_refused(
                register, now, Refused("of-the-secretariat", place, found, f"{secretariat}, TOTAL-PASSED")
            )
        elif message.kind == MEETING:
            sent += _answers(register, secretariat, message.body)
        elif message.kind == PAPER:
            _keep(register, message, place, now)
        else:
            _check(register, message.body, now)
    return [*sent, *_ballots(register, secretariat, now)]


def _answers(register: sqlite3.Connection, secretariat: str, body: Any) -> Iterator[Outgoing]:
    rows = register.execute(
        "SELECT member, attendance FROM attendances JOIN members ON members.code = member"
        " WHERE meeting = ? ORDER BY place",
        (body["meeting"],),
    ).fetchall()
    for member, attendance in rows:
        if member in body["members"]:
            told = {"meeting": body["meeting"], "member": member, "attendance": attendance}
            yield Outgoing(ATTENDANCE, (secretariat,), f"Trả lời dự họp {body['meeting']}", told, member)


def _keep(register: sqlite3.Connection, message: Incoming, place: str, now: datetime) -> None:
    """Keep a ballot's paper, or that it was sent again; its draft has to be the file that came with it."""
    body = message.body
    if list(message.papers) != [body["draft"]]:
        found = ", ".join(message.papers) or "no file"
        note_refused(register, now, Refused("draft-as-attached", f"{place}: /draft", found, body["draft"]))
        return
    register.execute(
        "INSERT INTO papers VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET reminders = excluded.reminders",
        (body["ballot"], body["question"], body["closes_on"], body["draft"], body["reminder"]),
    )


def _ballots(register: sqlite3.Connection, secretariat: str, now: datetime) -> Iterator[Outgoing]:
    today = now.date().isoformat()
    due = register.execute(
        "SELECT ballot, member, signer, choice, text FROM intentions"
        " WHERE on_day <= ? ORDER BY on_day, place",
        (today,),
    ).fetchall()
    register.execute("DELETE FROM intentions WHERE on_day <= ?", (today,))
    for ballot, member, signer, choice, text in due:
        paper = register.execute("SELECT draft FROM papers WHERE ballot = ?", (ballot,)).fetchone()
        draft = _NO_DRAFT if paper is None else paper[0]
        body = {"ballot": ballot, "member": member, "draft": draft, "choice": choice, "text": text}
        sent = Outgoing(OPINION, (secretariat,), f"Ý kiến về phiếu {ballot}", body, signer)
        if signer == member:
            register.execute(
                "INSERT INTO sent_ballots VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING",
                (ballot, member, today, choice, sent.sha256),
            )
        yield sent


def _check(register: sqlite3.Connection, body: Any, now: datetime) -> None:
    """Look for the own ballots in a result, and count the result again; what differs is noted."""
    ballot, listed = body["ballot"], {each["member"]: each for each in body["counted"]}
    for choice in ("agree", "disagree", "other"):
        number = sum(each["choice"] == choice for each in body["counted"])
        if number != body[choice] or len(listed) != len(body["counted"]):
            wanted = f"{number}, as its list has"
            refused = Refused("result-adds-up", f"results/{ballot}/{choice}", str(body[choice]), wanted)
            note_refused(register, now, refused)
    own = register.execute(
        "SELECT member, on_day, choice, message, closes_on FROM sent_ballots JOIN papers USING (ballot)"
        " WHERE ballot = ? ORDER BY member",
        (ballot,),
    ).fetchall()
    for member, on_day, choice, message, closes_on in own:
        shown = listed.get(member)
        if shown is None:
            found, told = NOT_COUNTED, "no ballot"
        else:
            told = f"{shown['choice']} by message {shown['message']}"
            is_same = (shown["choice"], shown["message"]) == (choice, message)
            found = COUNTED_AS_CAST if is_same else COUNTED_OTHERWISE
        register.execute(
            "UPDATE sent_ballots SET found = ? WHERE ballot = ? AND member = ?", (found, ballot, member)
        )
        if found == COUNTED_OTHERWISE or (found == NOT_COUNTED and on_day <= closes_on):
            wanted = f"{choice} by message {message}"
            note_refused(
                register, now, Refused("counted-as-cast", f"results/{ballot}/{member}", told, wanted)
            )


CABINET_MEMBERS: Final = System(
    name="cabinet-members",
    abbreviation="TVCP",
    sends=frozenset({ATTENDANCE, OPINION}),
    reads=frozenset({MEETING, PAPER, RESULT}),
    tables=_TABLES,
    step=step,
)
"""The system of an agency with members."""
