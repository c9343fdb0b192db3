"""The rules of an e-cabinet's ballots: which one counts, what they decide, and how a change of one is found.

Refusals name rule, place, found and expected. docs/neighbours/cabinet.md.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, Literal

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.system import Incoming, Refused

DRAWN_UP, SUBMITTED, APPROVED, OPEN, COUNTED = "drawn up", "submitted", "approved", "open", "counted"
FOLLOWING: Final = {"": DRAWN_UP, DRAWN_UP: SUBMITTED, SUBMITTED: APPROVED, APPROVED: OPEN, OPEN: COUNTED}
"""Which state of a ballot follows each."""
DecidedBy = Literal["majority", "prime-minister", "no-majority"]
TABLES: Final = """
CREATE TABLE members (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, agency TEXT NOT NULL,
    public_key TEXT NOT NULL, is_prime_minister INTEGER NOT NULL, place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE ballots (
    code TEXT PRIMARY KEY, question TEXT NOT NULL, meeting TEXT, drafted_on TEXT NOT NULL,
    closes_on TEXT NOT NULL, draft TEXT NOT NULL, state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE ballot_states (
    ballot TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (ballot, state)
) STRICT, WITHOUT ROWID;
CREATE TABLE cast_ballots (
    ballot TEXT NOT NULL, place INTEGER NOT NULL, member TEXT NOT NULL, choice TEXT NOT NULL, text TEXT,
    sender TEXT NOT NULL, number TEXT NOT NULL, message TEXT NOT NULL, seal TEXT NOT NULL,
    PRIMARY KEY (ballot, place), UNIQUE (ballot, member)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER ballots_stay BEFORE UPDATE ON cast_ballots
    BEGIN SELECT RAISE(ABORT, 'a ballot once cast is not changed'); END;
CREATE TRIGGER ballots_are_kept BEFORE DELETE ON cast_ballots
    BEGIN SELECT RAISE(ABORT, 'a ballot once cast is not taken out'); END;
CREATE TABLE results (
    ballot TEXT PRIMARY KEY, members INTEGER NOT NULL, agree INTEGER NOT NULL, disagree INTEGER NOT NULL,
    other INTEGER NOT NULL, is_adopted INTEGER NOT NULL, decided_by TEXT NOT NULL, seal TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
"""Of the secretariat's register, as far as these rules read and write it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How the members of a cabinet voted."""

    members: int
    """All of them, whether they voted or not."""
    agree: int
    disagree: int
    other: int
    prime_minister: str | None
    """Its own vote: `agree`, `disagree`, `other`; None where none came."""

    def decision(self) -> tuple[bool, DecidedBy]:
        """Tell whether the draft is adopted, and by what (Decree 138/2016).

        More than half of all members adopt it. At a tie, half of all members in favour and the other half
        not, the Prime Minister's vote decides. A member whose ballot did not come makes no tie.
        """
        if 2 * self.agree > self.members:
            return True, "majority"
        voted = self.agree + self.disagree + self.other
        if 2 * self.agree == self.members == voted:
            return self.prime_minister == "agree", "prime-minister"
        return False, "no-majority"


class BallotRefused(Exception):
    """What is not counted, or may not be done to a ballot."""

    def __init__(self, rule: str, place: str, found: str, expected: str) -> None:
        self.refused = Refused(rule, place, found, expected)
        super().__init__(str(self.refused))


def advance(register: sqlite3.Connection, ballot: str, state: str, at: datetime) -> None:
    """Give a ballot its next state; raises `BallotRefused` for one that may not follow."""
    (before,) = register.execute("SELECT state FROM ballots WHERE code = ?", (ballot,)).fetchone()
    follows = FOLLOWING.get(before, "none: it is counted")
    if state != follows:
        raise BallotRefused(
            "state-follows", f"ballots/{ballot}/state", f"{state} after {before or 'none'}", follows
        )
    register.execute("UPDATE ballots SET state = ? WHERE code = ?", (state, ballot))
    register.execute("INSERT INTO ballot_states VALUES (?, ?, ?)", (ballot, state, at.isoformat()))


def check_signed(
    register: sqlite3.Connection, member: str, message: Incoming, place: str
) -> tuple[str, str, str]:
    """See that a message was signed by the member in whose name it speaks; returns code, agency and key.

    Raises `BallotRefused`.
    """
    known = register.execute(
        "SELECT code, agency, public_key FROM members WHERE code = ?", (member,)
    ).fetchone()
    if known is None:
        raise BallotRefused("member-known", place, member, "a member of the cabinet")
    code, agency, key = known
    if key not in message.signing_keys:
        signers = register.execute("SELECT code, public_key FROM members ORDER BY place").fetchall()
        others = [other for other, theirs in signers if theirs in message.signing_keys]
        found = f"the signature of {', '.join(others)}" if others else "no member's signature"
        raise BallotRefused("signed-by-member", place, found, f"the signature of {code}")
    return code, agency, key


def take_ballot(register: sqlite3.Connection, message: Incoming) -> None:
    """Enter a member's ballot; raises `BallotRefused` for one that does not count.

    1. The ballot is one that was put to the vote.
    2. The member is one, and signed the message.
    3. No ballot of this member came before.
    4. The axis accepted it by the last day on which it may come.
    5. It is about the draft that was sent, and another opinion says what it is.
    """
    body = message.body
    ballot, member = str(body["ballot"]), str(body["member"])
    place = f"ballots/{ballot}/{member}: {message.sender} {message.number}"
    # 1
    row = register.execute("SELECT state, closes_on, draft FROM ballots WHERE code = ?", (ballot,)).fetchone()
    if row is None or row[0] not in {OPEN, COUNTED}:
        raise BallotRefused("ballot-known", place, ballot, "a ballot that was put to the vote")
    state, closes_on, draft = row
    # 2
    check_signed(register, member, message, place)
    # 3
    before = register.execute(
        "SELECT sender, number FROM cast_ballots WHERE ballot = ? AND member = ?", (ballot, member)
    ).fetchone()
    if before is not None:
        found = f"a second ballot; {before[0]} {before[1]} counts"
        raise BallotRefused("once", place, found, "one ballot of each member")
    # 4
    accepted_on = datetime.fromisoformat(message.accepted_at).astimezone(VIET_NAM).date()
    if accepted_on > date.fromisoformat(closes_on) or state == COUNTED:
        found = f"accepted on {accepted_on}, {state}"
        raise BallotRefused("in-time", place, found, f"accepted by {closes_on}, before the count")
    # 5
    if body["draft"] != draft:
        raise BallotRefused("draft-as-sent", place, f"draft {body['draft']}", f"draft {draft}")
    if body["choice"] == "other" and not (body["text"] or "").strip():
        raise BallotRefused("opinion-said", place, "another opinion without a text", "what the opinion is")
    _enter(register, ballot, member, message)


def _enter(register: sqlite3.Connection, ballot: str, member: str, message: Incoming) -> None:
    (count,) = register.execute("SELECT count(*) FROM cast_ballots WHERE ballot = ?", (ballot,)).fetchone()
    body = message.body
    told = (body["choice"], body["text"], message.sender, message.number, message.sha256)
    row = (ballot, count, member, *told)
    seal = _seal(seal_of(register, ballot), row)
    register.execute("INSERT INTO cast_ballots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, seal))


def count_ballots(register: sqlite3.Connection, ballot: str) -> Count:
    """Count the ballots that came."""
    choices = dict(
        register.execute(
            "SELECT choice, count(*) FROM cast_ballots WHERE ballot = ? GROUP BY choice", (ballot,)
        ).fetchall()
    )
    (members,) = register.execute("SELECT count(*) FROM members").fetchone()
    own = register.execute(
        "SELECT choice FROM cast_ballots JOIN members ON members.code = member"
        " WHERE ballot = ? AND is_prime_minister",
        (ballot,),
    ).fetchone()
    return Count(
        members,
        choices.get("agree", 0),
        choices.get("disagree", 0),
        choices.get("other", 0),
        None if own is None else str(own[0]),
    )


def counted(register: sqlite3.Connection, ballot: str) -> list[Mapping[str, Any]]:
    """List the ballots that count as their result names them, in the order they came."""
    rows = register.execute(
        "SELECT member, choice, message FROM cast_ballots WHERE ballot = ? ORDER BY place", (ballot,)
    )
    return [dict(zip(("member", "choice", "message"), row, strict=True)) for row in rows]


def seal_of(register: sqlite3.Connection, ballot: str) -> str:
    """Return what the chain of a ballot's entries ends in; of none, the digest of its code."""
    last = register.execute(
        "SELECT seal FROM cast_ballots WHERE ballot = ? ORDER BY place DESC LIMIT 1", (ballot,)
    ).fetchone()
    return sha256(ballot.encode()).hexdigest() if last is None else str(last[0])


def changed_ballots(register: sqlite3.Connection) -> Iterator[Refused]:
    """Find ballots that were changed in the register after they came, by their chain and the sent results."""
    for (ballot,) in register.execute("SELECT code FROM ballots ORDER BY code").fetchall():
        seal = sha256(ballot.encode()).hexdigest()
        for *row, written in register.execute(
            "SELECT * FROM cast_ballots WHERE ballot = ? ORDER BY place", (ballot,)
        ).fetchall():
            seal = _seal(seal, tuple(row))
            if seal != written:
                yield Refused("unchanged", f"ballots/{ballot}/{row[2]}", f"seal {seal}", f"seal {written}")
        sent = register.execute("SELECT seal FROM results WHERE ballot = ?", (ballot,)).fetchone()
        if sent is not None and sent[0] != seal:
            yield Refused("unchanged", f"results/{ballot}/seal", seal, f"{sent[0]}, as was sent")


def _seal(before: str, row: tuple[Any, ...]) -> str:
    told = json.dumps([before, *row], ensure_ascii=False, separators=(",", ":"))
    return sha256(told.encode()).hexdigest()
