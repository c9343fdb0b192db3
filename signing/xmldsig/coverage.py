"""What an XML signature covers, and whether anything readable stands beside that.

Wrapping attacks leave a signature intact and move what it signs to where nobody reads it. So a signature over
a part counts only where nothing else can be read in its place: what is outside of the signed parts may be no
more than the bare elements that hold them and the signatures together. It verifies nothing itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.errors import UnreadableSignature

__all__ = ["DS", "XADES", "Element", "covered_parts", "has_unsigned_rest", "splits_text"]

Element: TypeAlias = Any  # lxml's
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
_SIGNATURE: Final = f"{{{DS}}}Signature"
_OBJECT: Final = f"{{{DS}}}Object"
_PROPERTIES: Final = f"{{{XADES}}}QualifyingProperties"
_UNSIGNED: Final = f"{{{XADES}}}UnsignedProperties"
_PLAIN: Final = frozenset({"Target", "MimeType", "Encoding"})
"""Attributes that say how to read an Object, or whose properties these are."""
_SCHEMA_HINTS: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


def covered_parts(root: Element, signature: Element, uris: Sequence[str]) -> list[Element]:
    """Find the elements that references name: the root, or the one with an Id that nothing else has.

    Raises `UnreadableSignature` for a reference to elsewhere, to nothing, or to something ambiguous.
    """
    known = Counter(identifier for each in root.iter("*") for identifier in _identifiers(each))
    parts = []
    for uri in uris:
        name = uri[1:]
        if uri == "":
            parts.append(root)
        elif not uri.startswith("#") or name.startswith("xpointer("):
            raise UnreadableSignature(reason="xml-reference-elsewhere", found=uri[:100])
        elif known[name] != 1:
            reason = "xml-reference-ambiguous" if known[name] else "xml-reference-dangling"
            raise UnreadableSignature(reason=reason, found=uri[:100])
        else:
            parts.append(next(each for each in root.iter("*") if name in _identifiers(each)))
    for part in parts:
        inside = next(part.iterancestors(_SIGNATURE), None)
        if part is signature or (inside is not None and inside is not signature):
            raise UnreadableSignature(reason="xml-reference-misplaced")
    return parts


def has_unsigned_rest(root: Element, parts: Sequence[Element], signature: Element) -> bool:
    """Whether there is anything to read in the document that `parts` do not hold."""
    if any(part is root for part in parts):
        return _has_loose_object(signature, set(parts))  # which the whole document does not cover
    outer = [part for part in parts if signature not in part.iterancestors()]
    if not outer and signature is not root:
        return True
    if any(part.getparent() is not root or part in signature.iterancestors() for part in outer):
        # Deeper, or around the signature: a document that somebody put into another.
        return True
    # Sets of elements, not of their ids: lxml makes an element anew where nobody holds the last one.
    signatures = list(root.iter(_SIGNATURE))
    holders = {each for held in (*parts, *signatures) for each in held.iterancestors()}
    return any(_is_rest(each, set(parts), holders, signature) for each in _outside(root, set(parts)))


def _outside(element: Element, parts: set[Element]) -> Iterator[Element]:
    """Go through the elements outside of signed parts and of signatures, these themselves included."""
    yield element
    if element not in parts and element.tag != _SIGNATURE:
        for child in element:
            yield from _outside(child, parts)


def _is_rest(element: Element, parts: set[Element], holders: set[Element], signature: Element) -> bool:
    """Whether the element, without its children, is more than a bare holder."""
    if element.getparent() is not None and _is_text(element.tail):
        return True
    if element in parts or not isinstance(element.tag, str):
        return False
    if element.tag == _SIGNATURE:
        return element is signature and _has_loose_object(element, parts)
    others = [each for each in element.attrib if not _is_identifier(each)]
    is_more = any(not each.startswith(_SCHEMA_HINTS) for each in others)
    return element not in holders or is_more or _is_text(element.text)


def _has_loose_object(signature: Element, parts: set[Element]) -> bool:
    """Whether the signature holds an Object that it does not sign; what XAdES leaves unsigned is none."""
    return any(each not in parts and _is_loose(each, parts) for each in signature.iterchildren(_OBJECT))


def _is_loose(element: Element, parts: set[Element]) -> bool:
    """Whether an Object, or XAdES's properties in one, holds more than what is signed."""
    if _is_text(element.text) or any(
        name not in _PLAIN and not _is_identifier(name) for name in element.attrib
    ):
        return True
    for child in element:
        is_held = child in parts or child.tag == _UNSIGNED or not isinstance(child.tag, str)
        is_properties = element.tag == _OBJECT and child.tag == _PROPERTIES
        if _is_text(child.tail) or not (is_held or (is_properties and not _is_loose(child, parts))):
            return True
    return False


def splits_text(parts: Sequence[Element]) -> bool:
    """Whether a comment stands between pieces of text: readers differ in what they read of such a text."""
    return any(
        _is_text(comment.tail) or _is_text(comment.getparent().text)
        for part in parts
        for comment in part.iter(etree.Comment)
        if comment.getparent() is not None
    )


def _is_identifier(name: str) -> bool:
    """Whether an attribute may be what a reference names, however it is written."""
    return name.rpartition("}")[2].lower() == "id"


def _identifiers(element: Element) -> set[str]:
    return {value for name, value in element.attrib.items() if _is_identifier(name)}


def _is_text(text: str | None) -> bool:
    return bool(text) and not str(text).isspace()
