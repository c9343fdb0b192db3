"""A store with an authority of its own, and an axis without HTTP."""

import os

import pytest
from support.exchange import Exchange
from support.rest_calls import RestCalls

from axis.authority.certificates import create_authority
from axis.clock import Microseconds, parse_rfc3339
from axis.database import Database
from axis.database.secret_key import SecretKey

URL = "http://axis.test"


@pytest.fixture
def secret() -> SecretKey:
    return SecretKey(os.urandom(32))


@pytest.fixture
def now() -> Microseconds:
    return parse_rfc3339("2019-06-03T02:00:00Z")


@pytest.fixture
def authority(database, secret, now):
    """A sandbox's authority in the store; the fixture is for its effect."""
    database.write(lambda tx: create_authority(tx, now, secret, URL, kind="p256", sandbox=True))


@pytest.fixture
def exchange(database: Database) -> Exchange:
    """An axis without HTTP, on a store of each kind."""
    return Exchange(database)


@pytest.fixture
def rest(exchange: Exchange) -> RestCalls:
    """The same over HTTP, with a token for each role."""
    return RestCalls(exchange)
