"""Reads the signed attributes of a CMS signature.

Their values are checked in `signing.cms.checks` and `signing.judging_steps`. RFC 5652 §5.3 and §11, RFC 5035
(signing-certificate).
"""

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signing.algorithms import DIGESTS
from signing.certificates import CertificateReference
from signing.cms.ber import der_length, require_der
from signing.cms.structure import (
    Attribute,
    AttributeBox,
    SigningCertificateV1,
    SigningCertificateV2,
    ValueBox,
)
from signing.errors import UnreadableSignature

__all__ = [
    "CONTENT_TYPE",
    "DATA",
    "MESSAGE_DIGEST",
    "ONLY_32_OCTETS",
    "ONLY_UTC_TIME",
    "SIGNING_CERTIFICATE_V2",
    "SIGNING_TIME",
    "SignedAttributes",
    "could_be_attributes",
    "read_attributes",
    "read_time",
]

CONTENT_TYPE: Final = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = ObjectIdentifier("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
REVOCATION_ARCHIVE: Final = ObjectIdentifier("1.2.840.113583.1.1.8")
SIGNING_CERTIFICATE_V2: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")

DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.1")

_LONG: Final = 0x80
"""Lengths from here on have further bytes (X.690 §8.1.3)."""
_SEQUENCE: Final = b"\x30"
_SET: Final = b"\x31"
_DIRECTORY_NAME: Final = b"\xa4"
_ONLY_DATA: Final = bytes.fromhex("310b06092a864886f70d010701")
ONLY_32_OCTETS: Final = bytes.fromhex("31220420")
_ONLY_32_OCTETS_BYTES: Final = 4 + 32
ONLY_UTC_TIME: Final = bytes.fromhex("310f170d")
"""The beginning of the usual set of values, recognised without reading it as a set."""
_UTC_TIME: Final = b"\x17"
_TWO_HEADERS_BYTES: Final = 4
_MAX_SHOWN: Final = 40
_NO_TIME: Final = (None, None)
_SEVERAL_TIMES: Final = b""


class SignedAttributes(NamedTuple):
    """The values of the attributes."""

    signed_bytes: bytes
    """What the value is computed over: the attributes as a SET in DER (RFC 5652 §5.4)."""
    content_type: ObjectIdentifier
    message_digest: bytes
    signing_time: datetime | None
    """The claimed time. It decides nothing, so a value that is no time is `None`."""
    signing_time_fault: str | None
    """What is there instead of one time."""
    references: tuple[CertificateReference, ...]
    """The signer's certificate as signing-certificate and signing-certificate-v2 name it.

    Mostly none or one.
    """
    as_received: tuple[bytes, ...]
    """The attributes in the received order or in BER, if that differs from DER: some signers sign them so."""
    revocation_archive: bytes | None = None
    """The set of values of adbe-revocationInfoArchival, as PDF signatures carry lists and responses."""


def read_attributes(
    encoded: bytes, attributes: list[bytes], content_type: ObjectIdentifier | None = None
) -> SignedAttributes:
    """Read the attributes of a SignerInfo, given `encoded` together as they were received, and each.

    `content_type`: the value if there is none, as in countersignatures (RFC 5652 §11.4).

    Raises `UnreadableSignature` when content-type or message-digest is missing, or any that decides (these,
    and those that name the certificate) stands twice, has not exactly one value, or one that cannot be read;
    and for BER, which the caller makes DER.
    """
    try:
        found = _by_name(attributes)
        digest, kind = found.get("message-digest"), found.get("content-type")
        if kind is not None:
            content_type = DATA if kind == _ONLY_DATA else _only(kind, "content-type").parse(ObjectIdentifier)
        message_digest = None if digest is None else _digest(digest)
        time = found.get("signing-time")
        signing_time, fault = _NO_TIME if time is None else read_time(time)
        references = tuple([_reference(found[name], name) for name in _REFERENCES if name in found])
    except (ValueError, IndexError) as error:
        raise UnreadableSignature(reason="attribute-malformed") from error
    if content_type is None or message_digest is None:
        missing = "content-type" if content_type is None else "message-digest"
        raise UnreadableSignature(reason="attribute-missing", found=missing)
    received = _SET + encoded[1:]
    otherwise: tuple[bytes, ...]
    in_order = sorted(attributes)
    if in_order == attributes:
        signed, otherwise = received, ()
    else:
        content = b"".join(in_order)
        signed, otherwise = _SET + der_length(len(content)) + content, (received,)
    archive = found.get("revocation-archive")
    return SignedAttributes(
        signed, content_type, message_digest, signing_time, fault, references, otherwise, archive
    )


def could_be_attributes(content: bytes) -> bool:
    """Whether `content` would be read as signed attributes if a signature were stripped of its own.

    A signature with attributes, stripped of them, is a valid signature without attributes over their
    encoding: such content is never taken on the word of a signature without attributes (RFC 5652 §5.4;
    docs/verification.md#formats).
    """
    if content[:1] != _SET:
        return False
    inner = b"\xa0" + content[1:]
    try:
        likes = asn1.decode_der(AttributeBox, b"\x30" + der_length(len(inner)) + inner)
    except ValueError:
        return False
    return bool(likes.attributes) and all(like.values.tag_bytes == _SET for like in likes.attributes)


_READ: Final = {
    asn1.encode_der(CONTENT_TYPE): "content-type",
    asn1.encode_der(MESSAGE_DIGEST): "message-digest",
    asn1.encode_der(SIGNING_TIME): "signing-time",
    asn1.encode_der(SIGNING_CERTIFICATE): "signing-certificate",
    asn1.encode_der(SIGNING_CERTIFICATE_V2): "signing-certificate-v2",
    asn1.encode_der(REVOCATION_ARCHIVE): "revocation-archive",
}
"""The attributes that are read, by the DER of their identifiers."""


_REFERENCES: Final = ("signing-certificate", "signing-certificate-v2")


def _by_name(attributes: list[bytes]) -> dict[str, bytes]:
    """Return the sets of values of the attributes that are read. Raises as `read_attributes` does."""
    found: dict[str, bytes] = {}
    for attribute in attributes:
        name, values = _split(attribute)
        if name is None:
            continue
        if name not in found:
            found[name] = values
        elif name == "signing-time":
            found[name] = _SEVERAL_TIMES
        elif name != "revocation-archive":  # it has material and decides nothing, so the first is taken
            raise UnreadableSignature(reason="attribute-not-once", found=name)
    return found


def _split(attribute: bytes) -> tuple[str | None, bytes]:
    """Return an attribute's identifier and its set of values.

    One that is not read must be well-formed too.
    """
    start = 2 if attribute[1] < _LONG else 2 + (attribute[1] & ~_LONG)
    end = start + 2 + attribute[start + 1]
    name = _READ.get(attribute[start:end])
    if name is None or name == "revocation-archive" or attribute[:1] != _SEQUENCE:
        asn1.decode_der(Attribute, attribute)
        require_der(attribute)  # it is signed, and in DER
    return name, attribute[end:]


def _only(values: bytes, name: str) -> asn1.TLV:
    """Read the one value of a set of values."""
    if values[:1] != _SET:
        raise UnreadableSignature(reason="attribute-malformed", found=name)
    inner = b"\xa0" + values[1:]
    found = asn1.decode_der(ValueBox, b"\x30" + der_length(len(inner)) + inner).values
    if len(found) != 1:
        raise UnreadableSignature(reason="attribute-not-once", found=name)
    return found[0]


def _digest(values: bytes) -> bytes:
    if values.startswith(ONLY_32_OCTETS) and len(values) == _ONLY_32_OCTETS_BYTES:
        return values[len(ONLY_32_OCTETS) :]
    digest: bytes = _only(values, "message-digest").parse(bytes)
    return digest


def read_time(values: bytes) -> tuple[datetime | None, str | None]:
    """Read the claimed time, to the second and in UTC (RFC 5652 §11.3), or show what is there instead."""
    if values.startswith(ONLY_UTC_TIME):
        try:
            return asn1.decode_der(asn1.UTCTime, values[len(_SET) + 1 :]).as_datetime(), None
        except ValueError:
            return None, _shown(values)
    require_der(values)
    try:
        value = _only(values, "signing-time")
        kind = asn1.UTCTime if value.tag_bytes == _UTC_TIME else asn1.GeneralizedTime
        moment = value.parse(kind).as_datetime()
    except (ValueError, UnreadableSignature):
        return None, _shown(values)
    return (None, _shown(values)) if moment.microsecond else (moment, None)


def _shown(values: bytes) -> str:
    """Return the text that is there instead of a time, cut to a line."""
    text = values[_TWO_HEADERS_BYTES:]
    is_text = 0 < len(text) <= _MAX_SHOWN and text.isascii() and text.decode("ascii").isprintable()
    return text.decode("ascii") if is_text else "?"


@lru_cache(maxsize=1024)
def _reference(values: bytes, name: str) -> CertificateReference:
    """Read signing-certificate(-v2). It is cached, since all signatures by one certificate have the same."""
    require_der(values)
    value = _only(values, name)
    kind = SigningCertificateV1 if name == "signing-certificate" else SigningCertificateV2
    certificates = value.parse(kind).certificates
    if not certificates:
        raise UnreadableSignature(reason="attribute-malformed", found=name)
    own = certificates[0]  # RFC 5035 §5.4: the first is the signer's, the others may be its issuers'
    if kind is SigningCertificateV1:
        digest = "sha1"
    else:
        digest = "sha256" if own.digest is None else DIGESTS.get(own.digest.identifier, "unknown")
    if own.issuer_serial is None:
        return CertificateReference(digest, own.value)
    named = own.issuer_serial
    directories = [bytes(each.data) for each in named.issuer if each.tag_bytes == _DIRECTORY_NAME]
    # RFC 5035 §4: exactly one name, a directory's; of anything else nothing is the issuer of a certificate.
    issuer = directories[0] if len(directories) == len(named.issuer) == 1 else b""
    return CertificateReference(digest, own.value, issuer, named.serial)
