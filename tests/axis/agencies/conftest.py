"""Callers of a store with three agencies, one below another."""

import pytest

from axis.agencies.callers import Callers
from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.clock import real_now
from axis.protocol.agency_codes import canonical


@pytest.fixture
def callers(database):
    """Callers as every route meets them."""
    entries = [AgencyEntry(canonical(code), code) for code in ("H24", "H24.05", "H25")]
    database.write(lambda tx: put_agencies(tx, entries, real_now()))
    return Callers(database)
