"""Checks the unsigned parts of a ds:Signature: a reader must not find content in them.

Certificates, keys, lists and time-stamps have to be such; digests, numbers and times have to look so. Other
text is loose content and refused. XML Signature 1.1 §4.5, ETSI EN 319 132-1 §5.2 to §5.5.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from cryptography import x509
from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.certificate_subjects import NAME_PARTS, name_in
from signing.certificates import KnownCertificate
from signing.errors import UnreadableSignature
from signing.policy import DEFAULT
from signing.xmldsig.elements import DS, NAMES, SIGNATURE, XADES, Element, decoded
from signing.xmldsig.key_info import AGREEMENTS, READABLE
from signing.xmldsig.signers import certificates_of, readable

__all__ = ["loose_content"]

_DSIG11: Final = NAMES["dsig11"]
_XADES141: Final = NAMES["xades141"]
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_KNOWN_NAMESPACES: Final = frozenset(
    {
        DS,
        _DSIG11,
        XADES,
        _XADES141,
        _EXCLUSIVE,
        "http://www.w3.org/2001/XMLSchema",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
    }
)
_SPACES: Final = " \t\r\n"


class _Rule(NamedTuple):
    attributes: frozenset[str]
    children: frozenset[str]
    text: str
    """A key of `_TEXTS` or of `READABLE`; empty: white space alone."""


def _names(names: str) -> frozenset[str]:
    """Spell qualified names out: `ds:` unless another prefix stands before."""
    prefixes = {"x": XADES, "y": _XADES141, "d": _DSIG11, "e": _EXCLUSIVE}
    spelled = []
    for name in names.split():
        prefix, _, local = name.rpartition(":")
        spelled.append(f"{{{prefixes.get(prefix, DS)}}}{local}")
    return frozenset(spelled)


def _rule(children: str = "", attributes: str = "Id", text: str = "") -> _Rule:
    return _Rule(frozenset(attributes.split()), _names(children), text)


_STAMP: Final = _rule("x:Include CanonicalizationMethod x:EncapsulatedTimeStamp")
_ENCAPSULATED: Final = "Id Encoding"
_UNSIGNED: Final = (
    "x:CounterSignature x:SignatureTimeStamp x:SigAndRefsTimeStamp x:RefsOnlyTimeStamp x:ArchiveTimeStamp "
    "y:ArchiveTimeStamp y:SigAndRefsTimeStampV2 y:RefsOnlyTimeStampV2 x:CertificateValues x:RevocationValues "
    "x:AttrAuthoritiesCertValues x:AttributeRevocationValues y:TimeStampValidationData "
    "x:CompleteCertificateRefs y:CompleteCertificateRefsV2 x:CompleteRevocationRefs"
)
_DIGEST: Final = _rule("DigestMethod DigestValue")
_BY_NAME: Final = {
    "Signature": _rule("SignedInfo SignatureValue KeyInfo Object"),
    # Only a countersignature's: that of the signature which is judged is signed.
    "SignedInfo": _rule("CanonicalizationMethod SignatureMethod Reference"),
    "CanonicalizationMethod": _rule("e:InclusiveNamespaces", "Algorithm"),
    "e:InclusiveNamespaces": _rule("", "PrefixList"),
    "SignatureMethod": _rule("", "Algorithm"),
    "Reference": _rule("Transforms DigestMethod DigestValue", "Id URI Type"),
    "Transforms": _rule("Transform"),
    "Transform": _rule("e:InclusiveNamespaces", "Algorithm"),
    "DigestMethod": _rule("", "Algorithm"),
    "DigestValue": _rule("", "", "digest"),
    "SignatureValue": _rule("", "Id", "value"),
    "KeyInfo": _rule("X509Data KeyValue KeyName d:DEREncodedKeyValue"),
    "X509Data": _rule(
        "X509Certificate X509CRL X509SubjectName X509IssuerSerial X509SKI d:X509Digest", attributes=""
    ),
    "X509Certificate": _rule("", "", "certificate"),
    "X509CRL": _rule("", "", "list"),
    "Object": _rule("x:QualifyingProperties SignatureProperties"),
    "SignatureProperties": _rule("SignatureProperty"),
    "x:QualifyingProperties": _rule("x:SignedProperties x:UnsignedProperties", "Id Target"),
    "x:SignedProperties": _rule("x:SignedSignatureProperties x:SignedDataObjectProperties"),
    "x:SignedSignatureProperties": _rule("x:SigningTime x:SigningCertificate x:SigningCertificateV2"),
    "x:SignedDataObjectProperties": _rule(""),
    "x:SigningTime": _rule("", "", "time"),
    "x:SigningCertificate": _rule("x:Cert"),
    "x:SigningCertificateV2": _rule("x:Cert"),
    "x:Cert": _rule("x:CertDigest x:IssuerSerial x:IssuerSerialV2", ""),
    "x:CertDigest": _DIGEST,
    "x:IssuerSerialV2": _rule("", "", "der"),
    "x:UnsignedProperties": _rule("x:UnsignedSignatureProperties"),
    "x:UnsignedSignatureProperties": _rule(_UNSIGNED),
    "x:CounterSignature": _rule("Signature"),
    "x:SignatureTimeStamp": _STAMP,
    "x:SigAndRefsTimeStamp": _STAMP,
    "x:RefsOnlyTimeStamp": _STAMP,
    "x:ArchiveTimeStamp": _STAMP,
    "y:ArchiveTimeStamp": _STAMP,
    "y:SigAndRefsTimeStampV2": _STAMP,
    "y:RefsOnlyTimeStampV2": _STAMP,
    "x:Include": _rule("", "URI referencedData"),
    "x:EncapsulatedTimeStamp": _rule("", _ENCAPSULATED, "token"),
    "x:CertificateValues": _rule("x:EncapsulatedX509Certificate"),
    "x:AttrAuthoritiesCertValues": _rule("x:EncapsulatedX509Certificate"),
    "x:EncapsulatedX509Certificate": _rule("", _ENCAPSULATED, "certificate"),
    "x:RevocationValues": _rule("x:CRLValues x:OCSPValues"),
    "x:AttributeRevocationValues": _rule("x:CRLValues x:OCSPValues"),
    "x:CRLValues": _rule("x:EncapsulatedCRLValue"),
    "x:OCSPValues": _rule("x:EncapsulatedOCSPValue"),
    "x:EncapsulatedCRLValue": _rule("", _ENCAPSULATED, "list"),
    "x:EncapsulatedOCSPValue": _rule("", _ENCAPSULATED, "ocsp"),
    "y:TimeStampValidationData": _rule("x:CertificateValues x:RevocationValues", "Id URI"),
    "x:CompleteCertificateRefs": _rule("x:CertRefs"),
    "y:CompleteCertificateRefsV2": _rule("y:CertRefs"),
    "x:CertRefs": _rule("x:Cert"),
    "y:CertRefs": _rule("x:Cert y:Cert"),
    "y:Cert": _rule("x:CertDigest x:IssuerSerialV2", ""),
    "x:CompleteRevocationRefs": _rule("x:CRLRefs x:OCSPRefs"),
    "x:CRLRefs": _rule("x:CRLRef"),
    "x:CRLRef": _rule("x:DigestAlgAndValue x:CRLIdentifier"),
    "x:DigestAlgAndValue": _DIGEST,
    "x:CRLIdentifier": _rule("x:Issuer x:IssueTime x:Number", ""),
    "x:IssueTime": _rule("", "", "time"),
    "x:Number": _rule("", "", "number"),
    "x:OCSPRefs": _rule("x:OCSPRef"),
    "x:OCSPRef": _rule("x:OCSPIdentifier x:DigestAlgAndValue"),
    "x:OCSPIdentifier": _rule("x:ResponderID x:ProducedAt", ""),
    "x:ResponderID": _rule("x:ByName x:ByKey", ""),
    "x:ByKey": _rule("", "", "digest"),
    "x:ProducedAt": _rule("", "", "time"),
}
_RULES: Final[Mapping[str, _Rule]] = MappingProxyType(
    {tag: rule for name, rule in _BY_NAME.items() for tag in _names(name)}
)
_SIGNED_INFO, _SIGNED_PROPERTIES = f"{{{DS}}}SignedInfo", f"{{{XADES}}}SignedProperties"

_TEXTS: Final = MappingProxyType(
    {
        "": re.compile(""),
        "number": re.compile(r"\d{1,80}"),
        "time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?"),
    }
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_IDENTIFIER: Final = re.compile(
    r"(?:https?://(?:www\.w3\.org|uri\.etsi\.org)/|urn:oid:)[A-Za-z0-9_./#-]{1,100}"
)
_ATTRIBUTES: Final = MappingProxyType(
    {
        "Id": _TOKEN,
        "Algorithm": _IDENTIFIER,
        "Encoding": _IDENTIFIER,
        "Type": _IDENTIFIER,
        "URI": re.compile(rf"(?:#{_TOKEN.pattern})?"),
        "Target": re.compile(rf"(?:#{_TOKEN.pattern})?"),
        "PrefixList": re.compile(r"[A-Za-z0-9_.#\s-]{0,200}"),
        "referencedData": re.compile(r"true|false|0|1"),
    }
)


class _Contents:
    """Goes through one signature, and those inside of it."""

    def __init__(
        self,
        signed: Sequence[Element],
        known: KnownCertificate | None,
        certificates: Sequence[KnownCertificate],
        namespaces: frozenset[str],
    ) -> None:
        self.signed = frozenset(signed)
        self.known = known
        self.candidates: list[x509.Name] = [
            name_in(each.certificate, part) for each in certificates for part in NAME_PARTS
        ]
        self.namespaces = namespaces

    def loose(self, element: Element, *, is_inner: bool) -> str | None:
        """Name what is loose in an element, or the element itself; `is_inner`: of a signature inside."""
        if element in self.signed or element.tag is etree.Comment:
            return None
        if element.tag is etree.PI:
            return f"<?{element.target}?>"
        agrees = AGREEMENTS.get(element.tag)
        if agrees is not None:
            is_agreed = self._is_bare(element) and agrees(element, self.known, self.candidates)
            return None if is_agreed else _local(element)
        rule = _RULES.get(element.tag)
        if rule is None or not self._is_formal(element, rule):
            return _local(element)
        if element.tag == _SIGNED_PROPERTIES and not is_inner:
            return _local(element)
        return self._among(element, rule, is_inner=is_inner)

    def _among(self, element: Element, rule: _Rule, *, is_inner: bool) -> str | None:
        for child in element:
            if (child.tail or "").strip(_SPACES):
                return _local(element)
            if child.tag == _SIGNED_INFO and not is_inner:
                continue  # canonical form and value sign it
            if child not in self.signed and isinstance(child.tag, str) and child.tag not in rule.children:
                return _local(child)
            inner = self._of(child) if child.tag == SIGNATURE else self
            found = inner.loose(child, is_inner=is_inner or inner is not self)
            if found is not None:
                return found
        return None

    def _of(self, signature: Element) -> "_Contents":
        """Look at a signature inside by its own certificates."""
        certificates = readable(certificates_of(signature, DEFAULT))
        return _Contents((), next(iter(certificates), None), certificates, self.namespaces)

    def _is_formal(self, element: Element, rule: _Rule) -> bool:
        """Whether attributes, namespaces and text of an element, without its children, say nothing."""
        for name, value in element.attrib.items():
            if name not in rule.attributes or _ATTRIBUTES[name].fullmatch(value.strip()) is None:
                return False
        if not self._is_bare(element):
            return False
        if rule.text in READABLE:
            return READABLE[rule.text](_octets(element))
        return _TEXTS[rule.text].fullmatch((element.text or "").strip(_SPACES)) is not None

    def _is_bare(self, element: Element) -> bool:
        """Whether an element declares no namespace that nobody knows."""
        return self.namespaces.issuperset(element.nsmap.values())


def loose_content(
    signature: Element,
    signed: Iterable[Element],
    known: KnownCertificate | None,
    certificates: Sequence[KnownCertificate],
) -> str | None:
    """Name the first element in a signature that is neither signed nor known to say nothing; mostly `None`.

    `signed`: elements that it covers. `known`: the signer's certificate, `certificates`: all that came along,
    which names in the signature may be of. Comments are not looked for.
    """
    around = signature.getparent()
    namespaces = _KNOWN_NAMESPACES.union(() if around is None else around.nsmap.values())
    return _Contents(list(signed), known, certificates, namespaces).loose(signature, is_inner=False)


def _octets(element: Element) -> bytes | None:
    try:
        return decoded(element)
    except UnreadableSignature:
        return None


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
