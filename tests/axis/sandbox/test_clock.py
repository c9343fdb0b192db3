"""Over HTTP: business time is moved, and the authority's lists move along."""

import pytest
from cryptography import x509
from sqlalchemy import select
from support.waiting import wait_until

from axis.authority import queries as authority_queries
from axis.clock import FAST_UNTIL, parse_rfc3339, real_now, to_datetime
from axis.database.store_facts import business_now, clock_setting


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


def test_the_clock_runs_faster_and_queries_see_the_same_time(tester, database, clock):
    for body in ({"at": "2019-03-12T01:00:00Z", "factor": 3_600}, {"factor": 86_400}):
        begun, real = clock.now(), real_now()
        told = tester.put("/sandbox/clock", json=body).json()
        assert (told["moved"], told["factor"]) == (True, body["factor"])
        started = parse_rfc3339(body["at"]) if "at" in body else begun
        gained = (real_now() - real) * body["factor"]
        with database.read() as tx:
            before = clock_setting(tx).business(real_now())
            found = tx.execute(select(business_now())).scalar_one()
            after = clock_setting(tx).business(real_now())
        assert started <= parse_rfc3339(told["at"]) <= before <= found <= after
        assert parse_rfc3339(told["at"]) <= started + gained
    kept = tester.put("/sandbox/clock", json={"factor": 1}).json()
    assert (kept["moved"], kept["factor"]) == (True, 1)
    assert 0 <= parse_rfc3339(kept["at"]) - found < 86_400 * (real_now() - real)
    assert not tester.put("/sandbox/clock", json={"at": None}).json()["moved"]


def test_a_fast_clock_stands_still_before_its_authority_ends(tester, database, clock):
    tester.put("/sandbox/clock", json={"at": "2059-12-31T23:58:00Z", "factor": 86_400})
    wait_until(lambda: clock.now() == FAST_UNTIL, "the clock to come to its end")
    with database.read() as tx:
        assert tx.execute(select(business_now())).scalar_one() == FAST_UNTIL
    assert parse_rfc3339("2060-01-01T00:00:00Z") > FAST_UNTIL


@pytest.mark.parametrize(
    "body",
    [
        *({}, [], {"at": 5}, {"at": "2009-12-31T00:00:00Z"}, {"at": "2060-01-01T00:00:00Z"}, {"to": None}),
        *({"factor": factor} for factor in (0, 86_401, 1.5, "60", None, True)),
        {"at": None, "factor": 60},
    ],
)
def test_the_clock_takes_times_its_authority_lives_in(tester, body):
    assert tester.put("/sandbox/clock", json=body).status_code == 422
