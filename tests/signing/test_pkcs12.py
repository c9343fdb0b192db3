"""PKCS #12 files open with their password alone, hold the whole chain, and are protected with AES."""

import pytest
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from support import pki

from signing.pkcs12 import to_pkcs12

AES_256_CBC = bytes.fromhex("60864801650304012a")


def test_a_file_holds_key_and_certificates_and_opens_with_its_password_alone():
    signer = pki.organisation()
    issuer = pki.issuing().certificate
    file = to_pkcs12(signer.key, signer.certificate, issuer, password="mật khẩu")
    assert file.count(AES_256_CBC) == 2  # around the key, and around the certificates
    read = load_pkcs12(file, "mật khẩu".encode())
    assert read.key.private_numbers() == signer.key.private_numbers()
    assert read.cert.certificate == signer.certificate
    assert [each.certificate for each in read.additional_certs] == [issuer]
    with pytest.raises(ValueError, match="password"):
        load_pkcs12(file, b"sai")
