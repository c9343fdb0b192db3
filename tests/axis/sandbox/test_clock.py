"""Over HTTP: business time is moved, and the authority's lists move along."""

import pytest
from cryptography import x509

from axis.authority import queries as authority_queries
from axis.clock import parse_rfc3339, real_now, to_datetime


def newest_list(database) -> x509.CertificateRevocationList:
    with database.read() as tx:
        return x509.load_der_x509_crl(authority_queries.revocation_list(tx, "issuing").der)


def test_the_clock_moves_both_ways_and_lists_move_along(tester, database, clock):
    for at in ("2019-03-12T01:00:00Z", "2019-08-20T10:00:00Z", "2015-01-01T00:00:00Z"):
        reply = tester.put("/sandbox/clock", json={"at": at})
        assert reply.status_code == 200
        answered = tester.get("/sandbox/clock").json()
        assert answered["moved"]
        assert 0 <= parse_rfc3339(answered["at"]) - parse_rfc3339(at) < 60_000_000
        assert abs(clock.now() - parse_rfc3339(at)) < 60_000_000
        revocations = newest_list(database)
        assert revocations.last_update_utc <= to_datetime(clock.now()) < revocations.next_update_utc
    assert not tester.put("/sandbox/clock", json={"at": None}).json()["moved"]
    assert abs(clock.now() - real_now()) < 1_000_000


@pytest.mark.parametrize(
    "body", [{}, [], {"at": 5}, {"at": "2009-12-31T00:00:00Z"}, {"at": "2060-01-01T00:00:00Z"}, {"to": None}]
)
def test_the_clock_takes_times_its_authority_lives_in(tester, body):
    assert tester.put("/sandbox/clock", json=body).status_code == 422
