"""Certificates in use: whose, since when, how often; expiring, expired, or used after they were revoked."""

import dataclasses
import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support import pki
from support.exchange import AUDITOR, MONDAY, A, B, C, speaking_for

from axis.agencies.directory import Directory
from axis.authority.tables import issued_certificates
from axis.clock import Microseconds, rfc3339, to_datetime
from axis.compliance.certificates import certificate_list
from axis.compliance.certificates.certificate_list import Asked, list_certificates
from axis.documents.filters import DocumentQuery
from axis.documents.listing import list_documents
from signing import cms
from signing.verdict import DocumentVerdict, Indication

DAY = 24 * 3600 * 1_000_000


@pytest.fixture(scope="module")
def signature():
    """A signature's verdict with a certificate, of which each test makes its own."""
    signer = pki.organisation()
    return pki.judge(cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain))


@pytest.fixture
def sign(exchange, signature):
    """Send a document signed with a certificate of this number, day by day."""

    def send(number, day=0, agency=A, ends=400, kind="organisation", issuer="CN=CA", twice=False):
        shown = dataclasses.replace(
            signature.certificate,
            sha256=f"{number:064x}",
            serial=f"{number:x}",
            issuer=issuer,
            not_after=to_datetime(Microseconds(MONDAY + ends * DAY)),
        )
        each = signature._replace(certificate=shown, agency=agency, kind=kind)
        verdict = DocumentVerdict(
            Indication.TOTAL_PASSED, None, "organisation", (each,) * (2 if twice else 1), "test", "00" * 32
        )
        exchange.clock.at = Microseconds(MONDAY + day * DAY)
        new = exchange.new_document(A if agency != B else B, (C,))
        exchange.record(dataclasses.replace(new, verdict=lost(verdict))).result()

    return send


def lost(verdict):
    return dataclasses.replace(
        verdict, signatures=tuple(each._replace(material=None) for each in verdict.signatures)
    )


def listed(exchange, caller=AUDITOR, now=MONDAY + 30 * DAY, lists=(), **asked):
    found, after = [], ""
    while after is not None:
        with exchange.database.read() as tx:
            page = Asked(**{"limit": 1000, **asked, "after": after})
            items, after = list_certificates(tx, Directory(), caller, page, Microseconds(now), lists)
        assert len(items) <= page.limit
        found += items
    return found


def numbers(items):
    return [int(item["certificate"]["sha256"], 16) for item in items]


def test_each_certificate_has_its_uses_and_documents_to_open(exchange, sign):
    sign(7, day=1, twice=True)
    sign(3, day=2, agency=B, kind="person")
    sign(7, day=4)
    exchange.send(A, (B,), signed="unsigned")
    first, second = listed(exchange)
    assert numbers([first, second]) == [3, 7]
    assert (second["documents"], second["agency"], second["kind"]) == (2, A, "organisation")
    assert second["first_used"] == rfc3339(Microseconds(MONDAY + DAY))
    assert second["last_used"] == rfc3339(Microseconds(MONDAY + 4 * DAY))
    assert (first["documents"], first["agency"], first["kind"]) == (1, B, "person")
    assert (second["revoked_at"], second["used_after_revocation"], second["expired"]) == (None, 0, False)
    for item in (first, second):
        query = DocumentQuery.model_validate({"certificate": item["certificate"]["sha256"]})
        with exchange.database.read() as tx:
            assert len(list_documents(tx, query, AUDITOR)[0]) == item["documents"]


def test_expiring_and_expired_are_told_by_business_time(exchange, sign):
    for number, ends in enumerate((10, 29, 30, 59, 60, 400)):
        sign(number, ends=ends)
    assert numbers(listed(exchange, state="expired")) == [0, 1]
    assert numbers(listed(exchange, state="expiring")) == [2, 3]
    assert numbers(listed(exchange, state="expiring", within_days=31)) == [2, 3, 4]
    assert numbers(listed(exchange, state="expired", now=MONDAY)) == []
    assert [item["expired"] for item in listed(exchange)] == [True] * 2 + [False] * 4


def test_used_after_revocation_is_found_in_lists_and_in_the_hub_s_own_records(exchange, sign):
    for day in (1, 5, 9):
        sign(1, day=day)
        sign(2, day=day)
    sign(3, day=9)
    crl = revocation_list("CA", {1: 5, 3: 9})
    exchange.database.write(
        lambda tx: tx.execute(
            issued_certificates.insert().values(
                serial="2", authority="issuing", sha256=f"{2:064x}", der=b"", issued_at=0,
                revoked_at=MONDAY + 4 * DAY,
            )
        ) and None
    )  # fmt: skip
    found = dict(zip(numbers(listed(exchange)), listed(exchange, lists=[crl]), strict=True))
    assert [found[number]["used_after_revocation"] for number in (1, 2, 3)] == [1, 2, 0]
    assert found[1]["revoked_at"] == rfc3339(Microseconds(MONDAY + 5 * DAY))
    assert numbers(listed(exchange, lists=[crl], state="revoked-but-used")) == [1, 2]
    assert numbers(listed(exchange, lists=[crl], state="revoked-but-used")) == [1, 2]
    useless = [b"no list", revocation_list("another", {1: 5})]
    assert numbers(listed(exchange, lists=useless, state="revoked-but-used")) == [2]


def revocation_list(name, revoked):
    """A list of an issuer by this common name: serials, and the day on which each was revoked."""
    begins = to_datetime(MONDAY)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .last_update(begins)
        .next_update(begins + dt.timedelta(days=90))
    )
    for serial, day in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial)
        entry = entry.revocation_date(begins + dt.timedelta(days=day))
        builder = builder.add_revoked_certificate(entry.build())
    key = ec.generate_private_key(ec.SECP256R1())
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_filters_narrow_and_an_agency_sees_its_own_alone(exchange, sign):
    sign(1)
    sign(2, kind="person", issuer="CN=Another")
    sign(3, agency=B)
    assert numbers(listed(exchange, agency=A)) == [1, 2]
    assert numbers(listed(exchange, agency=A, kind="person")) == [2]
    assert numbers(listed(exchange, issuer="CN=CA")) == [1, 3]
    assert numbers(listed(exchange, speaking_for(A))) == [1, 2]
    assert numbers(listed(exchange, speaking_for(B))) == [3]
    assert numbers(listed(exchange, speaking_for(C))) == []


def test_a_page_ends_where_it_has_counted_enough_and_says_where_to_go_on(exchange, sign, monkeypatch):
    monkeypatch.setattr(certificate_list, "COUNTED", 2)
    for number in (1, 2, 2, 3):
        sign(number)
    with exchange.database.read() as tx:
        items, following = list_certificates(tx, Directory(), AUDITOR, Asked(), Microseconds(MONDAY), ())
    assert (numbers(items), following) == ([1, 2], f"{2:064x}")
    assert numbers(listed(exchange)) == [1, 2, 3]


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_pages_hold_every_certificate_once(exchange, sign, monkeypatch, limit):
    monkeypatch.setattr(certificate_list, "LOOKED_AT", 2)
    for number in range(5):
        sign(number, ends=10 if number % 2 else 400)
    assert numbers(listed(exchange, limit=limit)) == [0, 1, 2, 3, 4]
    assert numbers(listed(exchange, limit=limit, state="expired")) == [1, 3]
