import pytest
from support.old_client import OldClient
from support.old_protocol_exchange import OldAxis
from support.old_protocol_systems import HAI_PHONG, old_door

from axis.clock import parse_rfc3339


@pytest.fixture
def monday_door(tmp_path, database_url, database):  # noqa: ARG001 - `database` makes the tables
    """An axis on the old protocol whose clock stands on a Monday morning."""
    with old_door(tmp_path, database_url) as made:
        made.hub.clock.now = lambda: parse_rfc3339("2019-06-03T02:11:09Z")
        yield made


@pytest.fixture
def axis(database, database_url, tmp_path):  # noqa: ARG001 - its tables are needed
    """A whole hub with agencies on the old protocol."""
    store = OldAxis(database_url, tmp_path)
    yield store
    store.close()


@pytest.fixture
def door(tmp_path, database_url, database):  # noqa: ARG001 - `database` makes the tables
    """A whole hub that systems of the old protocol join."""
    with old_door(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def hai_phong(door) -> OldClient:
    """The client of a system that joined."""
    return door.join(HAI_PHONG)
