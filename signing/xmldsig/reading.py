"""XML taken apart: each signature in it, what it covers, and whether its digests are right.

For a process that may be killed: what goes in and comes out can be pickled, and judging is elsewhere. Only
same-document references, no transform but the enveloped signature's and canonical forms; nothing is fetched.
References and values are signxml's work; the value is verified once more by the one procedure.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import utils
from lxml import etree  # type: ignore[import-untyped]  # the library ships no types
from signxml.algorithms import DigestAlgorithm
from signxml.algorithms import SignatureMethod as XmlMethod
from signxml.exceptions import InvalidDigest, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

from signing.algorithms import SignatureMethod
from signing.certificates import CertificateReference
from signing.errors import UnreadableSignature
from signing.policy import DEFAULT, Policy
from signing.xmldsig.coverage import DS, Element, covered_parts, has_unsigned_rest, splits_text
from signing.xmldsig.elements import NAMES, decoded, one
from signing.xmldsig.identifiers import DIGESTS, METHODS, is_canonical, is_exclusive
from signing.xmldsig.screening import screen
from signing.xmldsig.signers import certificates_of, claims_of, signer_of

__all__ = ["ABANDONED", "XmlReference", "XmlSignature", "XmlSignatures", "read_xml"]

MAX_SIGNATURES: Final = 8
"""As many as a CMS signature may have signers; each costs a verification and a few copies of the tree."""
MAX_REFERENCES: Final = 16
"""Each makes a copy of the tree; two or three are usual, one more with XAdES."""

_ENVELOPED: Final = DS + "enveloped-signature"
_MARK: Final = DS.encode()


@dataclass(frozen=True, slots=True)
class XmlReference:
    """One thing that a signature covers."""

    uri: str
    """Empty: the whole document."""
    digest: str | None
    """Name of its digest; `None` when this package does not know it."""
    digest_identifier: str
    found: str
    """What the signature says the digest is: hexadecimal."""
    data: bytes | None = None
    """What was signed, in its canonical form, and nothing else; only if asked for and its digest is right."""


@dataclass(frozen=True, slots=True)
class XmlSignature:
    """One signature, read and not yet believed."""

    fault: tuple[tuple[str, str], ...] = ()
    """Reason and parameters, when it cannot be read or breaks a rule of structure; the rest is then empty."""
    references: tuple[XmlReference, ...] = ()
    digests_right: bool | None = None
    """`None`: not computed, since value, certificate or algorithm stood in the way."""
    value_right: bool | None = None
    """What signxml says of the value."""
    signed: bytes = b""
    """SignedInfo in its canonical form."""
    value: bytes = b""
    """As X.509 and CMS write it."""
    method: SignatureMethod | None = None
    method_identifier: str = ""
    certificates: tuple[bytes, ...] = ()
    """DER; the signer's is the first."""
    claimed_time: datetime | None = None
    named: tuple[CertificateReference, ...] = ()
    """The signer's certificate, as XAdES names it."""
    parts: tuple[str, ...] = ()
    """Which elements it covers, by their Ids; empty: the whole document."""
    has_unsigned_rest: bool = False
    """Whether anything readable stands in the document outside of the signed parts."""


@dataclass(frozen=True, slots=True)
class XmlSignatures:
    """All signatures of a document, in its order."""

    signatures: tuple[XmlSignature, ...] = ()


ABANDONED: Final = XmlSignatures((XmlSignature(fault=(("reason", "xml-over-budget"),)),))
"""What to go on with when reading was stopped past its budget of time or memory."""


class _Verifier(XMLVerifier):
    """Takes the signature of a given place in the document's order, where signxml takes the first."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place = place

    def _get_signature(self, root: Any) -> Any:
        return list(root.iter(f"{{{DS}}}Signature"))[self._place]


def read_xml(data: bytes, policy: Policy = DEFAULT, *, with_content: bool = False) -> XmlSignatures:
    """Read the signatures of an XML document; none where there is none. Raises nothing for hostile bytes.

    `with_content`: give back what was signed, too, for who goes on to read it.
    """
    try:
        root, count = _counted(data)
    except UnreadableSignature as error:
        return XmlSignatures((_faulty(error),)) if _MARK in data else XmlSignatures()
    read = [_read(root, place, policy) for place in range(count)]
    return XmlSignatures(tuple(each if with_content else _without_content(each) for each in read))


def _counted(data: bytes) -> tuple[Element, int]:
    """Make a tree, within limits, and count the signatures in it."""
    screen(data)
    try:
        root = etree.fromstring(data, parser=_parser())
    except etree.XMLSyntaxError as error:
        raise UnreadableSignature(reason="xml-malformed") from error
    count = sum(1 for _ in root.iter(f"{{{DS}}}Signature"))
    if count > MAX_SIGNATURES:
        raise UnreadableSignature(reason="too-many-signers", found=count, limit=MAX_SIGNATURES)
    return root, count


def _parser() -> Any:
    # Large texts are let in: attachments are base64; depth, counts and DTDs were looked at before.
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_pis=False
    )


def _read(root: Element, place: int, policy: Policy) -> XmlSignature:
    try:
        return _verified(root, place, _taken_apart(root, place, policy), policy)
    except UnreadableSignature as error:
        return _faulty(error)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 hostile XML makes the libraries raise all there is
        return _faulty(UnreadableSignature(reason="xml-signature-malformed"))


def _faulty(error: UnreadableSignature) -> XmlSignature:
    return XmlSignature(fault=tuple((name, str(value)) for name, value in error.params.items()))


def _taken_apart(root: Element, place: int, policy: Policy) -> XmlSignature:
    """Read the signature's parts and hold its structure against the rules, computing nothing yet."""
    signature = list(root.iter(f"{{{DS}}}Signature"))[place]
    info = one(signature, "ds:SignedInfo")
    elements = info.findall("ds:Reference", NAMES)
    if not 0 < len(elements) <= MAX_REFERENCES:
        raise UnreadableSignature(reason="xml-references", found=len(elements), limit=MAX_REFERENCES)
    references = tuple(_reference(each) for each in elements)
    parts = covered_parts(root, signature, [each.uri for each in references])
    if splits_text(parts):
        raise UnreadableSignature(reason="xml-comment-in-text")
    identifier = one(info, "ds:SignatureMethod").get("Algorithm", "")
    certificates = certificates_of(signature, policy)
    claimed_time, named = claims_of(signature, parts)
    method = METHODS.get(identifier)
    outer = [
        (each.uri, part)
        for each, part in zip(references, parts, strict=True)
        if signature not in part.iterancestors() or signature.getparent() is None
    ]
    is_whole = any(part is root for part in parts)
    return XmlSignature(
        references=references,
        signed=_canonical(signature),
        value=_value(one(signature, "ds:SignatureValue"), method),
        method=method,
        method_identifier=identifier[:100],
        certificates=certificates,
        claimed_time=claimed_time,
        named=named,
        parts=() if is_whole else tuple(uri[1:] for uri, _ in outer),
        has_unsigned_rest=has_unsigned_rest(root, parts, signature),
    )


