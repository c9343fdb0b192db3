"""What an authority makes: equal arguments give equal bytes, and lists say who was revoked."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from support import pki

from signing import authority, cms
from signing.authority import Revocation
from signing.certificates import to_der, to_pem
from signing.errors import (
    CertificateKeyMismatch,
    InvalidTimes,
    UnsupportedKey,
)


def test_the_same_arguments_give_the_same_certificate_and_list():
    assert pki.organisation().der == pki.organisation().der
    assert pki.crl() == pki.crl()


def test_a_list_says_who_was_revoked_when_and_why():
    at = pki.AT - timedelta(days=1)
    listed = x509.load_der_x509_crl(
        pki.crl(revoked=[Revocation(10, at, "keyCompromise"), Revocation(11, at)])
    )
    first = listed.get_revoked_certificate_by_serial_number(10)
    assert first.revocation_date_utc == at.replace(microsecond=0)
    assert first.extensions[0].value.reason == x509.ReasonFlags.key_compromise
    assert not listed.get_revoked_certificate_by_serial_number(11).extensions
    assert listed.is_signature_valid(pki.issuing().certificate.public_key())


def test_times_without_a_zone_or_backwards_are_refused():
    naive = datetime(2019, 1, 1)  # noqa: DTZ001 that is what is refused
    for begin, end in ((naive, pki.END), (pki.END, pki.BEGIN), (pki.BEGIN, pki.BEGIN)):
        with pytest.raises(InvalidTimes):
            authority.issue_crl(pki.issuing(), 1, begin, end)
        with pytest.raises(InvalidTimes):
            pki.organisation(begin=begin, end=end)
    signer = pki.organisation()
    with pytest.raises(InvalidTimes):
        cms.sign(b"", signer.certificate, signer.key, signing_time=naive)


def test_a_key_of_another_certificate_does_not_sign():
    with pytest.raises(CertificateKeyMismatch):
        cms.sign(b"", pki.organisation().certificate, pki.key("another"))
    with pytest.raises(UnsupportedKey):
        cms.sign(b"", pki.organisation().certificate, ed25519.Ed25519PrivateKey.generate())  # type: ignore[arg-type]


def test_signing_times_past_2049_are_written_as_they_must_be():
    signer = pki.organisation()
    for year in (2049, 2050):
        at = datetime(year, 6, 1, tzinfo=pki.AT.tzinfo)
        signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, signing_time=at)
        assert pki.judge(signature).claimed_time == at
        assert (b"\x17\x0d" + b"4906" in signature) == (year == 2049)


def test_the_issuing_authority_is_openssls_idea_of_one(tmp_path):
    (tmp_path / "root.pem").write_bytes(to_pem(pki.root().certificate))
    (tmp_path / "issuing.pem").write_bytes(to_pem(pki.issuing().certificate))
    for signer in (pki.organisation(), pki.person()):
        signer.write(tmp_path)
        pki.openssl(
            tmp_path, "verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "issuing.pem",
            "-attime", str(int(pki.AT.timestamp())), "-purpose", "smimesign", "cert.pem",
        )  # fmt: skip
    assert to_der(pki.issuing().certificate)
