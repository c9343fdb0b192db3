"""The relationships transform of Office Open XML: a signature covers chosen relationships of a part.

Word, Excel and PowerPoint sign in this way, and leave out relationships to the signatures themselves.
ECMA-376 part 2 §12.2.4.26 and §12.2.4.27.
"""

from typing import Final, NamedTuple

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.errors import UnreadableSignature
from signing.xmldsig.canonical_forms import parse
from signing.xmldsig.elements import Element
from signing.xmldsig.screening import screen

__all__ = ["TRANSFORM", "Selection", "select", "selection_of"]

TRANSFORM: Final = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"

_SIGNATURES: Final = "{http://schemas.openxmlformats.org/package/2006/digital-signature}"
_NAMESPACE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_ROOT, _RELATIONSHIP = f"{{{_NAMESPACE}}}Relationships", f"{{{_NAMESPACE}}}Relationship"
_ATTRIBUTES: Final = frozenset({"Id", "Type", "Target", "TargetMode"})


class Selection(NamedTuple):
    """Which relationships are signed."""

    identifiers: frozenset[str]
    types: frozenset[str]


def selection_of(transform: Element) -> Selection:
    """Read what a Transform element chooses."""
    references = transform.findall(_SIGNATURES + "RelationshipReference")
    groups = transform.findall(_SIGNATURES + "RelationshipsGroupReference")
    return Selection(
        frozenset(each.get("SourceId", "") for each in references),
        frozenset(each.get("SourceType", "") for each in groups),
    )


def select(data: bytes, selection: Selection) -> tuple[bytes, bool]:
    """Write the chosen relationships in their order; gives them, and whether these are all there are.

    Raises `UnreadableSignature` for what is no list of relationships.
    """
    screen(data)
    root = parse(data)
    if root.tag != _ROOT:
        raise UnreadableSignature(reason="xml-transform", found=TRANSFORM)
    relationships = [each for each in root if isinstance(each.tag, str)]
    chosen = [
        each
        for each in relationships
        if each.get("Id") in selection.identifiers or each.get("Type") in selection.types
    ]
    if any(each.tag != _RELATIONSHIP or set(each.attrib) - _ATTRIBUTES for each in chosen):
        raise UnreadableSignature(reason="xml-transform", found=TRANSFORM)
    written = etree.Element(_ROOT, nsmap={None: _NAMESPACE})
    for each in sorted(chosen, key=lambda one: str(one.get("Id"))):
        etree.SubElement(written, _RELATIONSHIP, {"TargetMode": "Internal", **each.attrib})
    octets: bytes = etree.tostring(written, encoding="utf-8")
    return octets, len(chosen) == len(relationships)
