import pytest
from support.desk import Desk
from support.exchange import Exchange

from axis.database import Database


@pytest.fixture
def exchange(database: Database) -> Exchange:
    """An axis without HTTP, on a store of each kind."""
    return Exchange(database)


@pytest.fixture
def desk(exchange: Exchange) -> Desk:
    """The same over HTTP, with a token for each role."""
    return Desk(exchange)
