"""An axis without HTTP, on a store of each kind."""

import pytest
from support.exchange import Exchange


@pytest.fixture
def exchange(database):
    return Exchange(database)
