"""Reads the signatures of an XML document: what each covers, and whether its digests are right.

It runs in a process that may be killed. The signature's value is verified by `signing.verify`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import utils

from signing.algorithms import SignatureMethod
from signing.certificates import CertificateReference
from signing.errors import UnreadableSignature
from signing.policy import DEFAULT, Policy
from signing.verdict_vocabulary import STOPPED, Params
from signing.xmldsig.canonical_forms import form_of, parse, write_element
from signing.xmldsig.coverage import has_comments, unsigned_rest
from signing.xmldsig.digest_comparison import compare
from signing.xmldsig.elements import DS, NAMES, Element, decoded, identified, one, signatures_in
from signing.xmldsig.identifiers import METHODS
from signing.xmldsig.references import Parts, Target, Work, XmlReference, read_target
from signing.xmldsig.screening import Size, screen
from signing.xmldsig.signers import certificates_of, claims_of, readable, with_signer_first
from signing.xmldsig.unsigned_properties import NO_VALIDATION_DATA, ValidationData, validation_data_of

__all__ = ["ABANDONED", "Parts", "XmlReference", "XmlSignature", "XmlSignatures", "read_xml"]

MAX_SIGNATURES: Final = 32
"""A form that passes through many hands has some ten."""
MAX_REFERENCES: Final = 1_000
"""A signature in a package has one for each file in it; in a document two or three are usual."""

_MARKS: Final = tuple(DS.encode(each) for each in ("ascii", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class XmlSignature:
    """One signature, read and not verified yet."""

    fault: Params = ()
    """Reason and parameters, when it cannot be read or breaks a rule of structure; the rest is then empty."""
    references: tuple[XmlReference, ...] = ()
    digests_right: bool | None = None
    """Whether the digests of all references are; `None`: not computed, since one is not admitted."""
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
    validation_data: ValidationData = NO_VALIDATION_DATA
    """Time-stamps, lists and answers that came along."""
    parts: tuple[str, ...] = ()
    """Which elements it covers, by their Ids; empty: the whole document, or entries of a package."""
    entries: tuple[str, ...] | None = None
    """Which entries of the package it covers, by their names; `None`: it was read on its own.

    Those of which it covers some relationships only stand in `references`.
    """
    unsigned_rest: Params = ()
    """What can be read in the document and is not signed, as reason and parameters; mostly empty."""


@dataclass(frozen=True, slots=True)
class XmlSignatures:
    """All signatures of a document, in its order."""

    signatures: tuple[XmlSignature, ...] = ()


ABANDONED: Final = XmlSignatures((XmlSignature(fault=STOPPED),))
"""What to go on with when reading was stopped to protect the computer."""


def read_xml(
    data: bytes,
    policy: Policy = DEFAULT,
    *,
    parts: Parts | None = None,
    with_content: bool = False,
    work: Work | None = None,
) -> XmlSignatures:
    """Read the signatures of an XML document; none where there is none. Raises nothing for hostile bytes.

    `parts`: entries of the package that the document is the signature file of, by their names; references
    are then resolved to them, and whether all of the package is covered is for the caller to see from
    `entries`. `with_content`: give back what was signed, too, for who goes on to read it. `work`: what was
    spent on other signature files of the same package, which is counted on.
    """
    try:
        size, root, count = _counted(data)
    except UnreadableSignature as error:
        is_signed = any(mark in data for mark in _MARKS)
        return XmlSignatures((_faulty(error),)) if is_signed else XmlSignatures()
    read, work = [], work or Work()
    for place in range(count):
        # Each is read from a tree of its own, since what is signed is written without the signature.
        if root is None:
            root = parse(data)
        read.append(_read(_Document(root, size, work, parts, with_content), place, policy))
        root = None
    return XmlSignatures(tuple(read))


def _counted(data: bytes) -> tuple[Size, Element, int]:
    """Make a tree, within limits, and count the signatures in it."""
    size, root = screen(data), parse(data)
    count = len(signatures_in(root))
    if count > MAX_SIGNATURES:
        raise UnreadableSignature(reason="too-many-signers", found=count, limit=MAX_SIGNATURES)
    return size, root, count


@dataclass(frozen=True, slots=True)
class _Document:
    """A tree, what it cost to look through, what was spent on it, and what stands beside it."""

    root: Element
    size: Size
    work: Work
    parts: Parts | None
    with_content: bool


def _read(document: _Document, place: int, policy: Policy) -> XmlSignature:
    try:
        return _taken_apart(document, signatures_in(document.root)[place], policy)
    except UnreadableSignature as error:
        return _faulty(error)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - hostile XML makes the libraries raise all there is
        return _faulty(UnreadableSignature(reason="xml-unsupported", found="?"))


def _faulty(error: UnreadableSignature) -> XmlSignature:
    return XmlSignature(fault=tuple((name, str(value)) for name, value in error.params.items()))


def _taken_apart(document: _Document, signature: Element, policy: Policy) -> XmlSignature:
    """Read the signature's parts, hold its structure against the rules, and compare the digests."""
    document.work.spend(document.size.steps, 0)  # for the tree
    root, info = document.root, one(signature, "ds:SignedInfo")
    elements = info.findall("ds:Reference", NAMES)
    if not elements:
        raise UnreadableSignature(reason="xml-signature-malformed")
    if len(elements) > MAX_REFERENCES:
        raise UnreadableSignature(reason="xml-references", found=len(elements), limit=MAX_REFERENCES)
    known_names = identified(root)
    targets = [read_target(known_names, each, document.parts) for each in elements]
    covered = [each.element for each in targets if each.element is not None]
    if document.parts is not None:
        listed = _listed(covered, MAX_REFERENCES - len(targets))
        targets += [read_target(known_names, each, document.parts) for each in listed]
    identifier = one(info, "ds:SignatureMethod").get("Algorithm", "")
    method = METHODS.get(identifier)
    form = form_of(one(info, "ds:CanonicalizationMethod"))
    signed = write_element(info, form, with_comments=form.keeps_comments)
    value = _value(one(signature, "ds:SignatureValue"), method)
    certificates = certificates_of(signature, policy)
    if method is not None and policy.admits_method(method):
        certificates = with_signer_first(certificates, method, value, signed, policy)
    known = readable(certificates[:1])
    claimed_time, named = claims_of(signature, covered)
    rest: Params = ()
    if document.parts is None:
        rest = unsigned_rest(root, signature, targets, next(iter(known), None), readable(certificates))
    read = XmlSignature(
        references=tuple(each.reference for each in targets),
        signed=signed,
        value=value,
        method=method,
        method_identifier=identifier[:100],
        certificates=certificates,
        claimed_time=claimed_time,
        named=named,
        validation_data=validation_data_of(signature),
        parts=_parts(root, signature, targets),
        entries=None if document.parts is None else _entries(targets),
        unsigned_rest=rest,
    )
    return _compared(document, signature, targets, read, policy)


