"""The signed attributes of a CMS signature, read once each.

Whether they are right is for the verifier; that one which must stand alone stands twice is an unreadable
signature. RFC 5652 §5.3 and §11, RFC 5035 (signing-certificate).
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signing.algorithms import DIGESTS
from signing.cms.ber import der_length
from signing.cms.structure import (
    Attribute,
    AttributeBox,
    AttributeLikes,
    SigningCertificateV1,
    SigningCertificateV2,
)
from signing.errors import UnreadableSignature

__all__ = [
    "CONTENT_TYPE",
    "DATA",
    "MESSAGE_DIGEST",
    "SIGNING_CERTIFICATE_V2",
    "SIGNING_TIME",
    "CertificateReference",
    "SignedAttributes",
    "could_be_attributes",
    "read_attributes",
]

CONTENT_TYPE: Final = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = ObjectIdentifier("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
SIGNING_CERTIFICATE_V2: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")

DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.1")

_SET: Final = b"\x31"
_OCTETS: Final = b"\x04"
_DATA_CONTENT: Final = bytes.fromhex("2a864886f70d010701")
"""Content of the identifier `DATA`, which is what is signed but for rare exceptions."""


class CertificateReference(NamedTuple):
    """The digest by which the signer named its certificate."""

    digest: str
    value: bytes


class SignedAttributes(NamedTuple):
    """What the attributes say."""

    signed_bytes: bytes
    """What the value is computed over: the received bytes under the tag of a SET (RFC 5652 §5.4)."""
    content_type: ObjectIdentifier
    message_digest: bytes
    signing_time: datetime | None
    references: tuple[CertificateReference, ...]
    """The signer's certificate as signing-certificate and signing-certificate-v2 name it.

    Mostly none or one.
    """


def read_attributes(attributes: list[Attribute]) -> SignedAttributes:
    """Read the attributes of a SignerInfo.

    Raises `UnreadableSignature` when content-type or message-digest is missing, or any of those this package
    reads stands twice, has not exactly one value, or one that cannot be read.
    """
    content_type: ObjectIdentifier | None = None
    message_digest: bytes | None = None
    signing_time: datetime | None = None
    references: list[CertificateReference] = []
    seen = set()
    try:
        for attribute in attributes:
            identifier = attribute.identifier
            if identifier not in _READ:
                continue
            values = attribute.values.as_list()
            if identifier in seen or len(values) != 1:
                raise UnreadableSignature(reason="attribute-not-once", found=_READ[identifier])
            seen.add(identifier)
            value = values[0]
            if identifier == CONTENT_TYPE:
                content_type = DATA if value.data == _DATA_CONTENT else value.parse(ObjectIdentifier)
            elif identifier == MESSAGE_DIGEST:
                # What the strict parser calls a primitive OCTET STRING has its bytes as its content.
                message_digest = bytes(value.data) if value.tag_bytes == _OCTETS else value.parse(bytes)
            elif identifier == SIGNING_TIME:
                signing_time = _time(value)
            elif identifier == SIGNING_CERTIFICATE_V2:
                references.append(_reference_v2(asn1.encode_der(value)))
            else:
                references.append(_reference_v1(value.parse(SigningCertificateV1)))
        # A DER encoding is the only one of its value, so this gives back the bytes that were received.
        encoded = asn1.encode_der(AttributeBox(attributes=attributes))
    except (ValueError, TypeError) as error:
        raise UnreadableSignature(reason="attribute-malformed") from error
    if content_type is None or message_digest is None:
        missing = "content-type" if content_type is None else "message-digest"
        raise UnreadableSignature(reason="attribute-missing", found=missing)
    return SignedAttributes(
        _SET + _content(encoded)[1:], content_type, message_digest, signing_time, tuple(references)
    )


def could_be_attributes(content: bytes) -> bool:
    """Whether `content` would be read as signed attributes if a signature were stripped of its own.

    A signature with attributes, stripped of them, is a valid signature without attributes over their
    encoding: such content is never taken on the word of a signature without attributes (RFC 5652 §5.4,
    DESIGN §7).
    """
    if content[:1] != _SET:
        return False
    inner = b"\xa0" + content[1:]
    try:
        likes = asn1.decode_der(AttributeLikes, b"\x30" + der_length(len(inner)) + inner)
    except ValueError:
        return False
    return bool(likes.attributes) and all(like.values.tag_bytes == _SET for like in likes.attributes)


_READ: Final = {
    CONTENT_TYPE: "content-type",
    MESSAGE_DIGEST: "message-digest",
    SIGNING_TIME: "signing-time",
    SIGNING_CERTIFICATE: "signing-certificate",
    SIGNING_CERTIFICATE_V2: "signing-certificate-v2",
}


def _content(encoded: bytes) -> bytes:
    """Content of a SEQUENCE, that is, what follows its tag and length."""
    first = encoded[1]
    return encoded[2:] if first < 0x80 else encoded[2 + (first & 0x7F) :]  # noqa: PLR2004 X.690 §8.1.3


def _time(value: Any) -> datetime:
    if value.tag_bytes == b"\x17":
        moment: datetime = value.parse(asn1.UTCTime).as_datetime()
    else:
        moment = value.parse(asn1.GeneralizedTime).as_datetime()
    return moment


@lru_cache(maxsize=1024)
def _reference_v2(encoded: bytes) -> CertificateReference:
    """Read signing-certificate-v2; remembered, as it is the same in all signatures by one certificate."""
    value = asn1.decode_der(SigningCertificateV2, encoded)
    if not value.certificates:
        raise UnreadableSignature(reason="attribute-malformed", found="signing-certificate-v2")
    first = value.certificates[0]
    name = "sha256" if first.digest is None else DIGESTS.get(first.digest.identifier, "unknown")
    return CertificateReference(name, first.value)


def _reference_v1(value: SigningCertificateV1) -> CertificateReference:
    if not value.certificates:
        raise UnreadableSignature(reason="attribute-malformed", found="signing-certificate")
    return CertificateReference("sha1", value.certificates[0].value)
