"""Makes, changes and shows webhooks for the agencies that own them.

`axis.push.pusher` posts to them. Times are real time.
"""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row

from axis.agencies.callers import Caller
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.secret_key import SecretKey
from axis.database.store_facts import raise_version
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import NotFound, Place, QueryInvalid
from axis.push import queries
from axis.push.attempts import SECOND, Lane
from axis.push.messages import OPERATORS, newest_place

PURPOSE: Final = "webhook"
"""The purpose a secret is encrypted for, so that it cannot be used as another kind of secret."""
OVERLAP_SECONDS: Final = 86_400
"""How long the old secret signs beside a new one."""
REPLAYS_AT_ONCE: Final = 10
SECRET_BYTES: Final = 32

OpenSecret = Callable[[Read], SecretKey]
"""Opens the key that encrypts secrets; makes it where a store may have a new one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A webhook as its owner describes it."""

    url: str
    kinds: tuple[str, ...]
    agency: AgencyCode | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many webhooks there may be: of the hub, and of one agency."""

    all: int
    of_one: int


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a webhook that was put."""

    row: Row[Any]
    secret: bytes | None = field(repr=False)
    """The secret of a new one; it is never shown again."""


def owner_of_webhooks(caller: Caller) -> str:
    """Return whose webhooks a caller sees and makes: its agency's, or those that all operators share."""
    return OPERATORS if caller.agency is None else str(caller.agency)


def put_webhook(
    tx: Write,
    caller: Caller,
    name: str,
    wanted: Wanted,
    open_secret: OpenSecret,
    bounds: Bounds,
    now: Microseconds,
) -> Put:
    """Make a webhook that begins with what comes next, or change one, which keeps its place and secret.

    Raises:
        QueryInvalid: when there are as many as there may be.

    """
    owner = owner_of_webhooks(caller)
    known = queries.webhook_row(tx, owner, name)
    values: dict[str, Any] = {
        "owner": owner,
        "name": name,
        "url": wanted.url,
        "kinds": ",".join(wanted.kinds),
        "agency": wanted.agency,
        "token": caller.token_id,
        "gone_at": None,
    }
    secret = None
    if known is not None:
        values |= {"id": known.id, "secret": known.secret, "created_at": known.created_at}
    else:
        _refuse_too_many(queries.count_webhooks(tx, owner), bounds.of_one, "of one agency")
        _refuse_too_many(queries.count_webhooks(tx), bounds.all, "of this hub")
        secret = os.urandom(SECRET_BYTES)
        encrypted = open_secret(tx).encrypt(secret, PURPOSE)
        values |= {"id": str(uuid.uuid4()), "secret": encrypted, "created_at": now}
    queries.put_webhook(tx, values)
    if secret is not None:
        queries.add_lane(tx, values["id"], Lane(0, newest_place(tx, owner)))
    raise_version(tx)
    return Put(find_webhook(tx, caller, name), secret)


def find_webhook(tx: Read, caller: Caller, name: str) -> Row[Any]:
    """Return a webhook of the caller's agency.

    Raises:
        NotFound: when it has none of this name.

    """
    row = queries.webhook_row(tx, owner_of_webhooks(caller), name)
    if row is None:
        raise NotFound
    return row


def remove_webhook(tx: Write, caller: Caller, name: str) -> None:
    """Remove a webhook, with its place and what was set aside.

    Raises:
        NotFound: when there is none of this name.

    """
    queries.drop_webhook(tx, find_webhook(tx, caller, name).id)
    raise_version(tx)


def rotate_secret(
    tx: Write, caller: Caller, name: str, open_secret: OpenSecret, now: Microseconds
) -> tuple[bytes, Microseconds]:
    """Give a webhook a new secret; return it, and until when the old one signs as well.

    Raises:
        NotFound: when there is none of this name.

    """
    row = find_webhook(tx, caller, name)
    secret = os.urandom(SECRET_BYTES)
    until = Microseconds(now + OVERLAP_SECONDS * SECOND)
    changed = dict(row._mapping)  # noqa: SLF001 - its public name
    changed |= {
        "secret": open_secret(tx).encrypt(secret, PURPOSE),
        "old_secret": row.secret,
        "old_secret_until": until,
    }
    queries.put_webhook(tx, changed)
    raise_version(tx)
    return secret, until


def replay(tx: Write, caller: Caller, name: str, lane: Lane) -> None:
    """Have an interval told again, beside what goes on.

    Raises:
        NotFound: when there is no webhook of this name.
        QueryInvalid: when the interval begins after what there is, or too many replays have not ended.

    """
    webhook = find_webhook(tx, caller, name).id
    lanes = queries.lanes_of(tx, webhook)
    if len(lanes) > REPLAYS_AT_ONCE:
        raise QueryInvalid(
            Place("", f"{REPLAYS_AT_ONCE} replays that have not ended", f"at most {REPLAYS_AT_ONCE}")
        )
    newest = newest_place(tx, owner_of_webhooks(caller))
    if lane.place >= newest:
        raise QueryInvalid(Place("/after", str(lane.place + 1), f"a cursor up to {newest}"))
    until = newest if lane.until is None else min(lane.until, newest)
    number = 1 + max(one.number for one in lanes)
    queries.add_lane(tx, webhook, Lane(number, lane.place, until, lane.aside))
    raise_version(tx)


def secrets_of(row: Row[Any], key: SecretKey) -> tuple[tuple[bytes, Microseconds | None], ...]:
    """Return the secrets that sign for a webhook, the old one with the moment until which it does."""
    own = (key.decrypt(row.secret, PURPOSE), None)
    if row.old_secret is None:
        return (own,)
    return own, (key.decrypt(row.old_secret, PURPOSE), Microseconds(row.old_secret_until))


def _refuse_too_many(count: int, most: int, whose: str) -> None:
    if count >= most:
        raise QueryInvalid(Place("", f"{count} webhooks {whose}", f"at most {most}"))
