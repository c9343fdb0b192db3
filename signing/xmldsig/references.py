"""Evaluates the references of an XML signature: the target of each, its octets, its digest.

References lead into the same document, or to entries of a package; they are not fetched. XML Signature 1.1
§4.4.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import unquote

from signing.algorithms import compute_digest
from signing.errors import UnreadableSignature
from signing.xmldsig.canonical_forms import (
    DEFAULT_FORM,
    CanonicalForm,
    form_of,
    parse,
    write_document,
    write_element,
)
from signing.xmldsig.elements import DS, NAMES, Element, decoded, one
from signing.xmldsig.identifiers import DIGESTS
from signing.xmldsig.relationships import TRANSFORM, select, selection_of
from signing.xmldsig.screening import Size, screen

# No transform is applied but the enveloped signature's, canonical forms, and a package's choice of
# relationships.

__all__ = ["Parts", "Target", "Work", "XmlReference", "is_right", "read_target"]

MAX_TRANSFORMS: Final = 4
"""One or two are usual."""
MAX_WRITTEN_BYTES: Final = 256 * 1024 * 1024
"""Of canonical forms, for all references of a file together: eight times the largest file."""
MAX_STEPS: Final = 400_000_000
"""Of `screening`, for all canonical forms of a file together: some two and a half seconds."""

_ENVELOPED: Final = DS + "enveloped-signature"

Parts = Mapping[str, bytes]
"""Entries of a package, by name."""


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
    entry: str | None = None
    """Name of the package's entry that it refers to; `None`: the document itself, or a part of it."""
    is_partial: bool = False
    """Whether it covers only some of the entry's relationships."""


class Target(NamedTuple):
    """What a reference names, and its canonical forms; without `element` and `octets` the whole document."""

    reference: XmlReference
    element: Element | None
    octets: bytes | None
    is_enveloped: bool
    """Without the signature that refers."""
    forms: tuple[CanonicalForm, ...]

    @property
    def is_document(self) -> bool:
        """Whether it is the whole document."""
        return self.element is None and self.octets is None


class Work:
    """What the canonical forms of one file cost so far."""

    __slots__ = ("steps", "written")

    def __init__(self) -> None:
        self.steps = self.written = 0

    def spend(self, steps: int, written: int) -> None:
        """Add steps and written bytes. Raises `UnreadableSignature` past a limit."""
        self.steps += steps
        self.written += written
        for found, limit in ((self.steps, MAX_STEPS), (self.written, MAX_WRITTEN_BYTES)):
            if found > limit:
                raise UnreadableSignature(reason="xml-too-much-work", found=found, limit=limit)


def read_target(known: Mapping[str, list[Element]], element: Element, parts: Parts | None) -> Target:
    """Read a Reference and find what it names; `known`: elements by their Ids.

    Raises `UnreadableSignature`.
    """
    identifier = one(element, "ds:DigestMethod").get("Algorithm", "")
    value = decoded(one(element, "ds:DigestValue"))
    uri = element.get("URI")
    if uri is None:
        raise UnreadableSignature(reason="xml-reference-elsewhere", found="?")
    entry, target = _found(known, uri, parts)
    transforms = element.findall("ds:Transforms/ds:Transform", NAMES)
    if len(transforms) > MAX_TRANSFORMS:
        raise UnreadableSignature(reason="xml-transform", found=len(transforms))
    first = transforms[0].get("Algorithm") if transforms else None
    is_enveloped, is_partial, octets = first == _ENVELOPED, False, None
    if entry is not None and parts is not None:
        octets = parts[entry]
        if is_enveloped:
            raise UnreadableSignature(reason="xml-transform", found=_ENVELOPED)
        if first == TRANSFORM:
            octets, is_partial = _selected(octets, transforms[0])
    is_read = is_enveloped or (first == TRANSFORM and octets is not None)
    forms = tuple(form_of(each) for each in transforms[is_read:])
    if first == TRANSFORM:
        forms = forms or (DEFAULT_FORM,)
    digest = DIGESTS.get(identifier)
    reference = XmlReference(uri, digest, identifier[:100], value.hex(), entry=entry, is_partial=is_partial)
    return Target(reference, target, octets, is_enveloped, forms)


