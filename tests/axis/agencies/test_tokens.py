"""Tokens as the store keeps them: their digests alone."""

import pytest

from axis.agencies.callers import Callers
from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.tables import tokens
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.protocol.agency_codes import canonical


@pytest.fixture
def callers(database):
    entries = [AgencyEntry(canonical(code), code) for code in ("H24", "H24.05", "H25")]
    database.write(lambda tx: put_agencies(tx, entries, real_now()))
    return Callers(database)


def token_for(database, **grant) -> str:
    return database.write(lambda tx: create_tokens(tx, [Grant(**grant)], real_now()))[0]


@pytest.mark.usefixtures("callers")
def test_the_store_keeps_no_token(database):
    token = token_for(database, role="auditor", name="Thanh tra")
    with database.read() as tx:
        (row,) = tx.execute(tokens.select()).all()
    assert token not in str(tuple(row))
    assert token.startswith("axis_")
    assert len(token) == len("axis_") + 43
