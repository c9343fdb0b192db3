"""Access tokens of OAuth 2: bought with a long-lived token, they may what it may, for ten minutes at most.

They stand beside sessions in the store, by their digests, and end within a second of their token. RFC 6749,
section 4.4; times are real time.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, or_, select

from axis.agencies.tables import agencies, sessions, tokens
from axis.agencies.tokens import PREFIX, SECRET_BYTES, digest_of
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.protocol.errors import TooManyRequests

ACCESS_SECONDS: Final = 600
"""How long an access token holds."""
ACCESS_TOKENS_OF_A_TOKEN: Final = 1_000
"""The most access tokens of one token that hold at once: who asks for one a call has more than enough."""
_ACCESS: Final = "access"
_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A new access token; it can never be shown again."""

    token: str = field(repr=False)
    seconds: int
    """How long it holds."""


def make_access_token(tx: Write, token_id: str, secret: str, now: Microseconds) -> AccessToken | None:
    """Make an access token for who holds a long-lived token, named by its id; None where it does not hold.

    Raises:
        TooManyRequests: when so many of this token hold that there is room for no more.

    """
    row = tx.execute(
        select(tokens).where(
            tokens.c.id == token_id,
            tokens.c.hash == digest_of(secret),
            tokens.c.revoked_at.is_(None),
            or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now),
        )
    ).first()
    if row is None:
        return None
    _check_room(tx, token_id, now)
    made = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    until = now + ACCESS_SECONDS * _SECOND
    if row.expires_at is not None:
        until = min(until, row.expires_at)
    kept = {
        "hash": digest_of(made),
        "token": token_id,
        "kind": _ACCESS,
        "created_at": now,
        "expires_at": until,
    }
    tx.execute(sessions.insert(), [kept])
    return AccessToken(made, (until - now) // _SECOND)


def access_token_row(tx: Read, digest: str) -> Row[Any] | None:
    """Return the long-lived token of an access token, with its agency's lock, and `until` when both hold."""
    locked = or_(agencies.c.locked, agencies.c.deleted_at.is_not(None))
    query = (
        select(tokens, locked.label("locked"), sessions.c.expires_at.label("until"))
        .select_from(
            sessions.join(tokens, tokens.c.id == sessions.c.token).outerjoin(
                agencies, agencies.c.code == tokens.c.agency
            )
        )
        .where(sessions.c.hash == digest, sessions.c.kind == _ACCESS)
    )
    return tx.execute(query).first()


def _check_room(tx: Write, token_id: str, now: Microseconds) -> None:
    holding = (sessions.c.token == token_id) & (sessions.c.kind == _ACCESS) & (sessions.c.expires_at > now)
    query = select(sessions.c.expires_at).where(holding).order_by(sessions.c.expires_at)
    expiries = list(tx.execute(query.limit(ACCESS_TOKENS_OF_A_TOKEN)).scalars())
    if len(expiries) == ACCESS_TOKENS_OF_A_TOKEN:
        raise TooManyRequests(retry_after_seconds=max(1, -(-(expiries[0] - now) // _SECOND)))
