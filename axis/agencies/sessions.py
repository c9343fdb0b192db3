"""Sessions of people at the pages: a cookie in the place of a token, and one-time codes that open a session.

A session ends with its token: when that is revoked or expires, or its agency is locked. The store keeps
digests of the secrets. Times are real time.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Any, Final

from sqlalchemy import Row, delete, or_, select

from axis.agencies.tables import agencies, sessions, tokens
from axis.agencies.tokens import digest_of
from axis.clock import Microseconds
from axis.database import Read, Write

SECRET_BYTES: Final = 32
SESSIONS_OF_A_TOKEN: Final = 20
"""The most sessions of one token; a further one ends the oldest."""
CODE_SECONDS: Final = 60
"""How long a one-time code may be used."""
_SESSION, _CODE = "session", "code"
_SECOND: Final = 1_000_000


def open_session(tx: Write, token: str, now: Microseconds, hours: int) -> str | None:
    """Open a session of a token and return its secret; None where the token may not have one."""
    row = _token(tx, digest_of(token), now)
    return None if row is None else _open(tx, row.id, now, hours)


def make_code(tx: Write, token: str, now: Microseconds) -> str | None:
    """Make a code that opens one session of a token; None where the token may not have one."""
    row = _token(tx, digest_of(token), now)
    if row is None:
        return None
    code = secrets.token_urlsafe(SECRET_BYTES)
    _keep(tx, code, row.id, _CODE, now, Microseconds(now + CODE_SECONDS * _SECOND))
    return code


def redeem_code(tx: Write, code: str, now: Microseconds, hours: int) -> str | None:
    """Open a session with a one-time code and return its secret; None for an unknown, used or old code."""
    row = _found(tx, code, _CODE, now)
    if row is None:
        return None
    close_session(tx, code)
    return _open(tx, row.id, now, hours)


def close_session(tx: Write, secret: str) -> None:
    """End a session, if there is one."""
    tx.execute(delete(sessions).where(sessions.c.hash == _digest(secret)))


def sweep_sessions(tx: Write, now: Microseconds) -> int:
    """Drop what has ended by itself; return how many."""
    return tx.execute(delete(sessions).where(sessions.c.expires_at <= now)).rowcount


def session_row(tx: Read, secret: str, now: Microseconds) -> Row[Any] | None:
    """Return the token of a session that holds; None where there is none."""
    return _found(tx, secret, _SESSION, now)


def form_token(secret: str) -> str:
    """Return what a form of a session has to bring along: only who knows the session's secret can tell it."""
    made = hmac.new(secret.encode(), b"form", hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def _open(tx: Write, token_id: str, now: Microseconds, hours: int) -> str:
    of_the_token = (sessions.c.token == token_id) & (sessions.c.kind == _SESSION)
    newest = (
        select(sessions.c.hash)
        .where(of_the_token)
        .order_by(sessions.c.created_at.desc(), sessions.c.hash)
        .limit(SESSIONS_OF_A_TOKEN - 1)
    )
    kept = list(tx.execute(newest).scalars())
    tx.execute(delete(sessions).where(of_the_token, sessions.c.hash.not_in(kept)))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    _keep(tx, secret, token_id, _SESSION, now, Microseconds(now + hours * 3600 * _SECOND))
    return secret


def _keep(
    tx: Write, secret: str, token_id: str, kind: str, now: Microseconds, expires_at: Microseconds
) -> None:
    row = {
        "hash": _digest(secret),
        "token": token_id,
        "kind": kind,
        "created_at": now,
        "expires_at": expires_at,
    }
    tx.execute(sessions.insert(), [row])


def _found(tx: Read, secret: str, kind: str, now: Microseconds) -> Row[Any] | None:
    query = (
        _live_tokens(now)
        .join(sessions, sessions.c.token == tokens.c.id)
        .where(
            sessions.c.hash == _digest(secret),
            sessions.c.kind == kind,
            sessions.c.expires_at > now,
        )
    )
    return tx.execute(query).first()


def _token(tx: Read, digest: str, now: Microseconds) -> Row[Any] | None:
    return tx.execute(_live_tokens(now).where(tokens.c.hash == digest)).first()


def _live_tokens(now: Microseconds) -> Any:
    """Select tokens that may have a session: they hold, and their agency is there and not locked."""
    return (
        select(tokens)
        .select_from(tokens)
        .join(agencies, agencies.c.code == tokens.c.agency, isouter=True)
        .where(
            tokens.c.revoked_at.is_(None),
            tokens.c.role != "relay",  # pages are for people
            or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now),
            or_(
                tokens.c.agency.is_(None),
                (agencies.c.locked.is_(False)) & (agencies.c.deleted_at.is_(None)),
            ),
        )
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
