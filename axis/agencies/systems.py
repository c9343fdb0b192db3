"""Systems that call over the old protocol: made, listed and revoked, and for which agencies each speaks.

A system has its agency's code as its id, and speaks for that agency and those below it. Secrets come in and
go out encrypted; `axis.database.secret_key` has the key. Times are real time.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select, update

from axis.agencies.queries import batches
from axis.agencies.tables import agency_tree, systems, tokens
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.group_statements import BulkLookup
from axis.database.store_facts import raise_version
from axis.protocol.agency_codes import AgencyCode

PURPOSE = "vxp-system"
"""The purpose a secret is encrypted for, so that it cannot be used as another kind of secret."""


class SystemExistsError(Exception):
    """The agency has a system that is not revoked. A call could not say which of two secrets it used."""


@dataclass(frozen=True, slots=True)
class System:
    """A system as the store has it; `secret` is encrypted."""

    id: str
    agency: AgencyCode
    secret: bytes = field(repr=False)
    may_register: bool
    created_at: Microseconds
    revoked_at: Microseconds | None


def add_system(
    tx: Write, agency: AgencyCode, secret: bytes, *, may_register: bool, real_now: Microseconds
) -> str:
    """Add a system for an agency and return the id of its row. `secret` is encrypted.

    What waits for its agencies is not queued here: `axis.deliveries.queue_backfill.fill_queue` does that.

    Raises:
        SystemExistsError: when the agency has one that is not revoked.

    """
    if live_system(tx, agency) is not None:
        raise SystemExistsError(f"{agency} has a system already; revoke it first")
    identity = str(uuid.uuid4())
    tx.execute(
        systems.insert(),
        {
            "id": identity,
            "agency": agency,
            "secret": secret,
            "may_register": may_register,
            "created_at": real_now,
            "revoked_at": None,
        },
    )
    raise_version(tx)
    return identity


def live_system(tx: Read, agency: AgencyCode) -> System | None:
    """Return the system of an agency that is not revoked, or None."""
    row = tx.execute(select(systems).where(systems.c.agency == agency, _LIVE)).one_or_none()
    return None if row is None else _system(row)


def any_secret(tx: Read) -> bytes | None:
    """Return the encrypted secret of some system that is not revoked; None where there is no such system."""
    return tx.execute(select(systems.c.secret).where(_LIVE).limit(1)).scalar_one_or_none()


def list_systems(tx: Read) -> list[System]:
    """Return all systems, revoked ones too, oldest first."""
    rows = tx.execute(select(systems).order_by(systems.c.created_at, systems.c.id))
    return [_system(row) for row in rows]


def revoke_system(tx: Write, agency: AgencyCode, real_now: Microseconds) -> bool:
    """Revoke an agency's system; every process refuses it within a second. Return whether there was one."""
    revoked = tx.execute(
        update(systems).where(systems.c.agency == agency, _LIVE).values(revoked_at=real_now)
    ).rowcount
    if revoked:
        raise_version(tx)
    return revoked > 0


def last_revoked_at(tx: Read, agency: str) -> Microseconds | None:
    """Return when the last system of an agency was revoked; None where none was."""
    statement = select(func.max(systems.c.revoked_at)).where(systems.c.agency == agency)
    revoked_at: int | None = tx.execute(statement).scalar_one()
    return None if revoked_at is None else Microseconds(revoked_at)


def speaking(tx: Read, codes: Iterable[str]) -> set[str]:
    """Return those agencies for which a system that is not revoked speaks: their own, or one above them."""
    return {code for (code,) in _SPEAKING.rows(tx, [(code,) for code in codes])}


def speaking_only(tx: Read, codes: Iterable[str], real_now: Microseconds) -> set[str]:
    """Return those agencies that only the old protocol reaches: a system speaks for them, and no token."""
    old = speaking(tx, codes)
    reached: set[str] = set()
    for batch in batches(old):
        reached.update(tx.execute(_HOLDING_TOKENS, {"codes": batch, "now": real_now}).scalars())
    return old - reached


def _system(row: Row[Any]) -> System:
    return System(row.id, row.agency, row.secret, row.may_register, row.created_at, row.revoked_at)


_LIVE = systems.c.revoked_at.is_(None)
_OF_CODES = (
    select(agency_tree.c.descendant)
    .where(agency_tree.c.descendant.in_(bindparam("codes", expanding=True)))
    .distinct()
)
_SPEAKING = BulkLookup(
    select(agency_tree.c.descendant)
    .distinct()
    .where(exists().where(systems.c.agency == agency_tree.c.ancestor, _LIVE)),
    agency_tree.c.descendant,
)
_HOLDING_TOKENS = _OF_CODES.where(
    exists().where(
        tokens.c.role == "agency",
        tokens.c.revoked_at.is_(None),
        or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > bindparam("now")),
        or_(
            tokens.c.agency == agency_tree.c.descendant,
            and_(tokens.c.subtree, tokens.c.agency == agency_tree.c.ancestor),
        ),
    )
)
"""Statements built once: the first runs for every group of documents."""
