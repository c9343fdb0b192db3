"""Tells which files of a container are for programs, and need not be signed.

Their content is checked too, so that no text hides in them. ETSI EN 319 162-1 §4.4 and annex A, OpenDocument
1.3 part 2 §4.
"""

import re
from collections.abc import Container
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.containers.asic_manifest import entry_of
from signing.errors import UnreadableSignature
from signing.xmldsig.canonical_forms import parse
from signing.xmldsig.elements import DS, Element
from signing.xmldsig.screening import screen

__all__ = ["is_for_programs"]

_MEDIA_TYPE: Final = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_LISTED: Final = re.compile(r"META-INF/manifest\.xml", re.IGNORECASE)
_ARCHIVED: Final = re.compile(
    r"META-INF/[^/]*ASiC(?:Archive|EvidenceRecord)Manifest[^/]*\.xml", re.IGNORECASE
)
_EVIDENCE: Final = re.compile(r"META-INF/[^/]*evidencerecord[^/]*\.xml", re.IGNORECASE)
_BINARY: Final = re.compile(r"META-INF/[^/]*(?:timestamp[^/]*\.tst|evidencerecord[^/]*\.ers)", re.IGNORECASE)

_MANIFEST: Final = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_ASIC: Final = "http://uri.etsi.org/02918/v1.2.1#"
_ERS: Final = "urn:ietf:params:xml:ns:ers"
_VALUE: Final = re.compile(r"[^\s<>]{0,512}")
"""The longest value of an attribute, for an algorithm or a type. A longer one must be a file's name."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=\s]*")


def is_for_programs(name: str, data: bytes, entries: Container[str]) -> bool:
    """Tell whether a file with this name and content is for programs alone.

    `entries`: the container's files, which an OpenDocument manifest may list.
    """
    if name == "mimetype":
        text = data.rstrip(b"\r\n").decode("ascii", errors="replace")
        return re.fullmatch(_MEDIA_TYPE, text) is not None
    if _BINARY.fullmatch(name):
        return _is_one_value(data)
    try:
        if _LISTED.fullmatch(name):
            return _is_list(_root(data), entries)
        if _ARCHIVED.fullmatch(name):
            return _is_bare(_root(data), f"{{{_ASIC}}}ASiCManifest", {_ASIC, DS}, entries)
        if _EVIDENCE.fullmatch(name):
            return _is_bare(_root(data), f"{{{_ERS}}}EvidenceRecord", {_ERS, DS}, entries)
    except UnreadableSignature:
        pass
    return False


def _root(data: bytes) -> Element:
    screen(data)
    root = parse(data)
    if root.getprevious() is not None or root.getnext() is not None:  # a comment or an instruction
        raise UnreadableSignature(reason="container-manifest")
    return root


def _is_one_value(data: bytes) -> bool:
    """Whether it is one value in DER, to its last byte, as time-stamps and evidence records are."""
    if len(data) < 4 or data[0] != 0x30:  # noqa: PLR2004 - a SEQUENCE with its length
        return False
    more = data[1] & 0x7F if data[1] & 0x80 else 0
    length = int.from_bytes(data[2 : 2 + more], "big") if more else data[1]
    return 2 + more + length == len(data)


def _is_list(root: Element, entries: Container[str]) -> bool:
    """Whether it is an OpenDocument manifest that lists files of the container, and folders."""
    if root.tag != f"{{{_MANIFEST}}}manifest" or not _is_plain(root):
        return False
    for each in root:
        path = each.get(f"{{{_MANIFEST}}}full-path", "") if isinstance(each.tag, str) else ""
        is_known = path in entries or path.endswith("/")
        media_type = each.get(f"{{{_MANIFEST}}}media-type", "")
        if each.tag != f"{{{_MANIFEST}}}file-entry" or len(each) or not is_known or not _is_plain(each):
            return False
        if media_type and re.fullmatch(_MEDIA_TYPE, media_type) is None:
            return False
    return True


def _is_plain(element: Element) -> bool:
    """Whether an element of a manifest has no text around it, and no attributes but the manifest's own."""
    texts = (element.text, *(each.tail for each in element))
    own = {f"{{{_MANIFEST}}}{each}" for each in ("version", "full-path", "media-type", "size")}
    return not any((each or "").strip() for each in texts) and own.issuperset(element.attrib)


def _is_bare(root: Element, tag: str, namespaces: set[str], entries: Container[str]) -> bool:
    """Whether a tree holds digests, names of algorithms and files, and no text."""
    if root.tag != tag:
        return False
    for each in root.iter():
        if not isinstance(each.tag, str) or etree.QName(each).namespace not in namespaces:
            return False
        if _BASE64.fullmatch(each.text or "") is None or (each.tail or "").strip():
            return False
        loose = (value for value in each.attrib.values() if _VALUE.fullmatch(value) is None)
        if any(entry_of(value, entries) is None for value in loose):
            return False
    return True
