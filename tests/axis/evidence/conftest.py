"""Hubs on each kind of store, with documents to prove."""

import pytest
from support.evidence import proven
from support.postgres import fresh_database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """A hub whose documents are proven."""
    folder = tmp_path_factory.mktemp("evidence")
    if request.param == "sqlite":
        with proven(folder, f"sqlite:///{folder}/axis.db") as found:
            yield found
        return
    server = request.getfixturevalue("postgres_server")
    with fresh_database(server) as url, proven(folder, url) as found:
        yield found
