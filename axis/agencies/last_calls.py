"""When agencies, relays for them, and tokens last called: noted in memory, stored every few seconds.

What it costs a request is one entry of a dictionary. Times are exact to a minute: those of agencies business
time, those of tokens real time.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from axis.agencies.queries import batches, note_uses
from axis.agencies.tables import agencies, agency_tree, last_calls
from axis.clock import Clock, Microseconds, real_now
from axis.database import Database, Read, Write, insert
from axis.database.store_facts import business_now

if TYPE_CHECKING:
    from axis.agencies.callers import Caller

EXACT: Final = 60_000_000
"""A caller's time is written again when it is so much newer: busy callers cost a row a minute."""
DAY: Final = 86_400_000_000
REMEMBERED: Final = 65_536
"""Callers whose written times are remembered; beyond that they are written again."""

Spoken = tuple[str, str]
"""Who spoke, an agency or a relay, and for whom: `own`, `subtree` or `relay`."""

_FOR_ONE: Final = and_(
    last_calls.c.speaker == agency_tree.c.ancestor,
    or_(
        last_calls.c.reach == "subtree",
        and_(last_calls.c.reach == "own", agency_tree.c.ancestor == agency_tree.c.descendant),
    ),
)
_OWN = (
    select(func.max(last_calls.c.at))
    .select_from(agency_tree.join(last_calls, _FOR_ONE))
    .where(agency_tree.c.descendant == agencies.c.code)
    .correlate(agencies)
    .scalar_subquery()
)
_RELAYED = (
    select(last_calls.c.at)
    .where(last_calls.c.speaker == agencies.c.via, last_calls.c.reach == "relay")
    .correlate(agencies)
    .scalar_subquery()
)


class LastCalls:
    """The calls of this process that are not stored yet."""

    def __init__(self) -> None:
        self._heard: dict[str, Caller] = {}
        self._written: dict[Spoken, Microseconds] = {}
        self._used: dict[str, Microseconds] = {}

    def note(self, caller: "Caller") -> None:
        """Note that a token or a system has called just now."""
        self._heard[caller.token_id] = caller

    def store(self, database: Database, clock: Clock) -> None:
        """Store who has called since the last time."""
        heard, self._heard = self._heard, {}
        now, real = clock.now(), real_now()
        spoken = {one for one in map(_spoken, heard.values()) if one is not None}
        due = sorted(one for one in spoken if abs(now - self._written.get(one, 0)) >= EXACT)
        used = sorted(token for token in heard if real - self._used.get(token, 0) >= EXACT)
        if not due and not used:
            return

        def write(tx: Write) -> None:
            _write(tx, due, now)
            note_uses(tx, used, real)

        database.write(write)
        for remembered in (self._written, self._used):
            if len(remembered) > REMEMBERED:
                remembered.clear()
        self._written.update(dict.fromkeys(due, now))
        self._used.update(dict.fromkeys(used, real))


def last_seen(tx: Read, codes: Iterable[str]) -> dict[str, Microseconds]:
    """Return when each of these agencies, or who speaks for it, last called; without those that never did."""
    found: dict[str, Microseconds] = {}
    for batch in batches(codes):
        rows = tx.execute(select(agencies.c.code, _seen().label("at")).where(agencies.c.code.in_(batch)))
        found.update((row.code, row.at) for row in rows if row.at is not None)
    return found


def last_heard(tx: Read, before: Microseconds) -> list[tuple[str, Microseconds]]:
    """Return the agencies that last called before a time, and when; without those that never did."""
    heard = select(agencies.c.code, _seen().label("at")).where(
        agencies.c.deleted_at.is_(None), agencies.c.locked.is_(False)
    )
    each = heard.subquery()
    query = select(each).where(each.c.at < before).order_by(each.c.code)
    return [(row.code, row.at) for row in tx.execute(query)]


def is_silent(days: int) -> ColumnElement[bool]:
    """Return the condition that an agency has not called for so many days of business time, or never."""
    return func.coalesce(_seen(), 0) <= business_now() - days * DAY


def _seen() -> ColumnElement[int]:
    """Return when an agency last called: by its relay alone where another hub serves it."""
    return func.coalesce(_RELAYED, _OWN)


def _spoken(caller: "Caller") -> Spoken | None:
    if caller.relay is not None:
        return caller.relay, "relay"
    if caller.agency is None:
        return None
    return caller.agency, "subtree" if caller.subtree else "own"


def _write(tx: Write, spoken: Iterable[Spoken], at: Microseconds) -> None:
    statement = insert(tx, last_calls)
    rows = [{"speaker": speaker, "reach": reach, "at": at} for speaker, reach in spoken]
    if not rows:
        return
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["speaker", "reach"], set_={"at": statement.excluded.at}
        ),
        rows,
    )
