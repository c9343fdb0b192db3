"""What an OCSP request asks and a response says, as values. RFC 6960 §4."""

from datetime import datetime
from typing import Final, Literal, NamedTuple

from asn1crypto import keys  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from signing.algorithms import SignatureMethod, compute_digest
from signing.certificate_subjects import encoded_name

__all__ = [
    "ID_DIGESTS",
    "Answer",
    "CertificateId",
    "CertificateStatus",
    "Request",
    "Response",
    "certificate_id",
]

CertificateStatus = Literal["good", "revoked", "unknown"]

ID_DIGESTS: Final = ("sha1", "sha256", "sha384", "sha512")
"""By which a certificate may be named. SHA-1 is what nearly everyone uses (RFC 5019) and does no harm: the
names and keys compared are those of an authority that is trusted already."""


class CertificateId(NamedTuple):
    """Which certificate is meant."""

    digest: str
    """One of `ID_DIGESTS`."""
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: int


class Request(NamedTuple):
    """What somebody asks a responder."""

    certificates: tuple[CertificateId, ...]
    nonce: bytes | None


class Answer(NamedTuple):
    """What a response says about one certificate."""

    certificate: CertificateId
    status: CertificateStatus
    this_update: datetime
    next_update: datetime | None
    """`None`: newer information is to be had at any time (RFC 6960 §2.4)."""
    revoked_at: datetime | None = None
    reason: str | None = None
    """Of RFC 5280 §5.3.1, such as `keyCompromise`; `None` when it is not said."""
    archive_cutoff: datetime | None = None
    """Certificates that expired after this are still answered for; `None` when it does not say."""
    is_understood: bool = True
    """Whether its times can be read, and it says nothing critical that is not understood here."""


class Response(NamedTuple):
    """A signed response, as read."""

    answers: tuple[Answer, ...]
    responder_name: bytes | None
    """DER of the name of who signed, or …"""
    responder_key_hash: bytes | None
    """… SHA-1 of that key."""
    produced_at: datetime
    certificates: tuple[bytes, ...]
    """DER of those that came along."""
    signed: bytes
    """What the signature is over."""
    value: bytes
    method: SignatureMethod | None
    """`None` when this package does not know it."""
    nonce: bytes | None


def certificate_id(issuer: x509.Certificate, serial: int, digest: str = "sha1") -> CertificateId:
    """Name the certificate with this serial number that `issuer` issued; `digest`: one of `ID_DIGESTS`."""
    key = issuer.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    name = encoded_name(issuer, "subject")
    return CertificateId(digest, compute_digest(digest, name), compute_digest(digest, key_bits(key)), serial)


def key_bits(subject_public_key_info: bytes) -> bytes:
    """Give the bits of a public key without the algorithm, which is what OCSP hashes (RFC 6960 §4.1.1)."""
    bits: bytes = keys.PublicKeyInfo.load(subject_public_key_info)["public_key"].contents
    return bits[1:]
