"""Tokens and the callers they name, as every route meets them."""

import asyncio

import pytest

from axis.agencies import queries
from axis.agencies.callers import Caller, Callers
from axis.agencies.directory import Directory, subtree_filter
from axis.agencies.directory_changes import AgencyEntry, delete_agency, put_agencies, set_locked
from axis.agencies.tables import agencies, tokens
from axis.agencies.tokens import Grant, create_tokens, list_tokens, revoke_token
from axis.clock import Microseconds, real_now
from axis.database.meta import version
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


def test_a_token_names_its_caller(database, callers):
    caller = who(callers, token_for(database, role="agency", agency=HAI_PHONG, subtree=True))
    assert (caller.role, caller.agency, caller.subtree, caller.locked) == ("agency", HAI_PHONG, True, False)


@pytest.mark.usefixtures("callers")
def test_the_store_keeps_no_token(database):
    token = token_for(database, role="auditor", name="Thanh tra")
    with database.read() as tx:
        (row,) = tx.execute(tokens.select()).all()
    assert token not in str(tuple(row))
    assert token.startswith("axis_")
    assert len(token) == len("axis_") + 43


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


def test_a_deleted_agency_is_as_if_locked_and_not_in_the_directory(database, callers):
    token = token_for(database, role="agency", agency=HAI_PHONG)
    below = canonical("H24.05")
    for code in (below, HAI_PHONG):
        database.write(lambda tx, code=code: delete_agency(tx, code, real_now()))
    assert who(callers, token).locked
    directory, whole = Directory(), Caller("agency", HAI_PHONG, True, None, "1")
    with database.read() as tx:
        assert set(directory.find(tx, [HAI_PHONG, below, canonical("H25")])) == {canonical("H25")}
        assert directory.may_speak_for(tx, whole, below)  # and reads what that one had


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


@pytest.mark.usefixtures("callers")
def test_a_subtree_speaks_for_all_below_it_and_nobody_else(database):
    directory = Directory()
    whole = Caller("agency", HAI_PHONG, True, None, "1")
    alone = Caller("agency", HAI_PHONG, False, None, "2")
    auditor = Caller("auditor", None, False, "x", "3")
    with database.read() as tx:
        for _ in range(2):  # from the store, then from memory
            answers = [
                [directory.may_speak_for(tx, caller, canonical(code)) for code in ("H24", "H24.05", "H25")]
                for caller in (whole, alone, auditor)
            ]
            assert answers == [[True, True, False], [True, False, False], [False, False, False]]
        seen = {
            caller.token_id: set(
                tx.execute(
                    agencies.select()
                    .with_only_columns(agencies.c.code)
                    .where(subtree_filter(agencies.c.code, caller))
                ).scalars()
            )
            for caller in (whole, alone, auditor)
        }
    assert [len(seen[each]) for each in "123"] == [2, 1, 3]


@pytest.mark.usefixtures("callers")
def test_the_directory_answers_from_memory_until_it_is_told_of_a_change(database):
    directory = Directory()
    with database.read() as tx:
        assert directory.get(tx, HAI_PHONG).name == "H24"
        assert directory.get(tx, canonical("H99")) is None
    database.write(lambda tx: put_agencies(tx, [AgencyEntry(HAI_PHONG, "Hải Phòng")], real_now()))
    with database.read() as tx:
        assert directory.get(tx, HAI_PHONG).name == "H24"
        directory.forget(version(tx))
        assert directory.get(tx, HAI_PHONG).name == "Hải Phòng"
        assert set(directory.find(tx, [HAI_PHONG, canonical("H25"), canonical("H99")])) == {
            HAI_PHONG,
            canonical("H25"),
        }
