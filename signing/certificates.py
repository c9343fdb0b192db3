"""Reads certificates within limits, summarises them and compares their names.

Whether one is trusted is judged in `signing.paths`. X.509 (RFC 5280), PEM (RFC 7468).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from signing.algorithms import KeyFacts, key_facts
from signing.asn1_names import load_name
from signing.certificate_subjects import SubjectIdentity, encoded_name, name_in, quiet, read_subject
from signing.errors import InvalidName, UnreadableCertificate

__all__ = [
    "MAX_CERTIFICATE_BYTES",
    "CertificateReference",
    "CertificateSummary",
    "KnownCertificate",
    "fingerprint",
    "is_same_name",
    "load_certificate",
    "load_certificates",
    "read_certificate",
    "summary",
    "to_der",
    "to_pem",
]

MAX_CERTIFICATE_BYTES: Final = 64 * 1024
"""Certificates of people and agencies take 1 to 3 KB; logos and long policies still fit."""

MAX_FILE_BYTES: Final = 4 * 1024 * 1024
"""A bundle of every root of a country is below 1 MB."""

MAX_CERTIFICATES: Final = 1000

_CACHED_CERTIFICATES: Final = 4096
_CACHED_BYTES: Final = 4096
"""Only certificates up to this size are cached, so that hostile ones cannot fill the memory: at most 4,096 of
4 KB with their facts, some 60 MB."""

_BEGIN: Final = b"-----BEGIN "


@dataclass(frozen=True, slots=True)
class CertificateSummary:
    """What a verdict shows of a certificate."""

    subject: str
    """RFC 4514."""
    issuer: str
    """RFC 4514."""
    serial: str
    """Lower-case hexadecimal, without leading zeros."""
    sha256: str
    """Fingerprint of the DER bytes, lower-case hexadecimal."""
    not_before: datetime
    not_after: datetime


class CertificateReference(NamedTuple):
    """The digest by which the signer named its certificate."""

    digest: str
    """One of `signing.algorithms.DIGESTS`, or `unknown`."""
    value: bytes
    issuer: bytes | None = None
    """DER of the issuer's name, where the reference gives it besides."""
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class KnownCertificate:
    """A certificate with the facts that verification needs, computed once."""

    certificate: x509.Certificate
    der: bytes
    summary: CertificateSummary
    issuer: bytes
    """DER of the issuer's name."""
    serial: int
    key_identifier: bytes | None
    """Its subjectKeyIdentifier extension."""
    identity: SubjectIdentity
    key: KeyFacts


def load_certificates(data: bytes) -> list[x509.Certificate]:
    """Read every certificate of a PEM text, or the one of a DER file.

    Raises `UnreadableCertificate` when there is none, one cannot be read, or the limits are passed.
    """
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableCertificate(size=len(data), limit=MAX_FILE_BYTES)
    try:
        found = _load_pem(data) if _BEGIN in data else [load_certificate(data)]
    except Exception as error:
        raise UnreadableCertificate from error
    if len(found) > MAX_CERTIFICATES:
        raise UnreadableCertificate(count=len(found), limit=MAX_CERTIFICATES)
    return found


def read_certificate(der: bytes) -> KnownCertificate:
    """Read one DER certificate with all that verification needs. Small ones are cached.

    Raises `UnreadableCertificate`.
    """
    if len(der) > _CACHED_BYTES:
        return _read(der)
    return _remembered(der)


def load_certificate(der: bytes) -> x509.Certificate:
    """Load one DER certificate as the library does, without its warnings.

    The library warns of serial numbers that are not positive and of countries with three letters. They are
    against RFC 5280, and real certificates have them. Raises what the library raises.
    """
    with quiet():
        return x509.load_der_x509_certificate(der)


def _load_pem(text: bytes) -> list[x509.Certificate]:
    with quiet():
        return x509.load_pem_x509_certificates(text)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER bytes, lower-case hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_same_name(one: bytes, other: bytes) -> bool:
    """Whether two names in DER are the same (RFC 5280 §7.1), however their texts are encoded."""
    return one == other or _is_equal_name(one, other)


@lru_cache(maxsize=256)
def _is_equal_name(one: bytes, other: bytes) -> bool:
    try:
        names = [load_name(each).hashable for each in (one, other)]
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        return False
    return bool(names[0] == names[1])


def summary(certificate: x509.Certificate) -> CertificateSummary:
    """Summarise a certificate for a reader. Raises `UnreadableCertificate`."""
    return read_certificate(to_der(certificate)).summary


def to_der(certificate: x509.Certificate) -> bytes:
    """Return the certificate's bytes."""
    return certificate.public_bytes(serialization.Encoding.DER)


def to_pem(*certificates: x509.Certificate) -> bytes:
    """Write the certificates one after the other in PEM."""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


@lru_cache(maxsize=_CACHED_CERTIFICATES)
def _remembered(der: bytes) -> KnownCertificate:
    return _read(der)


def _read(der: bytes) -> KnownCertificate:
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise UnreadableCertificate(size=len(der), limit=MAX_CERTIFICATE_BYTES)
    try:
        with quiet():
            return _known(x509.load_der_x509_certificate(der), der)
    except InvalidName:
        raise UnreadableCertificate(part="subject") from None
    except Exception as error:
        # The library raises several unrelated classes for the many ways a certificate can be malformed.
        raise UnreadableCertificate from error


def _known(certificate: x509.Certificate, der: bytes) -> KnownCertificate:
    shown = CertificateSummary(
        subject=name_in(certificate, "subject").rfc4514_string(),
        issuer=name_in(certificate, "issuer").rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        sha256=hashlib.sha256(der).hexdigest(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )
    return KnownCertificate(
        certificate=certificate,
        der=der,
        summary=shown,
        issuer=encoded_name(certificate, "issuer"),
        serial=certificate.serial_number,
        key_identifier=_key_identifier(certificate),
        identity=read_subject(certificate),
        key=key_facts(certificate),
    )


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    """Return the subjectKeyIdentifier, even if other extensions cannot be read."""
    extensions = asn1_x509.TbsCertificate.load(certificate.tbs_certificate_bytes)["extensions"]
    for extension in () if isinstance(extensions, core.Void) else extensions:
        if extension["extn_id"].native == "key_identifier":
            identifier: bytes = extension["extn_value"].parsed.native
            return identifier
    return None
