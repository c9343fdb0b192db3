"""Hubs on each kind of store, with documents to prove."""

import pytest
from support.evidence import proven_on

from axis.judging.workers import Workers


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """A hub whose documents are proven."""
    with proven_on(request, tmp_path_factory.mktemp("evidence")) as found:
        yield found


@pytest.fixture(scope="module")
def workers():
    """Worker processes, one at a time."""
    made = Workers(1)
    yield made
    made.close()
