"""A store with an authority of its own."""

import os

import pytest

from axis.authority.certificates import create_authority
from axis.clock import Microseconds, parse_rfc3339
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
