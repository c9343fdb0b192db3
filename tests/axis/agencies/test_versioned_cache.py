"""What is remembered of the store goes when the store changes, and old snapshots are not remembered."""

import pytest
from support.token_holders import HAI_PHONG, current_version, token_for, who

from axis.agencies import queries
from axis.agencies.tables import tokens
from axis.protocol.errors import NotAuthenticated


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
