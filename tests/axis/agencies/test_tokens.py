"""Tokens as the store keeps them: their digests alone."""

import pytest
from support.token_holders import token_for

from axis.agencies.tables import tokens


@pytest.mark.usefixtures("callers")
def test_the_store_keeps_no_token(database):
    token = token_for(database, role="auditor", name="Thanh tra")
    with database.read() as tx:
        (row,) = tx.execute(tokens.select()).all()
    assert token not in str(tuple(row))
    assert token.startswith("axis_")
    assert len(token) == len("axis_") + 43
