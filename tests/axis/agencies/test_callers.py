"""Tokens and the callers they name, as every route meets them."""

import asyncio

import pytest
from support.token_holders import HAI_PHONG, current_version, token_for, who

from axis.agencies.directory_changes import set_locked
from axis.agencies.tokens import list_tokens, revoke_token
from axis.clock import Microseconds, real_now
from axis.protocol.errors import NotAuthenticated


def test_a_token_names_its_caller(database, callers):
    caller = who(callers, token_for(database, role="agency", agency=HAI_PHONG, subtree=True))
    assert (caller.role, caller.agency, caller.subtree, caller.locked) == ("agency", HAI_PHONG, True, False)


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Basic axis_x", "Bearer axis_", "Bearer x", "Bearer axis_" + "a" * 500]
)
def test_anything_else_is_nobody(callers, header):
    with pytest.raises(NotAuthenticated):
        asyncio.run(callers.identify(header))


def test_a_revoked_token_is_refused_once_the_change_is_known(database, callers):
    token = token_for(database, role="operator", name="Vận hành")
    who(callers, token)
    with database.read() as tx:
        (summary,) = list_tokens(tx)
    assert database.write(lambda tx: revoke_token(tx, summary.id, real_now()))
    callers.forget(current_version(database))
    with pytest.raises(NotAuthenticated):
        who(callers, token)
    assert not database.write(lambda tx: revoke_token(tx, summary.id, real_now()))


def test_a_token_expires_by_real_time_even_while_it_is_remembered(database, callers, monkeypatch):
    token = token_for(
        database, role="agency", agency=HAI_PHONG, expires_at=Microseconds(real_now() + 3_600_000_000)
    )
    who(callers, token)
    later = real_now() + 3_600_000_001
    monkeypatch.setattr("axis.agencies.callers.real_now", lambda: later)
    with pytest.raises(NotAuthenticated):
        who(callers, token)


def test_a_locked_agency_is_known_as_locked(database, callers):
    token = token_for(database, role="agency", agency=HAI_PHONG)
    assert not who(callers, token).locked
    database.write(lambda tx: set_locked(tx, HAI_PHONG, locked=True))
    callers.forget(current_version(database))
    assert who(callers, token).locked
