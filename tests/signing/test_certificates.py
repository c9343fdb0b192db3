"""Certificates are read from DER and PEM within limits, and summarised as openssl does."""

from datetime import timedelta

import pytest
from support import pki

from signing.certificates import fingerprint, load_certificates, read_certificate, summary, to_pem
from signing.errors import (
    UnreadableCertificate,
)


def test_certificates_are_read_from_der_and_pem():
    signer = pki.organisation()
    pem = to_pem(signer.certificate, *signer.chain)
    assert load_certificates(pem) == [signer.certificate, *signer.chain]
    assert load_certificates(signer.der) == [signer.certificate]


@pytest.mark.parametrize(
    "data", [b"", b"junk", b"-----BEGIN CERTIFICATE-----\n", b"-----BEGIN X", b"x" * (5 << 20)]
)
def test_what_is_no_certificate_is_refused_by_name(data):
    with pytest.raises(UnreadableCertificate):
        load_certificates(data)


def test_a_certificate_too_large_to_be_one_is_refused():
    with pytest.raises(UnreadableCertificate):
        read_certificate(b"\x30" * 70_000)


def test_the_summary_is_what_openssl_says(tmp_path):
    signer = pki.organisation()
    signer.write(tmp_path)
    said = pki.openssl(
        tmp_path, "x509", "-in", "cert.pem", "-noout", "-fingerprint", "-sha256", "-serial"
    ).stdout.decode()  # fmt: skip
    shown = summary(signer.certificate)
    assert shown.sha256 in said.replace(":", "").lower()
    assert f"serial=0{shown.serial.upper()}" in said
    assert shown.sha256 == fingerprint(signer.certificate)
    assert (shown.not_before, shown.not_after) == (pki.BEGIN, pki.END - timedelta(days=1))
