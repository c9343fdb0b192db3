"""Makes, lists and revokes the tokens of callers. The store keeps their digests.

A token is 256 random bits, so a plain SHA-256 is enough: it cannot be guessed. Tokens expire by real time, in
a sandbox too.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from axis.agencies import queries
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.store_facts import raise_version
from axis.protocol.agency_codes import AgencyCode

Role = Literal["agency", "auditor", "operator", "relay"]

PREFIX = "axis_"
"""It tells people and scanners for leaked secrets what the string is."""
SECRET_BYTES = 32
LONGEST_LIFE_DAYS = 36_500
"""The longest life of a token that has an end. Without an end it holds until it is revoked."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: a role, and for an agency which one and whether its subtree too.

    The name says who holds it; that of a relay is what the directory marks agencies with (`via`).
    """

    role: Role
    agency: AgencyCode | None = None
    subtree: bool = False
    name: str | None = None
    expires_at: Microseconds | None = None
    contents: bool = False
    """Of an auditor: whether it reads the contents of messages, which may speak of persons."""


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """A token as it may be shown: everything but the secret."""

    id: str
    role: Role
    agency: str | None
    subtree: bool
    name: str | None
    created_at: Microseconds
    expires_at: Microseconds | None
    revoked_at: Microseconds | None
    contents: bool
    used_at: Microseconds | None
    """When it was last used, exact to a minute."""


def digest_of(token: str) -> str:
    """Return what the store keeps of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_tokens(tx: Write, grants: Sequence[Grant], real_now: Microseconds) -> list[str]:
    """Make a token for each grant and return them, in order; they can never be shown again."""
    made = [PREFIX + secrets.token_urlsafe(SECRET_BYTES) for _ in grants]
    rows = [
        {
            "id": str(uuid.uuid4()),
            "hash": digest_of(token),
            "role": grant.role,
            "agency": grant.agency,
            "subtree": grant.subtree,
            "name": grant.name,
            "created_at": real_now,
            "expires_at": grant.expires_at,
            "revoked_at": None,
            "contents": grant.contents,
        }
        for token, grant in zip(made, grants, strict=True)
    ]
    queries.add_tokens(tx, rows)
    raise_version(tx)
    return made


def list_tokens(tx: Read) -> list[TokenSummary]:
    """Return all tokens, oldest first."""
    return [
        TokenSummary(
            row.id,
            row.role,
            row.agency,
            row.subtree,
            row.name,
            row.created_at,
            row.expires_at,
            row.revoked_at,
            row.contents,
            row.used_at,
        )
        for row in queries.token_rows(tx)
    ]


def revoke_token(tx: Write, token_id: str, real_now: Microseconds) -> bool:
    """Revoke a token by its id; every process refuses it within a second. Return whether one was revoked."""
    revoked = queries.revoke_token(tx, token_id, real_now) > 0
    if revoked:
        raise_version(tx)
    return revoked
