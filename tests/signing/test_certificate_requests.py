"""Certificate requests as openssl writes them, and what passes for one and is none."""

import datetime as dt
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from signing.certificate_requests import REQUEST_BYTES, key_digest, read_certificate_request
from signing.errors import UnreadableCertificateRequest, UnsupportedKey
from signing.keys import generate

NOBODY = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ai đó")])


def request_by(key, encoding=serialization.Encoding.DER) -> bytes:
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return (
        x509.CertificateSigningRequestBuilder().subject_name(NOBODY).sign(key, digest).public_bytes(encoding)
    )


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "p256"),
        (["-newkey", "rsa:2048"], "rsa-2048"),
    ],
)
@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_what_openssl_writes_is_read(tmp_path, options, kind, form):
    command = ["openssl", "req", "-new", *options, "-nodes", "-keyout", "key.pem", "-subj", "/CN=axis"]
    subprocess.run(
        [*command, "-outform", form, "-out", "request"], cwd=tmp_path, check=True, capture_output=True
    )
    read = read_certificate_request((tmp_path / "request").read_bytes())
    key = serialization.load_pem_private_key((tmp_path / "key.pem").read_bytes(), None).public_key()
    assert read.public_key == key
    assert (read.kind, read.key_sha256) == (kind, key_digest(key))
    assert read_certificate_request(read.der) == read


def test_what_its_own_key_did_not_sign_is_refused():
    data = bytearray(request_by(generate("p256")))
    swapped = bytes(data).replace(
        key_of(bytes(data)), key_of(request_by(generate("p256")))
    )  # another's key, and the signature of the first
    for wrong in (bytes([*data[:-1], data[-1] ^ 1]), swapped):
        with pytest.raises(UnreadableCertificateRequest, match="own key"):
            read_certificate_request(wrong)


def key_of(der: bytes) -> bytes:
    key = x509.load_der_x509_csr(der).public_key()
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "secp384r1"),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
        (rsa.generate_private_key(65_537, 1024), "rsa-1024"),
        (rsa.generate_private_key(3, 2048), "exponent of 2 bits"),
    ],
)
def test_a_key_that_is_not_certified_here_is_named(key, said):
    with pytest.raises(UnsupportedKey, match=said):
        read_certificate_request(request_by(key))


def test_what_is_no_request_is_refused():
    key = generate("p256")
    now = dt.datetime(2019, 6, 3, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(NOBODY, NOBODY, key.public_key(), 1, now, now + dt.timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    good = request_by(key, serialization.Encoding.PEM)
    for wrong in (b"", b"x", certificate, good[: len(good) // 2], request_by(key)[:-3]):
        with pytest.raises(UnreadableCertificateRequest, match="PKCS #10"):
            read_certificate_request(wrong)
    with pytest.raises(UnreadableCertificateRequest, match="longer"):
        read_certificate_request(bytes(REQUEST_BYTES + 1))
