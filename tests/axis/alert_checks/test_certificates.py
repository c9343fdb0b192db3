"""A certificate that is about to run out raises an alert, until it has a successor."""

import hashlib
import json
import os

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from support import pki
from support.alerts import WatchedExchange
from support.exchange import A

from axis.authority.certificates import Request, create_authority, issue, record, revoke
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import Microseconds, from_datetime
from axis.database.secret_key import SecretKey
from axis.trust.queries import put_registration
from signing import keys
from signing.paths.validation import TrustMaterial

DAY = 86_400_000_000
URL = "http://axis.test"


def register(watched: WatchedExchange, der: bytes, kind: str = "organisation") -> str:
    sha256 = hashlib.sha256(der).hexdigest()
    row = {"sha256": sha256, "agency": A, "kind": kind, "der": der, "registered_at": 1}
    watched.exchange.database.write(lambda tx: put_registration(tx, row))
    return sha256


def test_a_registered_certificate_raises_one_until_a_later_one_is_registered(
    watched: WatchedExchange,
) -> None:
    certificate = pki.organisation().certificate
    sha256 = register(watched, certificate.public_bytes(Encoding.DER))
    ends = from_datetime(certificate.not_valid_after_utc)
    watched.exchange.clock.at = Microseconds(ends - 30 * DAY - 1)
    assert watched.look("certificate-expiring") == (0, 0)
    watched.exchange.clock.at = Microseconds(ends - 30 * DAY)
    assert watched.look("certificate-expiring") == (1, 0)
    (alert,) = watched.open("certificate-expiring")
    assert (alert.subject, alert.agency) == (sha256, A)
    assert json.loads(alert.facts)["whose"] == f"{A} organisation"
    register(watched, pki.root().certificate.public_bytes(Encoding.DER))
    assert watched.look("certificate-expiring") == (0, 1)


def test_one_that_ran_out_is_an_alert_for_as_long_again_and_then_history(watched: WatchedExchange) -> None:
    certificate = pki.organisation().certificate
    register(watched, certificate.public_bytes(Encoding.DER))
    ends = from_datetime(certificate.not_valid_after_utc)
    watched.exchange.clock.at = Microseconds(ends + 29 * DAY)
    assert watched.look("certificate-expiring") == (1, 0)
    watched.exchange.clock.at = Microseconds(ends + 31 * DAY)
    assert watched.look("certificate-expiring") == (0, 1)


def test_anchors_and_issuers_of_the_trust_material_raise_one(watched: WatchedExchange) -> None:
    root, issuing = pki.root().certificate, pki.issuing().certificate
    ders = [each.public_bytes(Encoding.DER) for each in (root, issuing)]
    watched.material = TrustMaterial((ders[0],), (ders[1], b"no certificate"))
    ends = min(root.not_valid_after_utc, issuing.not_valid_after_utc)
    watched.exchange.clock.at = from_datetime(ends)
    raised, _ = watched.look("certificate-expiring")
    assert raised >= 1
    watched.set(alert_certificate_days=0)
    assert watched.look("certificate-expiring") == (0, raised)


@pytest.mark.stores("sqlite")
def test_what_the_authority_issued_raises_one_until_it_is_renewed_or_revoked(
    watched: WatchedExchange,
) -> None:
    exchange, secret = watched.exchange, SecretKey(os.urandom(32))
    database, begun = exchange.database, exchange.clock.now()
    database.write(lambda tx: create_authority(tx, begun, secret, URL, kind="p256", sandbox=True))
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)

    def give(at: int):
        request = Request(A, "Cơ quan", keys.generate("p256").public_key())
        issued = issue(authority, request, Microseconds(at), URL)
        database.write(lambda tx: record(tx, [issued]))
        return issued.certificate

    first = give(begun)
    ends = from_datetime(first.not_valid_after_utc)
    exchange.clock.at = Microseconds(ends - DAY)
    assert watched.look("certificate-expiring")[0] == 1
    assert watched.open("certificate-expiring")[0].agency == A
    second = give(exchange.clock.at)
    assert watched.look("certificate-expiring")[1] == 1
    exchange.clock.at = Microseconds(from_datetime(second.not_valid_after_utc) - DAY)
    assert watched.look("certificate-expiring")[0] >= 1
    assert A in {row.agency for row in watched.open("certificate-expiring")}
    serial, now = f"{second.serial_number:x}", exchange.clock.now()
    database.write(lambda tx: revoke(tx, serial, "superseded", now, secret))
    assert watched.look("certificate-expiring")[1] == 1
    assert A not in {row.agency for row in watched.open("certificate-expiring")}
