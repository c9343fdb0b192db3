"""Reads the unsigned attributes of a CMS signature.

These are time-stamps, countersignatures, and material that was added for judging later. RFC 5652 §11, ETSI EN
319 122-1 §5.3.
"""

from typing import Final, NamedTuple

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from signing.cms.ber import der_length, require_der
from signing.cms.signed_attributes import CONTENT_TYPE, MESSAGE_DIGEST
from signing.cms.structure import Attribute, ValueBox
from signing.errors import SignatureBeyondLimits, UnreadableSignature

__all__ = [
    "COUNTERSIGNATURE",
    "MAX_COUNTERSIGNATURES",
    "MAX_TIMESTAMPS",
    "UnsignedAttributes",
    "read_unsigned",
]

COUNTERSIGNATURE: Final = ObjectIdentifier("1.2.840.113549.1.9.6")
CERTIFICATE_VALUES: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.23")
REVOCATION_VALUES: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.24")
SIGNATURE_TIMESTAMP: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.14")

MAX_TIMESTAMPS: Final = 4
"""One is usual, two while an authority is replaced. Each costs a signature and a path."""

MAX_COUNTERSIGNATURES: Final = 8
"""As many as signers: each costs a verification and a path."""

_KEPT: Final = (SIGNATURE_TIMESTAMP, COUNTERSIGNATURE, CERTIFICATE_VALUES, REVOCATION_VALUES)
"""In the order of the fields of `UnsignedAttributes`."""
_SIGNED_ONLY: Final = {CONTENT_TYPE: "content-type", MESSAGE_DIGEST: "message-digest"}


class UnsignedAttributes(NamedTuple):
    """The attributes that are read, in DER as received."""

    timestamps: tuple[bytes, ...]
    """Tokens over the signature value: ContentInfo each."""
    countersignatures: tuple[bytes, ...]
    """SignerInfo each, over the signature value."""
    certificate_values: tuple[bytes, ...] = ()
    """CertificateValues each, RFC 5126 §6.3.3."""
    revocation_values: tuple[bytes, ...] = ()
    """RevocationValues each, RFC 5126 §6.3.4."""


def read_unsigned(attributes: list[bytes]) -> UnsignedAttributes:
    """Sort out the attributes beside a signature.

    Values that cannot be split are kept as one unreadable value: anybody can add it, and it decides nothing.
    Nor does a time claimed here.

    Raises `UnreadableSignature` for what is no attribute or would contradict those that are signed (RFC 5652
    §11.1, §11.2), `SignatureBeyondLimits` for more time-stamps or countersignatures than are judged, and
    `ValueError` for BER.
    """
    found: dict[ObjectIdentifier, list[bytes]] = {identifier: [] for identifier in _KEPT}
    for each in attributes:
        attribute = asn1.decode_der(Attribute, each)
        identifier = attribute.identifier
        if identifier in _SIGNED_ONLY:
            raise UnreadableSignature(reason="attribute-unsigned", found=_SIGNED_ONLY[identifier])
        if identifier in found:
            found[identifier] += _values(attribute)
    for identifier, limit in (
        (SIGNATURE_TIMESTAMP, MAX_TIMESTAMPS),
        (COUNTERSIGNATURE, MAX_COUNTERSIGNATURES),
    ):
        count = len(found[identifier])
        if count > limit:
            raise SignatureBeyondLimits(reason="too-many-unsigned", found=count, limit=limit)
    return UnsignedAttributes(*[tuple(found[identifier]) for identifier in _KEPT])


def _values(attribute: Attribute) -> list[bytes]:
    content = bytes(attribute.values.data)
    inner = b"\xa0" + der_length(len(content)) + content
    try:
        box = asn1.decode_der(ValueBox, b"\x30" + der_length(len(inner)) + inner)
    except ValueError:
        require_der(asn1.encode_der(attribute.values))
        return [content]
    return [asn1.encode_der(value) for value in box.values]
