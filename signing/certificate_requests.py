"""Reads certificate requests (PKCS #10, RFC 2986): the key to certify, and whether its holder signed.

Its subject and its extensions are wishes, and are passed over: who asks is known otherwise.
"""

from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from signing.algorithms import KeyFacts
from signing.errors import UnreadableCertificateRequest, UnsupportedKey
from signing.keys import KeyKind, PublicKey, kind_of
from signing.policy import DEFAULT

__all__ = ["REQUEST_BYTES", "CertificateRequest", "key_digest", "read_certificate_request"]

REQUEST_BYTES: Final = 16 * 1024
"""The longest request. One for a key of RSA-3072 takes some 1.3 KB in PEM."""
_PEM_BEGIN: Final = b"-----BEGIN"


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """A request whose signature is right."""

    public_key: PublicKey
    kind: KeyKind
    key_sha256: str
    """SHA-256 of the key's SubjectPublicKeyInfo in DER, in hex."""
    der: bytes
    """The whole request."""


def read_certificate_request(data: bytes) -> CertificateRequest:
    """Read a request in PEM or DER, as `openssl req -new` writes it, and check its signature.

    Raises:
        UnreadableCertificateRequest: with `reason`, for what is none, too long, or not signed by its key.
        UnsupportedKey: with `kind`, for a key that an authority here does not certify.

    """
    if len(data) > REQUEST_BYTES:
        raise UnreadableCertificateRequest(reason=f"longer than {REQUEST_BYTES} bytes")
    try:
        if data.lstrip().startswith(_PEM_BEGIN):
            request = x509.load_pem_x509_csr(data)
        else:
            request = x509.load_der_x509_csr(data)
        key = request.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise UnreadableCertificateRequest(reason="not PKCS #10 in PEM or DER") from None
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise UnsupportedKey(kind=type(key).__name__.removesuffix("PublicKey"))
    kind = _certified_kind(key)  # before the signature: a huge key would make checking it dear
    if not _is_signed(request):
        raise UnreadableCertificateRequest(reason="its signature is not by its own key")
    der = request.public_bytes(serialization.Encoding.DER)
    return CertificateRequest(key, kind, key_digest(key), der)


def key_digest(key: PublicKey) -> str:
    """Return the SHA-256 of a key's SubjectPublicKeyInfo in DER, in hex."""
    digest = Hash(SHA256())
    digest.update(
        key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return digest.finalize().hex()


def _certified_kind(key: PublicKey) -> KeyKind:
    kind = kind_of(key)
    if isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e
        if not DEFAULT.admits_key(KeyFacts(key, "rsa", key.key_size, exponent=exponent)):
            raise UnsupportedKey(kind=f"{kind} with an exponent of {exponent.bit_length()} bits")
    return kind


def _is_signed(request: x509.CertificateSigningRequest) -> bool:
    try:
        return request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        return False
