"""Who made an XML signature, as it says itself: certificates that came along, and XAdES's signed properties.

Nothing of it is believed here. XML Signature 1.1 §4.5.4, ETSI EN 319 132-1 §5.2.1 and §5.2.2.
"""

from collections.abc import Sequence
from datetime import datetime

from signing.certificates import CertificateReference, KnownCertificate, read_certificate
from signing.errors import UnreadableCertificate, UnreadableSignature
from signing.policy import Policy
from signing.xmldsig.coverage import XADES, Element
from signing.xmldsig.elements import NAMES, decoded
from signing.xmldsig.identifiers import DIGESTS

__all__ = ["certificates_of", "claims_of", "signer_of"]

_PROPERTIES = f"{{{XADES}}}SignedProperties"
_REFERENCES = (
    "xades:SignedSignatureProperties/xades:SigningCertificate/xades:Cert/xades:CertDigest",
    "xades:SignedSignatureProperties/xades:SigningCertificateV2/xades:Cert/xades:CertDigest",
)


def certificates_of(signature: Element, policy: Policy) -> tuple[bytes, ...]:
    """Take the certificates that came along, DER, the signer's first. Raises `UnreadableSignature`."""
    elements = signature.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMES)
    if len(elements) > policy.max_certificates:
        raise UnreadableSignature(
            reason="too-many-certificates", found=len(elements), limit=policy.max_certificates
        )
    found = tuple(decoded(each) for each in elements)
    first = _leaf(found)
    return (found[first], *found[:first], *found[first + 1 :]) if found else ()


def _leaf(certificates: Sequence[bytes]) -> int:
    """Place of the certificate that issued none of the others; the standard orders them in no way."""
    read = [signer_of((each,)) for each in certificates]
    issuers = {each.issuer for each in read if each is not None and each.issuer != _subject(each)}
    return next(
        (place for place, each in enumerate(read) if each is not None and _subject(each) not in issuers), 0
    )


def _subject(known: KnownCertificate) -> bytes:
    return known.certificate.subject.public_bytes()


def signer_of(certificates: Sequence[bytes]) -> KnownCertificate | None:
    """Read the first certificate; `None` when there is none that can be read."""
    try:
        return read_certificate(certificates[0]) if certificates else None
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
