"""An exchange that is watched."""

import pytest
from support.alerts import WatchedExchange
from support.exchange import Exchange


@pytest.fixture
def watched(exchange: Exchange, database_url: str) -> WatchedExchange:
    return WatchedExchange(exchange, database_url)