def _verified(root: Element, place: int, read: XmlSignature, policy: Policy) -> XmlSignature:
    """Have signxml verify value and references, where algorithms and key are admitted and affordable."""
    known = signer_of(read.certificates)
    if known is None or read.method is None or not policy.admits_method(read.method):
        return read
    if not policy.is_affordable(known.key):
        return read
    if not all(policy.admits_digest(each.digest) for each in read.references):
        return read
    configuration = SignatureConfiguration(
        signature_methods=frozenset({XmlMethod(read.method_identifier)}),
        digest_algorithms=frozenset(DigestAlgorithm(each.digest_identifier) for each in read.references),
        expect_references=len(read.references),
        verification_time=known.certificate.not_valid_before_utc,  # its own period is the path's business
    )
    try:
        results = _Verifier(place).verify(
            root, x509_cert=known.certificate, parser=_parser(), expect_config=configuration
        )
    except InvalidDigest:
        return replace(read, digests_right=False, value_right=True)
    except InvalidSignature:
        return replace(read, value_right=False)
    covered = [results] if not isinstance(results, list) else results
    references = tuple(
        replace(reference, data=bytes(result.signed_data))
        for reference, result in zip(read.references, covered, strict=True)
    )
    return replace(read, references=references, digests_right=True, value_right=True)


def _without_content(read: XmlSignature) -> XmlSignature:
    return replace(read, references=tuple(replace(each, data=None) for each in read.references))


def _reference(element: Element) -> XmlReference:
    uri = element.get("URI")
    if uri is None:
        raise UnreadableSignature(reason="xml-reference-elsewhere", found="?")
    transforms = [each.get("Algorithm", "") for each in element.findall("ds:Transforms/ds:Transform", NAMES)]
    plain = transforms[1:] if transforms[:1] == [_ENVELOPED] else transforms
    if len(plain) > 1 or not all(is_canonical(each) for each in plain):
        odd = next((each for each in plain if not is_canonical(each)), plain[-1])
        raise UnreadableSignature(reason="xml-transform", found=odd[:100])
    identifier = one(element, "ds:DigestMethod").get("Algorithm", "")
    value = decoded(one(element, "ds:DigestValue"))
    return XmlReference(uri, DIGESTS.get(identifier), identifier[:100], value.hex())


def _canonical(signature: Element) -> bytes:
    """SignedInfo as its CanonicalizationMethod wants it."""
    copied = etree.fromstring(etree.tostring(signature, with_tail=False), parser=_parser())
    info = one(copied, "ds:SignedInfo")
    method = one(info, "ds:CanonicalizationMethod")
    algorithm = method.get("Algorithm", "")
    if not is_canonical(algorithm):
        raise UnreadableSignature(reason="xml-transform", found=algorithm[:100])
    prefixes = method.find("{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces")
    canonical: bytes = etree.tostring(
        info,
        method="c14n",
        exclusive=is_exclusive(algorithm),
        with_comments=algorithm.endswith("#WithComments"),
        inclusive_ns_prefixes=None if prefixes is None else prefixes.get("PrefixList", "").split(),
    )
    return canonical


def _value(element: Element, method: SignatureMethod | None) -> bytes:
    raw = decoded(element)
    if method is None or method.scheme != "ecdsa":
        return raw
    half, odd = divmod(len(raw), 2)  # XML Signature §6.4.3: r and s, each as long as the curve's order
    if odd or not half:
        raise UnreadableSignature(reason="xml-signature-malformed")
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    return utils.encode_dss_signature(r, s)
