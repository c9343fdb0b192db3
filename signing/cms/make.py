"""Makes detached CMS signatures with SHA-256, for RSA and ECDSA keys, with a time-stamp if asked.

Without a time-stamp, the same arguments give the same bytes. RFC 5652; signing-certificate-v2 of RFC 5035;
time-stamps of ETSI EN 319 122-1 §5.3.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ObjectIdentifier

from signing.certificates import read_certificate, to_der
from signing.cms.ber import der_length
from signing.cms.parse import SIGNED_DATA
from signing.cms.signed_attributes import (
    CONTENT_TYPE,
    DATA,
    MESSAGE_DIGEST,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
)
from signing.cms.unsigned_attributes import SIGNATURE_TIMESTAMP
from signing.errors import CertificateKeyMismatch, InvalidTimes, UnsupportedKey
from signing.keys import PrivateKey

__all__ = ["Stamp", "sign"]

Stamp = Callable[[bytes], bytes]
"""Returns a time-stamp over octets: a token in DER (RFC 3161), not judged."""

_SHA256: Final = hashes.SHA256()
_ECDSA: Final = ec.ECDSA(_SHA256, deterministic_signing=True)
_PKCS1: Final = padding.PKCS1v15()
_FIRST_GENERALIZED_YEAR: Final = 2050
"""RFC 5652 §11.3: UTCTime through 2049, GeneralizedTime from then on."""

_SHA256_ALGORITHM: Final = bytes.fromhex("300b0609608648016503040201")
_RSA_ALGORITHM: Final = bytes.fromhex("300d06092a864886f70d0101010500")
_ECDSA_ALGORITHM: Final = bytes.fromhex("300a06082a8648ce3d040302")


def sign(
    content: bytes,
    certificate: x509.Certificate,
    key: PrivateKey,
    *,
    chain: Iterable[x509.Certificate] = (),
    signing_time: datetime | None = None,
    signed_attributes: bool = True,
    stamp: Stamp | None = None,
) -> bytes:
    """Sign `content`; return a detached SignedData in DER, by SHA-256.

    `chain`: issuers to carry along. `signing_time`: what the signer claims, with a zone; left out if `None`.
    `stamp`: has the signature value stamped, which makes CAdES-T of it.
    Raises `CertificateKeyMismatch`, `UnsupportedKey` or `InvalidTimes`, and what `stamp` raises.
    """
    der = to_der(certificate)
    _check_pair(certificate, key)
    if signed_attributes:
        attributes = _attributes(content, der, signing_time)
        value = _value(key, _tagged(0x31, attributes))
        carried = _tagged(0xA0, attributes)
    else:
        value, carried = _value(key, content), b""
    algorithm = _RSA_ALGORITHM if isinstance(key, rsa.RSAPrivateKey) else _ECDSA_ALGORITHM
    known = read_certificate(der)
    signer = _sequence(
        b"\x02\x01\x01",
        _sequence(known.issuer, asn1.encode_der(known.serial)),
        _SHA256_ALGORITHM,
        carried,
        algorithm,
        _tagged(0x04, value),
        b"" if stamp is None else _tagged(0xA1, _attribute(SIGNATURE_TIMESTAMP, stamp(value))),
    )
    certificates = sorted({der, *(to_der(each) for each in chain)})
    signed_data = _sequence(
        b"\x02\x01\x01",
        _tagged(0x31, _SHA256_ALGORITHM),
        _sequence(asn1.encode_der(DATA)),
        _tagged(0xA0, b"".join(certificates)),
        _tagged(0x31, signer),
    )
    return _sequence(asn1.encode_der(SIGNED_DATA), _tagged(0xA0, signed_data))


def _attributes(content: bytes, certificate: bytes, signing_time: datetime | None) -> bytes:
    """Content of the SET of signed attributes, in DER order (X.690 §11.6)."""
    attributes = [
        _attribute(CONTENT_TYPE, asn1.encode_der(DATA)),
        _attribute(MESSAGE_DIGEST, _tagged(0x04, hashlib.sha256(content).digest())),
        _signing_certificate(certificate),
    ]
    if signing_time is not None:
        attributes.append(_attribute(SIGNING_TIME, _time(signing_time)))
    return b"".join(sorted(attributes))


@lru_cache(maxsize=1024)
def _signing_certificate(certificate: bytes) -> bytes:
    reference = _sequence(_tagged(0x04, hashlib.sha256(certificate).digest()))
    return _attribute(SIGNING_CERTIFICATE_V2, _sequence(_sequence(reference)))


def _attribute(identifier: ObjectIdentifier, value: bytes) -> bytes:
    return _sequence(asn1.encode_der(identifier), _tagged(0x31, value))


def _time(moment: datetime) -> bytes:
    if moment.tzinfo is None:
        raise InvalidTimes(signing_time=moment.isoformat())
    whole = moment.astimezone(UTC)
    if whole.year < _FIRST_GENERALIZED_YEAR:
        return _tagged(0x17, whole.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return _tagged(0x18, whole.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def _value(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, _PKCS1, _SHA256)
    return key.sign(data, _ECDSA)


def _check_pair(certificate: x509.Certificate, key: PrivateKey) -> None:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise UnsupportedKey(kind=type(key).__name__)
    if certificate.public_key() != key.public_key():
        raise CertificateKeyMismatch


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _tagged(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + der_length(len(content)) + content
