"""Revocation data of other authorities arrives by itself, beside the acceptance of documents."""

import dataclasses
import datetime as dt
import hashlib

import pytest
from cryptography.x509 import ocsp
from support import pki
from support.authority_server import loopback, serving

from axis.clock import Microseconds, from_datetime
from axis.judging.judge import Signed, Trust
from axis.outbound.guarded_http import public_addresses
from axis.settings import Settings
from axis.trust import queries
from axis.trust.anchors import add_anchor
from axis.trust.revocation_fetching import SECOND, fetch_some, note_wanted
from axis.trust.revocation_sources import Wanted, sources_of
from signing import authority as ca
from signing import cms
from signing.authority import Revocation
from signing.certificate_subjects import organisation_subject
from signing.certificates import fingerprint, to_der
from signing.ocsp import Answer, certificate_id, make_response, read_request
from signing.paths.validation import Enclosed, validate_path

AT = from_datetime(pki.AT)
NOW = from_datetime(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
MANIFEST = b'{"from": "000.00.00.H24"}'
DAY = dt.timedelta(days=1)


def later(seconds: float) -> Microseconds:
    return Microseconds(NOW + int(seconds * SECOND))


@pytest.fixture
def outside():
    with serving() as server:
        yield server


@pytest.fixture
def hosts(outside):
    return frozenset({outside.host})


@pytest.fixture
def trust(database, hosts):
    """A hub that trusts the small infrastructure's root and knows no list at all."""
    for certificate in (pki.root().certificate, pki.issuing().certificate):
        database.write(lambda tx, it=certificate: add_anchor(tx, it, None, NOW))
    trust = Trust(database, Settings(revocation_hosts=tuple(hosts)))
    yield trust
    trust.close()


def signer(outside, *, crl=("/issuing.crl",), responders=(), serial=10):
    lists, answers = ([outside.url(path) for path in paths] for paths in (crl, responders))
    terms = pki.terms(serial, end=pki.END - DAY, crl_urls=lists, ocsp_urls=answers)
    subject = organisation_subject(pki.NAME, pki.SENDER)
    certificate = ca.issue(pki.issuing(), pki.key("organisation").public_key(), subject, terms)
    return pki.Signer(certificate, pki.key("organisation"), (pki.issuing().certificate,))


def signature(who) -> bytes:
    return cms.sign(MANIFEST, who.certificate, who.key, chain=who.chain)


def judge(trust, who):
    verdict = trust.judge_blocking(Signed(MANIFEST, [signature(who)], pki.SENDER, AT)).verdict
    return verdict.sub_indication or verdict.indication


def run(database, trust, hosts, now=NOW, addresses=loopback):
    note_wanted(database, trust.wanted, now)
    news = fetch_some(database, hosts, addresses, now)
    with database.read() as tx:
        trust.reload(tx)
    return news


def rows(database):
    with database.read() as tx:
        return list(tx.execute(queries.select(queries.revocation_sources)))


def test_a_missing_list_is_fetched_and_the_verdict_follows(database, trust, outside, hosts):
    outside.files["/issuing.crl"] = pki.crl()
    who = signer(outside)
    before = trust.material.digest
    assert judge(trust, who) == "TRY_LATER"
    assert run(database, trust, hosts) == 1
    assert judge(trust, who) == "TOTAL-PASSED"
    assert trust.material.digest != before
    assert outside.asked == [("/issuing.crl", outside.host, b"")]


def test_a_revocation_told_by_a_fetched_list_counts(database, trust, outside, hosts):
    revoked = Revocation(10, pki.AT - dt.timedelta(hours=1), "keyCompromise")
    outside.files["/issuing.crl"] = pki.crl(None, [revoked])
    who = signer(outside)
    judge(trust, who)
    run(database, trust, hosts)
    assert judge(trust, who) == "REVOKED"


def test_an_outage_is_tried_again_later_and_later(database, trust, outside, hosts):
    who = signer(outside)
    assert judge(trust, who) == "TRY_LATER"
    assert run(database, trust, hosts) == 0
    (row,) = rows(database)
    assert (row.failures, row.problem, row.next_try_at) == (1, "the answer was 404", later(5))
    assert run(database, trust, hosts, later(4)) == 0
    assert len(outside.asked) == 1
    run(database, trust, hosts, later(5))
    assert rows(database)[0].next_try_at == later(5 + 10)
    outside.files["/issuing.crl"] = pki.crl()
    assert run(database, trust, hosts, later(15)) == 1
    assert judge(trust, who) == "TOTAL-PASSED"
    assert rows(database)[0].failures == 0


def test_another_process_finds_what_one_fetched(database, trust, outside, hosts):
    other = Trust(database, Settings(revocation_hosts=tuple(hosts)))
    outside.files["/issuing.crl"] = pki.crl()
    judge(trust, signer(outside))
    run(database, trust, hosts)
    with database.read() as tx:
        other.reload(tx)
    assert judge(other, signer(outside)) == "TOTAL-PASSED"
    assert run(database, other, hosts, later(1)) == 0
    other.close()
    assert len(outside.asked) == 1


def test_a_list_is_fetched_again_before_it_runs_out_and_never_replaced_by_an_older_one(
    database, trust, outside, hosts
):
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    fresh = pki.crl(None, (), start, start + dt.timedelta(hours=2))
    outside.files["/issuing.crl"] = fresh
    judge(trust, signer(outside))
    run(database, trust, hosts)
    assert run(database, trust, hosts, later(3599)) == 0
    outside.files["/issuing.crl"] = pki.crl(None, (), start - DAY, start + dt.timedelta(hours=2))
    assert run(database, trust, hosts, later(3600)) == 0
    assert len(outside.asked) == 2
    assert rows(database)[0].der == fresh
    assert "older" in rows(database)[0].problem
    newer = pki.crl(None, (), start + dt.timedelta(hours=1), start + dt.timedelta(hours=3))
    outside.files["/issuing.crl"] = newer
    assert run(database, trust, hosts, later(3605)) == 1
    assert rows(database)[0].der == newer


FORGED = {
    "nonsense": b"<html>",
    "another authority's": pki.crl(pki.root()),
    "altered": pki.crl()[:-1] + bytes([pki.crl()[-1] ^ 1]),
    "certificate": to_der(pki.root().certificate),
}


@pytest.mark.parametrize("content", FORGED.values(), ids=FORGED)
def test_what_the_issuer_did_not_sign_is_not_kept(database, trust, outside, hosts, content):
    outside.files["/issuing.crl"] = content
    judge(trust, signer(outside))
    assert run(database, trust, hosts) == 0
    assert rows(database)[0].der is None


def test_addresses_of_certificates_under_no_trusted_root_are_not_taken(database, outside, hosts):
    trust = Trust(database, Settings(revocation_hosts=tuple(hosts)))
    assert judge(trust, signer(outside)) == "NO_CERTIFICATE_CHAIN_FOUND"
    run(database, trust, hosts)
    trust.close()
    assert (rows(database), outside.asked) == ([], [])


def test_other_hosts_are_not_asked(database, trust, outside):
    for hosts in (frozenset(), frozenset({"other.test"})):
        trust.wanted = Wanted(hosts)
        judge(trust, signer(outside, serial=100 + len(hosts)))
        run(database, trust, hosts)
    assert (rows(database), outside.asked) == ([], [])


def test_a_host_that_leads_to_a_private_address_is_not_asked(database, trust, outside, hosts):
    judge(trust, signer(outside))

    def guard(_host, port):
        return public_addresses("127.0.0.1", port)

    assert run(database, trust, hosts, addresses=guard) == 0
    assert outside.asked == []
    assert "not public" in rows(database)[0].problem


def test_where_a_certificate_names_no_list_its_responder_is_asked(database, trust, outside, hosts):
    who = signer(outside, crl=(), responders=["/ocsp"], serial=0xABCDEF)
    assert judge(trust, who) == "TRY_LATER"
    issuer = pki.issuing()

    def answer(status):
        named = certificate_id(issuer.certificate, who.certificate.serial_number)
        at = pki.AT + DAY
        revoked_at = at - 2 * DAY if status == "revoked" else None
        made = Answer(named, status, at, at + DAY, revoked_at)
        return make_response(issuer.certificate, issuer.key, [made], at)

    outside.files["/ocsp"] = answer("unknown")
    assert run(database, trust, hosts) == 0
    assert "does not know" in rows(database)[0].problem
    outside.files["/ocsp"] = answer("good")
    assert run(database, trust, hosts, later(5)) == 1
    asked = read_request(outside.asked[0][2]).certificates
    assert [each.serial for each in asked] == [0xABCDEF]
    assert ocsp.load_der_ocsp_response(rows(database)[0].der).serial_number == 0xABCDEF
    assert judge(trust, who) == "TOTAL-PASSED"
    assert (
        run(database, trust, hosts, later(10**6)) == 0
    )  # nobody asks anew about a signer that is not missing


def test_all_addresses_of_a_path_are_found_but_the_roots(outside, hosts):
    terms = pki.terms(2, crl_urls=[outside.url("/root.crl")])
    issuing = ca.create_issuing(pki.root(), pki.key("issuing"), pki.issuing().certificate.subject, terms)
    who = signer(outside)
    material = pki.TrustMaterial((to_der(pki.root().certificate),), (to_der(issuing.certificate),))
    outcome = validate_path(who.der, Enclosed(), material, pki.AT)
    known = (who.der, *material.intermediates, *material.roots)
    found = {
        (source.url, hashlib.sha256(source.issuer).hexdigest())
        for source in sources_of(outcome, known, hosts)
    }
    assert found == {
        (outside.url("/issuing.crl"), fingerprint(issuing.certificate)),
        (outside.url("/root.crl"), fingerprint(pki.root().certificate)),
    }


def test_places_noted_again_are_kept_once_and_bounded(database, trust, outside, hosts, monkeypatch):
    monkeypatch.setattr("axis.trust.revocation_fetching.SOURCES_KEPT", 2)
    for number in range(4):
        judge(trust, signer(outside, crl=[f"/{number}.crl"], serial=200 + number))
        judge(trust, signer(outside, crl=[f"/{number}.crl"], serial=300 + number))
    run(database, trust, hosts)
    assert len(rows(database)) == 2


def test_a_certificate_that_cannot_be_read_names_no_address_and_stops_nothing(outside, hosts):
    who = signer(outside)
    outcome = validate_path(who.der, Enclosed(), pki.trust(pki.crl(pki.root())), pki.AT)
    unreadable = who.der[:-300]
    named = dataclasses.replace(outcome, chain=(hashlib.sha256(unreadable).hexdigest(), *outcome.chain[1:]))
    known = (unreadable, to_der(pki.issuing().certificate), to_der(pki.root().certificate))
    assert list(sources_of(named, known, hosts)) == []
