"""The secretariat of an e-cabinet: draws up ballots and meetings, counts ballots, and issues resolutions.

The rules of ballots are in `cabinet_ballots`, the members' side in `cabinet_members`.
docs/neighbours/cabinet.md.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from random import Random
from typing import Any, Final

from nodes.invented_texts import Signer
from nodes.multipart import Attachment
from nodes.systems.cabinet_agenda import PRIME_MINISTER, Member, Plans
from nodes.systems.cabinet_ballots import (
    APPROVED,
    COUNTED,
    DRAWN_UP,
    OPEN,
    SUBMITTED,
    TABLES,
    BallotRefused,
    advance,
    check_signed,
    count_ballots,
    counted,
    seal_of,
    take_ballot,
)
from nodes.systems.cabinet_papers import draft_paper, resolution_paper
from nodes.systems.register import note_refused
from nodes.systems.system import Incoming, Outgoing, OutgoingDocument, System

MEETING: Final = "phien-hop"
ATTENDANCE: Final = "du-hop"
PAPER: Final = "phieu-lay-y-kien"
OPINION: Final = "y-kien-thanh-vien"
RESULT: Final = "ket-qua-lay-y-kien"
_ROOM: Final = "Phòng họp Chính phủ"
_TABLES: Final = f"""
CREATE TABLE cabinet (agency TEXT NOT NULL, prime_minister TEXT NOT NULL) STRICT;
CREATE TABLE agenda (
    on_day TEXT NOT NULL, place INTEGER NOT NULL, deed TEXT NOT NULL, ballot TEXT NOT NULL,
    PRIMARY KEY (on_day, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE meetings (
    code TEXT PRIMARY KEY, title TEXT NOT NULL, held_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attendances (
    meeting TEXT NOT NULL, member TEXT NOT NULL, attendance TEXT NOT NULL, PRIMARY KEY (meeting, member)
) STRICT, WITHOUT ROWID;
CREATE TABLE reminders (
    ballot TEXT NOT NULL, on_day TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (ballot, on_day, member)
) STRICT, WITHOUT ROWID;
CREATE TABLE resolutions (
    number TEXT PRIMARY KEY, ballot TEXT NOT NULL, issued_on TEXT NOT NULL, sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
{TABLES}"""
_INVITE: Final = "invite"


def prepare(
    register: sqlite3.Connection, agency: str, members: Sequence[Member], plans: Sequence[Plans]
) -> None:
    """Write the members with their public keys, and what is put to the vote on which day."""
    register.execute("INSERT INTO cabinet VALUES (?, ?)", (agency, PRIME_MINISTER))
    for place, member in enumerate(members):
        person = member.person
        register.execute(
            "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                person.code,
                person.signer.name,
                person.signer.title,
                member.agency,
                person.public_key,
                person.code == PRIME_MINISTER,
                place,
            ),
        )
    agenda: list[tuple[date, str, str]] = []
    for plan in plans:
        written = plan.written
        drawn_up, submitted, approved = plan.before
        draft = draft_paper(plan.code, written.question, drawn_up).digest()
        register.execute(
            "INSERT INTO ballots VALUES (?, ?, ?, ?, ?, ?, '')",
            (
                plan.code,
                written.question,
                plan.meeting,
                drawn_up.isoformat(),
                written.closes.isoformat(),
                draft,
            ),
        )
        if plan.meeting is not None:
            register.execute(
                "INSERT INTO meetings VALUES (?, ?, ?)",
                (plan.meeting, written.meeting, written.opens.isoformat()),
            )
            agenda.append((approved, _INVITE, plan.code))
        agenda += (
            (drawn_up, DRAWN_UP, plan.code),
            (submitted, SUBMITTED, plan.code),
            (approved, APPROVED, plan.code),
            (written.opens, OPEN, plan.code),
        )
    agenda.sort(key=lambda row: row[0])
    for place, (day, deed, code) in enumerate(agenda):
        register.execute("INSERT INTO agenda VALUES (?, ?, ?, ?)", (day.isoformat(), place, deed, code))


def step(
    register: sqlite3.Connection, inbox: Sequence[Incoming], now: datetime, rng: Random
) -> Sequence[Outgoing | OutgoingDocument]:
    """Take answers and ballots, count what is closed, remind who is silent, and do what is on the agenda.

    Nothing is left to chance: `rng` is not drawn from.
    """
    del rng
    for message in inbox:
        try:
            if message.kind == ATTENDANCE:
                _take_attendance(register, message, now)
            else:
                take_ballot(register, message)
        except BallotRefused as error:
            note_refused(register, now, error.refused)
    return [*_results(register, now), *_reminders(register, now), *_agenda(register, now)]


def _take_attendance(register: sqlite3.Connection, message: Incoming, now: datetime) -> None:
    """Note how a member takes part; until the day of the meeting a newer answer replaces an older one."""
    meeting, member = str(message.body["meeting"]), str(message.body["member"])
    place = f"meetings/{meeting}/{member}: {message.sender} {message.number}"
    row = register.execute("SELECT held_on FROM meetings WHERE code = ?", (meeting,)).fetchone()
    if row is None:
        raise BallotRefused("meeting-known", place, meeting, "a meeting that members were invited to")
    check_signed(register, member, message, place)
    if now.date().isoformat() > row[0]:
        raise BallotRefused("meeting-to-come", place, f"held on {row[0]}", "a meeting that is still to come")
    register.execute(
        "INSERT INTO attendances VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET attendance = excluded.attendance",
        (meeting, member, message.body["attendance"]),
    )


def _agenda(register: sqlite3.Connection, now: datetime) -> Iterator[Outgoing]:
    today = now.date().isoformat()
    due = register.execute("SELECT deed, ballot FROM agenda WHERE on_day <= ? ORDER BY place", (today,))
    for deed, ballot in due.fetchall():
        if deed == _INVITE:
            yield _invitation(register, ballot)
            continue
        try:
            advance(register, ballot, deed, now)
        except BallotRefused as error:
            note_refused(register, now, error.refused)
            continue
        if deed == OPEN:
            members = [code for (code,) in register.execute("SELECT code FROM members ORDER BY place")]
            yield _paper(register, ballot, members, 0)
    register.execute("DELETE FROM agenda WHERE on_day <= ?", (today,))


def _invitation(register: sqlite3.Connection, ballot: str) -> Outgoing:
    code, title, held_on, question = register.execute(
        "SELECT meetings.code, title, held_on, question FROM meetings"
        " JOIN ballots ON meeting = meetings.code WHERE ballots.code = ?",
        (ballot,),
    ).fetchone()
    members = [member for (member,) in register.execute("SELECT code FROM members ORDER BY place")]
    body = {"meeting": code, "title": title, "held_on": held_on, "place": _ROOM, "items": [question]}
    return Outgoing(
        MEETING,
        _agencies(register, members),
        f"Mời họp: {title}",
        {**body, "members": members},
        papers=(_draft(register, ballot),),
    )


def _paper(register: sqlite3.Connection, ballot: str, members: list[str], reminder: int) -> Outgoing:
    question, meeting, closes_on, draft = register.execute(
        "SELECT question, meeting, closes_on, draft FROM ballots WHERE code = ?", (ballot,)
    ).fetchone()
    subject = f"Phiếu lấy ý kiến {ballot}: {question}"
    body = {
        "ballot": ballot,
        "question": question,
        "meeting": meeting,
        "closes_on": closes_on,
        "draft": draft,
        "members": members,
        "reminder": reminder,
    }
    return Outgoing(
        PAPER,
        _agencies(register, members),
        f"Nhắc lần {reminder}: {subject}" if reminder else subject,
        body,
        papers=(_draft(register, ballot),),
    )


def _draft(register: sqlite3.Connection, ballot: str) -> Attachment:
    """Write a ballot's draft again, as it was drawn up."""
    question, day = register.execute(
        "SELECT question, drafted_on FROM ballots WHERE code = ?", (ballot,)
    ).fetchone()
    return draft_paper(ballot, question, date.fromisoformat(day))


def _reminders(register: sqlite3.Connection, now: datetime) -> Iterator[Outgoing]:
    """Remind those whose ballot has not come, on each day after the one on which the papers went out."""
    for (ballot,) in register.execute(
        "SELECT code FROM ballots WHERE state = ? ORDER BY code", (OPEN,)
    ).fetchall():
        silent = [
            code
            for (code,) in register.execute(
                "SELECT code FROM members WHERE code NOT IN"
                " (SELECT member FROM cast_ballots WHERE ballot = ?) ORDER BY place",
                (ballot,),
            )
        ]
        (before,) = register.execute(
            "SELECT count(DISTINCT on_day) FROM reminders WHERE ballot = ?", (ballot,)
        ).fetchone()
        register.executemany(
            "INSERT INTO reminders VALUES (?, ?, ?)",
            [(ballot, now.date().isoformat(), code) for code in silent],
        )
        yield _paper(register, ballot, silent, before + 1)


def _results(register: sqlite3.Connection, now: datetime) -> Iterator[Outgoing | OutgoingDocument]:
    """Count each open ballot that is closed, or for which all have voted; what is adopted is issued."""
    for ballot, closes_on in register.execute(
        "SELECT code, closes_on FROM ballots WHERE state = ? ORDER BY code", (OPEN,)
    ).fetchall():
        count = count_ballots(register, ballot)
        voted = count.agree + count.disagree + count.other
        if now.date().isoformat() <= closes_on and voted < count.members:
            continue
        is_adopted, decided_by = count.decision()
        seal = seal_of(register, ballot)
        advance(register, ballot, COUNTED, now)
        numbers = (count.members, count.agree, count.disagree, count.other)
        register.execute(
            "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (ballot, *numbers, is_adopted, decided_by, seal),
        )
        members = [code for (code,) in register.execute("SELECT code FROM members ORDER BY place")]
        body: dict[str, Any] = {
            "ballot": ballot,
            **dict(zip(("members", "agree", "disagree", "other"), numbers, strict=True)),
            "is_adopted": is_adopted,
            "decided_by": decided_by,
            "counted": counted(register, ballot),
            "seal": seal,
        }
        yield Outgoing(RESULT, _agencies(register, members), f"Kết quả lấy ý kiến {ballot}", body)
        if is_adopted:
            yield _resolution(register, ballot, (count.agree, count.members), now)


def _resolution(
    register: sqlite3.Connection, ballot: str, votes: tuple[int, int], now: datetime
) -> OutgoingDocument:
    (question,) = register.execute("SELECT question FROM ballots WHERE code = ?", (ballot,)).fetchone()
    own, prime_minister = register.execute("SELECT agency, prime_minister FROM cabinet").fetchone()
    name, title = register.execute(
        "SELECT name, title FROM members WHERE code = ?", (prime_minister,)
    ).fetchone()
    (issued,) = register.execute("SELECT count(*) FROM resolutions").fetchone()
    number = f"{issued + 1}/NQ-CP"
    paper = resolution_paper(number, question, votes, Signer(name, title), now.date())
    register.execute(
        "INSERT INTO resolutions VALUES (?, ?, ?, ?)",
        (number, ballot, now.date().isoformat(), paper.digest()),
    )
    others = register.execute(
        "SELECT agency FROM members WHERE agency != ? GROUP BY agency ORDER BY min(place)", (own,)
    )
    return OutgoingDocument(
        type="nghi-quyet",
        number=number,
        recipients=tuple(agency for (agency,) in others),
        subject=question,
        file=paper,
        signer=prime_minister,
    )


def _agencies(register: sqlite3.Connection, members: Sequence[str]) -> tuple[str, ...]:
    """Return the agencies of members, in the order of the members."""
    rows = dict(register.execute("SELECT code, agency FROM members").fetchall())
    return tuple(dict.fromkeys(rows[member] for member in members))


CABINET: Final = System(
    name="cabinet",
    abbreviation="PYK",
    sends=frozenset({MEETING, PAPER, RESULT}),
    reads=frozenset({ATTENDANCE, OPINION}),
    tables=_TABLES,
    step=step,
    asks_who_signed=True,
)
"""The secretariat's system."""
