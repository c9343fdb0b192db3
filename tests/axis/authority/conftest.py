"""The routes of the hub's own authority, over a store with a key file beside it."""

import pytest
from support.application import application
from support.asgi import AsgiClient

from axis.authority import routes
from axis.authority.certificates import Request, issue, record
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import Clock
from axis.database.secret_key import open_secret_key
from axis.settings import Settings
from signing import keys

URL = "http://axis.test"


@pytest.fixture
def settings(tmp_path):
    return Settings(database_url=f"sqlite:///{tmp_path}/axis.db", public_url=URL)


@pytest.fixture
def secret(settings):
    return open_secret_key(settings, make=True)


@pytest.fixture
def clock(now):
    clock = Clock()
    clock.move(now - clock.now())
    return clock


@pytest.fixture
def client(database, settings, clock):
    return AsgiClient(application(database, routes.router, settings=settings, clock=clock))


@pytest.fixture
def issued(database, secret, now, authority):  # noqa: ARG001 - for its effect
    with database.read() as tx:
        issuing = open_authority(tx, ISSUING, secret)
    request = Request("000.00.00.H24", "Hải Phòng", keys.generate("p256").public_key())
    made = issue(issuing, request, now, URL)
    database.write(lambda tx: record(tx, [made]))
    return made
