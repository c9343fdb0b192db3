"""Tokens made in a store, and whom the hub takes their bearers for."""

import asyncio

from axis.agencies.callers import Caller
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.database.store_facts import version
from axis.protocol.agency_codes import canonical

HAI_PHONG = canonical("H24")


def token_for(database, **grant) -> str:
    """A new token."""
    return database.write(lambda tx: create_tokens(tx, [Grant(**grant)], real_now()))[0]


def who(callers, token: str) -> Caller:
    """Whom the hub takes the bearer of a token for."""
    return asyncio.run(callers.identify(f"Bearer {token}"))


def current_version(database) -> int:
    """The number of changes so far that every process must learn of."""
    with database.read() as tx:
        return version(tx)
