"""Looks up elements of XML signatures, and their namespaces."""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.errors import UnreadableSignature

__all__ = ["DS", "NAMES", "SIGNATURE", "XADES", "Element", "decoded", "identified", "one", "signatures_in"]

Element: TypeAlias = Any  # lxml's
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
NAMES: Final = {
    "ds": DS,
    "dsig11": "http://www.w3.org/2009/xmldsig11#",
    "xades": XADES,
    "xades141": "http://uri.etsi.org/01903/v1.4.1#",
}
SIGNATURE: Final = f"{{{DS}}}Signature"

_SPACES: Final = str.maketrans("", "", " \t\r\n")
_IDENTIFIED: Final = etree.XPath("//*[@*[translate(local-name(), 'ID', 'id') = 'id']]")
"""By an Id under any spelling and in any namespace, since implementations differ in what is one."""


def one(element: Element, path: str) -> Element:
    """Find the only element at `path`. Raises `UnreadableSignature` when there is none, or more than one."""
    found = element.findall(path, NAMES)
    if len(found) != 1:
        raise UnreadableSignature(reason="xml-signature-malformed")
    return found[0]


def identified(root: Element) -> Mapping[str, list[Element]]:
    """Map each Id to the elements that bear it."""
    found: dict[str, list[Element]] = {}
    for element in _IDENTIFIED(root):
        names = (value for name, value in element.attrib.items() if _local(name).lower() == "id")
        for name in set(names):
            found.setdefault(name, []).append(element)
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def signatures_in(root: Element) -> list[Element]:
    """List the signatures, in the document's order."""
    return list(root.iter(SIGNATURE))


def decoded(element: Element) -> bytes:
    """Decode an element's base64. Raises `UnreadableSignature`."""
    try:
        return b64decode("".join(_texts(element)).translate(_SPACES), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableSignature(reason="xml-signature-malformed") from error


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            raise UnreadableSignature(reason="xml-signature-malformed")
        yield child.tail or ""  # behind a comment, which says nothing
