"""A reader of a store that was filled without a hub."""

import pytest
from support.exchange import Exchange

from axis.database import Database


@pytest.fixture
def exchange(database: Database) -> Exchange:
    """An axis without HTTP, on a store of each kind."""
    return Exchange(database)