def _listed(covered: Sequence[Element], limit: int) -> list[Element]:
    """Find what signed Manifests refer to: all parts of an Office package (XML Signature §5.1)."""
    manifests = {each for element in covered for each in element.iter(f"{{{DS}}}Manifest")}
    found = [each for manifest in manifests for each in manifest.findall("ds:Reference", NAMES)]
    if len(found) > limit:
        raise UnreadableSignature(reason="xml-references", found=len(found), limit=limit)
    return found


def _parts(root: Element, signature: Element, targets: Sequence[Target]) -> tuple[str, ...]:
    """Name the parts of the document that are covered; what is inside of the signature is none."""
    if any(each.is_document or each.element is root for each in targets):
        return ()
    return tuple(
        each.reference.uri[1:]
        for each in targets
        if each.element is not None and (signature is root or signature not in each.element.iterancestors())
    )


def _entries(targets: Sequence[Target]) -> tuple[str, ...]:
    names = (each.reference.entry for each in targets if not each.reference.is_partial)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _compared(
    document: _Document, signature: Element, targets: Sequence[Target], read: XmlSignature, policy: Policy
) -> XmlSignature:
    """Compare the digests, and see to what only that shows: comments, and signatures added since."""
    if not all(policy.admits_digest(each.reference.digest) for each in targets):
        return read
    root, rest = document.root, read.unsigned_rest
    is_alone = document.parts is None
    has_any = is_alone and has_comments(root, signature, are_signed=False)
    has_inner = has_any and has_comments(root, signature, are_signed=True)
    found = compare(root, signature, targets, document.size, document.work)
    if found is None:
        return replace(read, digests_right=False)
    if has_inner or (has_any and not found.are_comments_kept):
        rest = rest or (("reason", "xml-comment"),)
    if found.has_later:
        rest = rest or (("reason", "xml-later-signature"),)
    if document.with_content:
        given = zip(read.references, found.written, strict=True)
        read = replace(read, references=tuple(replace(each, data=data) for each, data in given))
    return replace(read, digests_right=True, unsigned_rest=rest)


def _value(element: Element, method: SignatureMethod | None) -> bytes:
    raw = decoded(element)
    if method is None or method.scheme != "ecdsa":
        return raw
    half, odd = divmod(len(raw), 2)  # XML Signature §6.4.3: r and s, each as long as the curve's order
    if odd or not half:
        raise UnreadableSignature(reason="xml-signature-malformed")
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    return utils.encode_dss_signature(r, s)
