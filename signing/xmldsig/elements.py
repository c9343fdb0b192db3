"""Elements of XML signatures, looked up strictly: one where one must be, base64 without ornaments.

It knows no meaning of any of them.
"""

import binascii
from base64 import b64decode
from typing import Final

from signing.errors import UnreadableSignature
from signing.xmldsig.coverage import DS, XADES, Element

__all__ = ["NAMES", "decoded", "one"]

NAMES: Final = {"ds": DS, "xades": XADES}


def one(element: Element, path: str) -> Element:
    """Find the only element there. Raises `UnreadableSignature` when there is none, or another."""
    found = element.findall(path, NAMES)
    if len(found) != 1:
        raise UnreadableSignature(reason="xml-signature-malformed")
    return found[0]


def decoded(element: Element) -> bytes:
    """Decode an element's base64. Raises `UnreadableSignature`."""
    try:
        if len(element):  # a comment inside, which readers see differently
            raise UnreadableSignature(reason="xml-signature-malformed")
        return b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableSignature(reason="xml-signature-malformed") from error
