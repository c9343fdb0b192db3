"""Reads who made an XML signature, by its own claim: enclosed certificates, and XAdES's signed properties.

XML Signature 1.1 §4.5.4, ETSI EN 319 132-1 §5.2.1, §5.2.2 and §5.4.1.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from signing.algorithms import SignatureMethod, verify_value
from signing.certificate_subjects import encoded_name
from signing.certificates import CertificateReference, KnownCertificate, read_certificate
from signing.errors import UnreadableCertificate, UnreadableSignature
from signing.policy import Policy
from signing.xmldsig.elements import NAMES, XADES, Element, decoded
from signing.xmldsig.identifiers import DIGESTS

__all__ = ["certificates_of", "claims_of", "readable", "with_signer_first"]

_PROPERTIES: Final = f"{{{XADES}}}SignedProperties"
_REFERENCES: Final = (
    "xades:SignedSignatureProperties/xades:SigningCertificate/xades:Cert/xades:CertDigest",
    "xades:SignedSignatureProperties/xades:SigningCertificateV2/xades:Cert/xades:CertDigest",
)
_VALUES: Final = (
    "ds:Object/xades:QualifyingProperties/xades:UnsignedProperties/xades:UnsignedSignatureProperties/"
    "xades:CertificateValues/xades:EncapsulatedX509Certificate"
)


def certificates_of(signature: Element, policy: Policy) -> tuple[bytes, ...]:
    """Take the certificates that came along, DER, what seems the signer's first.

    Those that XAdES keeps for later are taken as far as there is room. Raises `UnreadableSignature`.
    """
    elements = signature.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMES)
    found = tuple(dict.fromkeys(decoded(each) for each in elements))
    if len(found) > policy.max_certificates:
        raise UnreadableSignature(
            reason="too-many-certificates", found=len(found), limit=policy.max_certificates
        )
    if not found:
        return ()
    first = _leaf(found)
    kept = [decoded(each) for each in signature.findall(_VALUES, NAMES)[: policy.max_certificates]]
    ordered = dict.fromkeys((found[first], *found[:first], *found[first + 1 :], *kept))
    return tuple(ordered)[: policy.max_certificates]


def _leaf(certificates: Sequence[bytes]) -> int:
    """Place of the certificate that issued none of the others; the standard orders them in no way."""
    read = [_read(each) for each in certificates]
    issuers = {each.issuer for each in read if each is not None and each.issuer != _subject(each)}
    return next(
        (place for place, each in enumerate(read) if each is not None and _subject(each) not in issuers), 0
    )


def _subject(known: KnownCertificate) -> bytes:
    return encoded_name(known.certificate, "subject")


def with_signer_first(
    certificates: tuple[bytes, ...], method: SignatureMethod, value: bytes, signed: bytes, policy: Policy
) -> tuple[bytes, ...]:
    """Put the certificate first whose key made the value; without such the order stays as it was."""
    for der in certificates:
        known = _read(der)
        if known is None or not policy.is_affordable(known.key):
            continue
        if verify_value(known.key, method, value, signed):
            return (der, *(other for other in certificates if other != der))
    return certificates


def readable(certificates: Sequence[bytes]) -> tuple[KnownCertificate, ...]:
    """Read those that can be read."""
    return tuple(known for known in map(_read, certificates) if known is not None)


def _read(der: bytes) -> KnownCertificate | None:
    try:
        return read_certificate(der)
    except UnreadableCertificate:
        return None


def claims_of(
    signature: Element, parts: Sequence[Element]
) -> tuple[datetime | None, tuple[CertificateReference, ...]]:
    """Read XAdES's signing time and the certificate it names, where the signature covers them.

    Of several certificates the first is the signer's; the others are its issuers'.
    """
    for part in parts:
        if part.tag == _PROPERTIES and signature in part.iterancestors():
            text = part.findtext("xades:SignedSignatureProperties/xades:SigningTime", None, NAMES)
            named = [part.find(path, NAMES) for path in _REFERENCES]
            return _time(text), tuple(_reference(each) for each in named if each is not None)
    return None, ()


def _time(text: str | None) -> datetime | None:
    try:
        claimed = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return claimed if claimed.tzinfo is not None else None


def _reference(element: Element) -> CertificateReference:
    method, value = element.find("ds:DigestMethod", NAMES), element.find("ds:DigestValue", NAMES)
    if method is None or value is None:
        raise UnreadableSignature(reason="xml-signature-malformed")
    return CertificateReference(DIGESTS.get(method.get("Algorithm", ""), "unknown"), decoded(value))
