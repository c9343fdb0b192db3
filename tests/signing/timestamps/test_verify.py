"""Time-stamps: believed only for the octets they cover, from an authority that may stamp, at that time."""

import hashlib
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from support import pki, tsa
from support.effort import times

from signing import cms
from signing.authority import Revocation
from signing.policy import DEFAULT
from signing.timestamps import (
    verify_token,
    with_signature_timestamp,
)
from signing.timestamps.attach import signature_value
from signing.verdict_vocabulary import Indication, SubIndication

PASSED = Indication.TOTAL_PASSED
STAMP = tsa.token()


def outcome(verdict, name):
    return next(check.outcome for check in verdict.checks if check.name == f"timestamp-{name}")


def test_a_timestamp_over_these_octets_is_believed_and_names_its_time():
    stamp = tsa.token(accuracy_microseconds=1_500_250, serial=2**127)
    verdict = tsa.judge(stamp, seen_at=pki.AT + timedelta(days=1))
    assert verdict.indication == PASSED
    assert verdict.is_believed
    assert (verdict.at, verdict.accuracy) == (pki.AT, timedelta(seconds=1, microseconds=500_250))
    assert (verdict.serial, verdict.policy) == (2**127, tsa.POLICY)
    assert verdict.authority is not None
    assert verdict.authority.subject.startswith("CN=Time-stamping")
    assert len(verdict.chain) == 3
    assert {check.outcome for check in verdict.checks} == {"passed"}


