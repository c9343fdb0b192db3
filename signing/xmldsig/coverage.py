"""Decides whether an XML signature covers all that a reader may see.

Wrapping attacks move what a signature signs to where it is not read. So the root, instructions, comments, and
what the signature itself holds have to be under it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.certificates import KnownCertificate
from signing.verdict_vocabulary import Params
from signing.xmldsig.elements import Element
from signing.xmldsig.references import Target
from signing.xmldsig.signature_contents import loose_content

__all__ = ["has_comments", "unsigned_rest"]

_SPACES: Final = " \t\r\n"
_PART: Final = (("reason", "part"),)


def unsigned_rest(
    root: Element,
    signature: Element,
    targets: Sequence[Target],
    known: KnownCertificate | None,
    certificates: Sequence[KnownCertificate],
) -> Params:
    """Return the first readable part of the document that the targets do not include; `()` if there is none.

    `known`: the signer's certificate, `certificates`: all that came along; what the signature says of them
    has to agree. Comments are left to `has_comments`.
    """
    is_document = any(each.is_document for each in targets)
    parts = [each.element for each in targets if each.element is not None]
    if not is_document and signature is not root and not any(part is root for part in parts):
        return _PART
    if not is_document:
        outside = next((each for each in _beside(root) if each.tag is etree.PI), None)
        if outside is not None:
            return (("reason", "xml-outside"), ("found", str(outside.target)[:100]))
    if (signature.tail or "").strip(_SPACES):
        # Where a signature stands is not signed: moved into a text it would cut that short for some programs.
        return (("reason", "xml-divided"), ("found", _name(signature.getparent())))
    loose = loose_content(signature, parts, known, certificates)
    return () if loose is None else (("reason", "xml-loose"), ("found", loose[:100]))


def _name(element: Element | None) -> str:
    return "" if element is None else str(element.tag).rpartition("}")[2][:100]


def has_comments(root: Element, signature: Element, *, are_signed: bool) -> bool:
    """Whether there is a comment that is not signed; `are_signed`: those outside of the signature are.

    Canonical forms leave comments out, so anybody can write one into what is signed; viewers show them, and
    some programs read a text only up to a comment inside it.
    """
    if are_signed:
        return next(signature.iter(etree.Comment), None) is not None
    is_beside = any(each.tag is etree.Comment for each in _beside(root))
    return is_beside or next(root.iter(etree.Comment), None) is not None


def _beside(root: Element) -> Iterator[Element]:
    """Go through the instructions and comments before and behind the root."""
    yield from root.itersiblings(preceding=True)
    yield from root.itersiblings()
