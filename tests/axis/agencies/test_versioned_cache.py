"""What is remembered of the store goes when the store changes, and old snapshots are not remembered."""

import asyncio

import pytest

from axis.agencies import queries
from axis.agencies.callers import Caller, Callers
from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.tables import tokens
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.database.store_facts import version
from axis.protocol.agency_codes import canonical
from axis.protocol.errors import NotAuthenticated

HAI_PHONG = canonical("H24")


@pytest.fixture
def callers(database):
    entries = [AgencyEntry(canonical(code), code) for code in ("H24", "H24.05", "H25")]
    database.write(lambda tx: put_agencies(tx, entries, real_now()))
    return Callers(database)


def token_for(database, **grant) -> str:
    return database.write(lambda tx: create_tokens(tx, [Grant(**grant)], real_now()))[0]


def who(callers, token: str) -> Caller:
    return asyncio.run(callers.identify(f"Bearer {token}"))


def current_version(database) -> int:
    with database.read() as tx:
        return version(tx)


def test_known_and_unknown_tokens_are_looked_up_once(database, callers, monkeypatch):
    token = token_for(database, role="agency", agency=HAI_PHONG)
    asked = []
    look_up = queries.token_row
    monkeypatch.setattr(
        "axis.agencies.queries.token_row", lambda tx, digest: asked.append(digest) or look_up(tx, digest)
    )
    for _ in range(3):
        who(callers, token)
        with pytest.raises(NotAuthenticated):
            who(callers, "axis_unknown")
    assert len(asked) == 2


def test_what_an_older_snapshot_saw_is_not_remembered(database, callers):
    token = token_for(database, role="agency", agency=HAI_PHONG)
    callers.forget(current_version(database) + 1)  # someone changed something meanwhile
    who(callers, token)
    database.write(lambda tx: tx.execute(tokens.delete()))
    with pytest.raises(NotAuthenticated):
        who(callers, token)
