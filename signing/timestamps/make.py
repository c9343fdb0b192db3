"""Makes time-stamps: the token that an authority signs, and the answer with it.

The same arguments give the same bytes. RFC 3161 §2.4.2, with signing-certificate-v2 as RFC 5816 has it.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ObjectIdentifier

from signing.certificates import read_certificate, to_der
from signing.cms.ber import der_length
from signing.cms.parse import SIGNED_DATA
from signing.cms.signed_attributes import CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2
from signing.errors import CertificateKeyMismatch, InvalidTimes, UnsupportedKey
from signing.keys import PrivateKey
from signing.timestamps.requests import message_imprint
from signing.timestamps.structure import (
    TST_INFO,
    Accuracy,
    Response,
    Status,
    TstInfo,
)

__all__ = ["Failure", "granted", "issue_token", "refused"]

_SHA256: Final = hashes.SHA256()
_SHA256_ALGORITHM: Final = bytes.fromhex("300b0609608648016503040201")
_RSA_ALGORITHM: Final = bytes.fromhex("300d06092a864886f70d0101010500")
_ECDSA_ALGORITHM: Final = bytes.fromhex("300a06082a8648ce3d040302")
_SECOND_MICROSECONDS: Final = 1_000_000
_MILLISECOND_MICROSECONDS: Final = 1_000
_REJECTION: Final = 2


class Failure(IntEnum):
    """Why a request is refused: the bit of PKIFailureInfo (RFC 3161 §2.4.2)."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    SYSTEM_FAILURE = 25


def issue_token(
    certificate: x509.Certificate,
    key: PrivateKey,
    imprint: bytes,
    at: datetime,
    *,
    serial: int,
    policy: str,
    digest: str = "sha256",
    nonce: int | None = None,
    certificates: Iterable[x509.Certificate] | None = (),
    accuracy_microseconds: int | None = None,
) -> bytes:
    """Stamp the digest `imprint` with the time `at` (with a zone): a token in DER.

    `certificates`: issuers to carry along beside the authority's own certificate; `None` leaves out that
    one too, as a request may wish. `accuracy_microseconds`: how far `at` may be wrong, to either side.

    Raises `CertificateKeyMismatch`, `UnsupportedKey`, `InvalidTimes`, or `UnreadableTimestamp` when the
    imprint is no digest of this algorithm.
    """
    if at.tzinfo is None:
        raise InvalidTimes(at=at.isoformat())
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise UnsupportedKey(kind=type(key).__name__)
    if certificate.public_key() != key.public_key():
        raise CertificateKeyMismatch
    info = TstInfo(
        version=1,
        policy=ObjectIdentifier(policy),
        imprint=message_imprint(digest, imprint),
        serial=serial,
        at=asn1.GeneralizedTime(at.astimezone(UTC)),
        accuracy=None if accuracy_microseconds is None else _accuracy(accuracy_microseconds),
        ordering=None,
        nonce=nonce,
        authority=None,
        extensions=None,
    )
    return _signed(asn1.encode_der(info), certificate, key, certificates)


def granted(token: bytes) -> bytes:
    """Answer a request with its token, in DER."""
    return _sequence(_sequence(b"\x02\x01\x00"), token)


def refused(failure: Failure, text: str) -> bytes:
    """Answer that a request is refused, and say why, in DER."""
    octets, bit = divmod(failure, 8)
    flags = bytes(octets) + bytes((0x80 >> bit,))
    status = Status(status=_REJECTION, texts=[text], failure=asn1.BitString(flags, 7 - bit))
    return asn1.encode_der(Response(status=status, token=None))


def _accuracy(microseconds: int) -> Accuracy:
    seconds, rest = divmod(microseconds, _SECOND_MICROSECONDS)
    milliseconds, rest = divmod(rest, _MILLISECOND_MICROSECONDS)
    # The fractions are 1 to 999 where they stand at all.
    return Accuracy(seconds=seconds or None, milliseconds=milliseconds or None, microseconds=rest or None)


def _signed(
    content: bytes,
    certificate: x509.Certificate,
    key: PrivateKey,
    certificates: Iterable[x509.Certificate] | None,
) -> bytes:
    """SignedData with the content inside, by one signer (RFC 3161 §2.4.2)."""
    der = to_der(certificate)
    known = read_certificate(der)
    reference = _sequence(_sequence(_sequence(_tagged(0x04, hashlib.sha256(der).digest()))))
    attributes = b"".join(
        sorted(
            (
                _attribute(CONTENT_TYPE, asn1.encode_der(TST_INFO)),
                _attribute(MESSAGE_DIGEST, _tagged(0x04, hashlib.sha256(content).digest())),
                _attribute(SIGNING_CERTIFICATE_V2, reference),
            )
        )
    )
    signed = _tagged(0x31, attributes)
    if isinstance(key, rsa.RSAPrivateKey):
        algorithm, value = _RSA_ALGORITHM, key.sign(signed, padding.PKCS1v15(), _SHA256)
    else:
        algorithm = _ECDSA_ALGORITHM
        value = key.sign(signed, ec.ECDSA(_SHA256, deterministic_signing=True))
    signer = _sequence(
        b"\x02\x01\x01",
        _sequence(known.issuer, asn1.encode_der(known.serial)),
        _SHA256_ALGORITHM,
        _tagged(0xA0, attributes),
        algorithm,
        _tagged(0x04, value),
    )
    carried = b""
    if certificates is not None:
        carried = _tagged(0xA0, b"".join(sorted({der, *(to_der(each) for each in certificates)})))
    signed_data = _sequence(
        b"\x02\x01\x03",
        _tagged(0x31, _SHA256_ALGORITHM),
        _sequence(asn1.encode_der(TST_INFO), _tagged(0xA0, _tagged(0x04, content))),
        carried,
        _tagged(0x31, signer),
    )
    return _sequence(asn1.encode_der(SIGNED_DATA), _tagged(0xA0, signed_data))


def _attribute(identifier: ObjectIdentifier, value: bytes) -> bytes:
    return _sequence(asn1.encode_der(identifier), _tagged(0x31, value))


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _tagged(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + der_length(len(content)) + content
