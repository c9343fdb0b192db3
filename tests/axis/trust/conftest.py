"""The routes of registered certificates over a store, an operator, and a certificate with its issuers."""

import pytest
from support.application import application, client_of

from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.authority.certificates import Request, issue
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import real_now
from axis.protocol.agency_codes import canonical
from axis.trust import routes
from signing import keys


@pytest.fixture
def app(database):
    """The routes, over a store with two agencies."""
    entries = [AgencyEntry(canonical(code), code) for code in ("H24", "H25")]
    database.write(lambda tx: put_agencies(tx, entries, real_now()))
    return application(database, routes.router)


@pytest.fixture
def operator(app):
    """An operator's client."""
    return client_of(app, role="operator", name="Vận hành")


@pytest.fixture
def chain(database, secret, now):
    """A certificate of an agency and its issuers, by the hub's own authority."""
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)
    key = keys.generate("p256").public_key()
    return issue(authority, Request("000.00.00.H24", "Hải Phòng", key), now, "http://axis.test").chain