@pytest.mark.parametrize("kind", ["rsa-2048-stamper", "stamper"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_every_key_and_admitted_digest_is_believed(kind, digest):
    assert tsa.judge(tsa.token(tsa.stamper(kind), digest=digest)).indication == PASSED


def test_a_timestamp_over_other_octets_is_not_believed():
    verdict = tsa.judge(STAMP, tsa.STAMPED + b" ")
    assert verdict.sub_indication == SubIndication.HASH_FAILURE
    assert outcome(verdict, "imprint") == "failed"


def test_the_octets_may_be_given_by_their_digests():
    digests = {"sha256": hashlib.sha256(tsa.STAMPED).digest()}

    def paths(*arguments):
        return pki.validate_path(arguments[0], arguments[1], pki.trust(), arguments[2])

    assert verify_token(STAMP, digests.get, paths=paths).indication == PASSED
    unknown = verify_token(tsa.token(digest="sha512"), digests.get, paths=paths)
    assert unknown.sub_indication == SubIndication.CRYPTO_CONSTRAINTS_FAILURE


@pytest.mark.parametrize("digest", ["sha1", "md5", "sha224"])
def test_an_imprint_by_a_weak_digest_is_not_believed(digest):
    verdict = tsa.judge(tsa.token(digest=digest))
    assert verdict.sub_indication == SubIndication.CRYPTO_CONSTRAINTS_FAILURE
    assert outcome(verdict, "imprint") == "failed"


def test_an_altered_token_is_not_believed():
    info = STAMP.index(hashlib.sha256(tsa.STAMPED).digest())
    moved = bytearray(STAMP)
    moved[info + 32 + 2 + 1 + 2] ^= 1  # the year of its time
    verdict = tsa.judge(bytes(moved))
    assert verdict.indication != PASSED
    value = bytearray(STAMP)
    value[-1] ^= 1
    assert tsa.judge(bytes(value)).sub_indication == SubIndication.SIG_CRYPTO_FAILURE


PURPOSES = [
    ([], False),
    ([ExtendedKeyUsageOID.TIME_STAMPING], False),
    ([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION], True),
    ([ExtendedKeyUsageOID.EMAIL_PROTECTION], True),
    ([x509.ObjectIdentifier("2.5.29.37.0")], True),
]


@pytest.mark.parametrize(("purposes", "critical"), PURPOSES)
def test_an_authority_that_is_not_for_stamping_alone_is_not_believed(purposes, critical):
    who = tsa.with_purposes(purposes, critical=critical)
    verdict = tsa.judge(tsa.token(who))
    assert verdict.sub_indication == SubIndication.CHAIN_CONSTRAINTS_FAILURE
    assert outcome(verdict, "authority") == "failed"


def test_an_authority_for_stamping_alone_is_believed_by_whoever_made_its_certificate():
    who = tsa.with_purposes([ExtendedKeyUsageOID.TIME_STAMPING], critical=True)
    assert tsa.judge(tsa.token(who)).indication == PASSED


def test_an_agency_cannot_stamp_times():
    verdict = tsa.judge(tsa.token(pki.organisation()))
    assert verdict.sub_indication == SubIndication.CHAIN_CONSTRAINTS_FAILURE


def test_a_time_stamping_authority_cannot_sign_documents():
    who = tsa.stamper()
    verdict = pki.judge(cms.sign(pki.CONTENT, who.certificate, who.key, chain=who.chain))
    assert verdict.indication != PASSED
    assert pki.check(verdict, "certificate-usage").outcome == "failed"


def test_an_authority_under_no_trusted_root_is_not_believed():
    material = pki.TrustMaterial(roots=())
    verdict = tsa.judge(STAMP, material=material)
    assert verdict.sub_indication == SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_an_authority_must_have_been_valid_at_the_stamped_time():
    who = tsa.stamper(end=pki.AT - timedelta(days=1))
    assert tsa.judge(tsa.token(who)).sub_indication == SubIndication.EXPIRED


def revoked(days, reason="keyCompromise"):
    at = pki.AT + timedelta(days=days)
    return pki.trust(pki.crl(None, [Revocation(tsa.SERIAL, at, reason)], pki.AT + timedelta(days=9)))


def test_an_authority_revoked_before_the_stamped_time_is_not_believed():
    verdict = tsa.judge(STAMP, material=revoked(-1))
    assert verdict.sub_indication == SubIndication.REVOKED
    assert outcome(verdict, "revocation") == "failed"


def test_an_authority_revoked_before_the_token_was_seen_is_not_believed_since_it_could_stamp_any_time():
    later = pki.AT + timedelta(days=10)
    verdict = tsa.judge(STAMP, material=revoked(5), seen_at=later)
    assert verdict.sub_indication == SubIndication.REVOKED
    assert tsa.judge(STAMP, material=revoked(5), seen_at=pki.AT + timedelta(days=4)).is_believed
    assert tsa.judge(STAMP, material=revoked(5)).is_believed


def test_without_a_current_revocation_list_it_is_undecided():
    stale = pki.trust(
        pki.crl(this_update=pki.AT - timedelta(days=60), next_update=pki.AT - timedelta(days=30))
    )
    verdict = tsa.judge(STAMP, material=stale)
    assert verdict.sub_indication == SubIndication.TRY_LATER


def test_a_time_after_the_token_was_seen_is_not_believed_beyond_the_stated_skew():
    seen = pki.AT - DEFAULT.clock_skew
    assert tsa.judge(STAMP, seen_at=seen).is_believed
    verdict = tsa.judge(STAMP, seen_at=seen - timedelta(seconds=1))
    assert verdict.sub_indication == SubIndication.SIG_CONSTRAINTS_FAILURE


def test_a_signature_that_is_no_timestamp_is_not_believed():
    who = tsa.stamper()
    plain = cms.sign(tsa.STAMPED, who.certificate, who.key)
    for other in (plain, b"", b"\x30\x00", b"no token", STAMP[:-1]):
        verdict = tsa.judge(other)
        assert verdict.sub_indication == SubIndication.FORMAT_FAILURE
        assert verdict.at is None


def test_a_token_without_its_certificate_is_not_believed():
    verdict = tsa.judge(tsa.token(certificates=None))
    assert verdict.sub_indication == SubIndication.NO_CERTIFICATE_CHAIN_FOUND


@settings(max_examples=times(150))
@given(st.data())
def test_whatever_the_bytes_are_there_is_a_verdict_and_nothing_altered_is_believed(data):
    altered = bytearray(STAMP)
    position = data.draw(st.integers(0, len(altered) - 1))
    altered[position] ^= data.draw(st.integers(1, 255))
    verdict = tsa.judge(bytes(altered))
    if verdict.indication == PASSED:  # the issuer that came along is not needed, and so may be altered
        assert (verdict.at, verdict.serial) == (pki.AT, 1)


def stampers():
    """An authority for time-stamping under the same root, with lists of its own, and one it certified."""
    subject = pki.authority_subject("Stampers", "Ban Cơ yếu")
    by = pki.authority.create_issuing(pki.root(), pki.key("stampers"), subject, pki.terms(40))
    key = pki.key("stamper")
    name = pki.authority_subject("Time-stamping", "Ban Cơ yếu")
    certificate = pki.authority.issue_timestamp_authority(
        by, key.public_key(), name, pki.terms(41, end=pki.END - timedelta(days=1))
    )
    return by, pki.Signer(certificate, key, (by.certificate,))


def stamped_before_expiry():
    """A signature whose certificate expires before it is received, with a time-stamp from before."""
    signer = pki.organisation(end=pki.AT + timedelta(days=1))
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain)
    by, who = stampers()
    return with_signature_timestamp(signature, tsa.token(who, signature_value(signature))), signature, by


def test_a_timestamp_whose_authoritys_list_is_missing_leaves_open_what_it_would_save():
    stamped, bare, by = stamped_before_expiry()
    received = pki.AT + timedelta(days=20)
    known = (pki.to_der(pki.issuing().certificate), pki.to_der(by.certificate))
    without = pki.trust(intermediates=known)
    undecided = pki.judge(stamped, material=without, at=received)
    assert undecided.sub_indication == SubIndication.TRY_LATER
    assert pki.judge(bare, material=without, at=received).sub_indication == SubIndication.EXPIRED
    lists = (pki.crl(), pki.crl(by))
    later = pki.judge(stamped, material=pki.trust(*lists, intermediates=known), at=received)
    assert (later.indication, later.time_source, later.trusted_time) == (PASSED, "rfc3161", pki.AT)


def test_a_timestamp_whose_authoritys_list_is_missing_harms_nothing_that_passes_without_it():
    stamped, _bare, by = stamped_before_expiry()
    known = (pki.to_der(pki.issuing().certificate), pki.to_der(by.certificate))
    verdict = pki.judge(stamped, material=pki.trust(intermediates=known), at=pki.AT + timedelta(hours=1))
    assert (verdict.indication, verdict.time_source) == (PASSED, "acceptance")


def test_an_undecided_timestamp_saves_nothing_that_is_wrong_otherwise():
    stamped, _bare, by = stamped_before_expiry()
    known = (pki.to_der(pki.issuing().certificate), pki.to_der(by.certificate))
    received = pki.AT + timedelta(days=20)
    verdict = pki.judge(stamped, pki.CONTENT + b" ", material=pki.trust(intermediates=known), at=received)
    assert verdict.sub_indication == SubIndication.HASH_FAILURE
