import pytest
from support.old_protocol_systems import old_door

from axis.clock import parse_rfc3339


@pytest.fixture
def monday_door(tmp_path, database_url, database):  # noqa: ARG001 - `database` makes the tables
    """An axis on the old protocol whose clock stands on a Monday morning."""
    with old_door(tmp_path, database_url) as made:
        made.hub.clock.now = lambda: parse_rfc3339("2019-06-03T02:11:09Z")
        yield made
