"""Reads the validation data that an XML signature brings along: time-stamps, lists and OCSP answers.

What cannot be read is left out. XML Signature 1.1 §4.5.4, ETSI EN 319 132-1 §5.3 and §5.4.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from signing.errors import UnreadableSignature
from signing.xmldsig.canonical_forms import DEFAULT_FORM, form_of, write_element
from signing.xmldsig.elements import NAMES, Element, decoded, one

__all__ = ["NO_VALIDATION_DATA", "ValidationData", "validation_data_of"]

MAX_TIMESTAMPS: Final = 4
"""As in CMS. Each costs the validation of a path."""
MAX_VALUES: Final = 16
"""The most lists, and the most OCSP answers. A signer's path and its time-stamp's have eight together."""

_UNSIGNED: Final = (
    "ds:Object/xades:QualifyingProperties/xades:UnsignedProperties/xades:UnsignedSignatureProperties/"
)
_LISTS: Final = (
    "ds:KeyInfo/ds:X509Data/ds:X509CRL",
    _UNSIGNED + "xades:RevocationValues/xades:CRLValues/xades:EncapsulatedCRLValue",
    _UNSIGNED + "xades141:TimeStampValidationData/xades:RevocationValues/xades:CRLValues/"
    "xades:EncapsulatedCRLValue",
)
_ANSWERS: Final = (
    _UNSIGNED + "xades:RevocationValues/xades:OCSPValues/xades:EncapsulatedOCSPValue",
    _UNSIGNED + "xades141:TimeStampValidationData/xades:RevocationValues/xades:OCSPValues/"
    "xades:EncapsulatedOCSPValue",
)
_STAMPS: Final = _UNSIGNED + "xades:SignatureTimeStamp"


class ValidationData(NamedTuple):
    """The enclosed material, in DER."""

    timestamps: tuple[tuple[bytes, bytes], ...] = ()
    """Each token with the octets that it has to cover."""
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


NO_VALIDATION_DATA: Final = ValidationData()


def validation_data_of(signature: Element) -> ValidationData:
    """Return the time-stamps, lists and OCSP answers that a signature brings along."""
    return ValidationData(
        tuple(_stamps(signature))[:MAX_TIMESTAMPS],
        tuple(_values(signature, _LISTS))[:MAX_VALUES],
        tuple(_values(signature, _ANSWERS))[:MAX_VALUES],
    )


def _values(signature: Element, paths: tuple[str, ...]) -> Iterator[bytes]:
    for path in paths:
        for element in signature.findall(path, NAMES):
            try:
                yield decoded(element)
            except UnreadableSignature:
                continue


def _stamps(signature: Element) -> Iterator[tuple[bytes, bytes]]:
    """Read the time-stamps over the signature's value: its element, in the form that each of them names."""
    for stamp in signature.findall(_STAMPS, NAMES):
        method = stamp.find("ds:CanonicalizationMethod", NAMES)
        try:
            form = DEFAULT_FORM if method is None else form_of(method)
            value = one(signature, "ds:SignatureValue")
            stamped = write_element(value, form, with_comments=form.keeps_comments)
        except UnreadableSignature:
            continue
        yield from ((token, stamped) for token in _values(stamp, ("xades:EncapsulatedTimeStamp",)))