def _selected(octets: bytes, transform: Element) -> tuple[bytes, bool]:
    """Take the signed relationships of an entry; gives them, and whether there are others."""
    try:
        chosen, is_all = select(octets, selection_of(transform))
    except UnreadableSignature as error:
        if error.params.get("reason") == "xml-malformed":
            return b"", False  # whose digest cannot be right
        raise
    return chosen, not is_all


def _found(
    known: Mapping[str, list[Element]], uri: str, parts: Parts | None
) -> tuple[str | None, Element | None]:
    """Find the entry or the element that a reference names; neither for the document."""
    if uri == "":
        return None, None
    if not uri.startswith("#"):
        if parts is None:
            raise UnreadableSignature(reason="xml-reference-elsewhere", found=uri[:100])
        entry = _entry(uri, parts)
        if entry is None:
            raise UnreadableSignature(reason="xml-reference-missing", found=uri[:100])
        return entry, None
    if uri.startswith("#xpointer("):
        raise UnreadableSignature(reason="xml-reference-elsewhere", found=uri[:100])
    found = known.get(uri[1:], [])
    if len(found) != 1:
        reason = "xml-reference-ambiguous" if found else "xml-reference-dangling"
        raise UnreadableSignature(reason=reason, found=uri[:100])
    return None, found[0]


def _entry(uri: str, parts: Parts) -> str | None:
    """Find an entry by its name as it stands, or without escapes, as packages write references."""
    path = uri.partition("?")[0]  # Office Open XML gives the content type behind it
    names = (uri, unquote(uri), path, unquote(path))
    candidates = [
        shown for name in names for shown in (name, name.removeprefix("./"), name.removeprefix("/"))
    ]
    return next((name for name in candidates if name in parts), None)


def is_right(root: Element, target: Target, size: Size, work: Work) -> tuple[bool, bytes, bool]:
    """Compare a target's digest. Return whether it is right, the digested bytes, whether they have comments.

    `root`: the document's root; where the target is enveloped, without the signature. By XML Signature
    §4.4.3.3 comments are never digested. Some signers digest them where the canonical form keeps comments, so
    both are tried.
    """
    for with_comments in (False, True):
        if with_comments and not any(form.keeps_comments for form in target.forms):
            break
        try:
            data = _written(root, target, size, work, with_comments=with_comments)
        except UnreadableSignature as error:
            if error.params.get("reason") == "xml-malformed":
                return False, b"", False  # an entry that had a canonical form when it was signed
            raise
        digest = target.reference.digest
        if digest is not None and compute_digest(digest, data).hex() == target.reference.found:
            return True, data, with_comments
    return False, b"", False


def _written(root: Element, target: Target, size: Size, work: Work, *, with_comments: bool) -> bytes:
    forms = target.forms
    if target.octets is not None:
        data = target.octets
        work.spend(0, len(data))
    else:
        first, forms = (forms[0], forms[1:]) if forms else (DEFAULT_FORM, ())
        kept = with_comments and first.keeps_comments
        if target.element is None:
            data = write_document(root, first, with_comments=kept)
        else:
            data = write_element(target.element, first, with_comments=kept)
        work.spend(_steps(root, target.element, size), len(data))
    for form in forms:
        inner = screen(data)
        data = write_document(parse(data), form, with_comments=form.keeps_comments)
        work.spend(inner.steps, len(data))
    return data


def _steps(root: Element, element: Element | None, size: Size) -> int:
    """Work out the steps of a canonical form: an element is written, read and written again."""
    if element is None:
        return size.steps
    share = 1.0 if element is root else (1 + element.xpath("count(descendant::*)")) / size.elements
    return int(3 * size.steps * share) + 1
