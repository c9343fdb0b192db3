import pytest
from support.exchange import Exchange
from support.rest_calls import RestCalls

from axis.database import Database


@pytest.fixture
def exchange(database: Database) -> Exchange:
    """An axis without HTTP, on a store of each kind."""
    return Exchange(database)


@pytest.fixture
def rest(exchange: Exchange) -> RestCalls:
    """The same over HTTP, with a token for each role."""
    return RestCalls(exchange)
