"""Revocation lists that run out and sources that are down raise alerts, and clear them."""

import json
from datetime import timedelta

from sqlalchemy import update
from support import pki
from support.alerts import WatchedExchange
from support.revocation_lists import AT, make_list

from axis.clock import Microseconds, from_datetime
from axis.trust.tables import revocation_sources
from signing.paths.validation import TrustMaterial

HOUR = 3_600_000_000


def test_a_list_that_is_about_to_run_out_raises_one_until_a_newer_one_is_there(
    watched: WatchedExchange,
) -> None:
    ends = AT + timedelta(days=29)
    older = make_list(this_update=AT - timedelta(days=2), next_update=AT)
    watched.material = TrustMaterial((), crls=(older, make_list(next_update=ends), b"no list"))
    watched.exchange.clock.at = Microseconds(from_datetime(ends) - 6 * HOUR)
    assert watched.look("list-expiring") == (0, 0)
    watched.exchange.clock.at = Microseconds(watched.exchange.clock.at + 1)
    assert watched.look("list-expiring") == (1, 0)
    issuer = pki.issuing().certificate.subject.rfc4514_string()
    assert watched.subjects("list-expiring") == [issuer]
    newer = make_list(next_update=ends + timedelta(days=29))
    watched.material = TrustMaterial((), crls=(*watched.material.crls, newer))
    assert watched.look("list-expiring") == (0, 1)


def test_a_list_of_a_few_hours_raises_one_in_its_last_tenth_and_after_its_end(
    watched: WatchedExchange,
) -> None:
    ends = AT + timedelta(hours=10)
    watched.material = TrustMaterial((), crls=(make_list(this_update=AT, next_update=ends),))
    watched.exchange.clock.at = Microseconds(from_datetime(AT) + 9 * HOUR)
    assert watched.look("list-expiring") == (0, 0)
    watched.exchange.clock.at = Microseconds(from_datetime(AT) + 30 * HOUR)
    assert watched.look("list-expiring") == (1, 0)
    watched.set(alert_list_hours=0)
    assert watched.look("list-expiring") == (0, 1)


def test_a_source_that_is_down_raises_one_until_it_answers(watched: WatchedExchange) -> None:
    source = {"id": "ab", "kind": "crl", "url": "http://crl.test/ca.crl", "issuer": b"", "serial": ""}
    source |= {"next_try_at": 0, "failures": 2, "problem": "timed out"}
    database = watched.exchange.database
    database.write(lambda tx: tx.execute(revocation_sources.insert(), source))

    def failed(times: int) -> None:
        database.write(lambda tx: tx.execute(update(revocation_sources).values(failures=times)))

    assert watched.look("revocation-source-down") == (0, 0)
    failed(3)
    assert watched.look("revocation-source-down") == (1, 0)
    assert json.loads(watched.open("revocation-source-down")[0].facts)["url"] == "http://crl.test/ca.crl"
    failed(4)
    assert watched.look("revocation-source-down") == (0, 0)
    failed(0)
    assert watched.look("revocation-source-down") == (0, 1)
    failed(9)
    assert watched.look("revocation-source-down") == (1, 0)
    watched.set(alert_source_failures=0)
    assert watched.look("revocation-source-down") == (0, 1)
