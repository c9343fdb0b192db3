"""A first look at XML before any tree is built of it: what is too large, too deep or has a DTD is refused.

It streams and keeps nothing; it knows nothing of signatures. XML 1.0, by the standard library's expat.
"""

from typing import Final
from xml.parsers import expat

from signing.errors import UnreadableSignature

__all__ = ["MAX_BYTES", "screen"]

MAX_BYTES: Final = 32 * 1024 * 1024
"""An edXML message holds its files as base64; several copies of its tree must fit into a worker's budget."""
MAX_DEPTH: Final = 64
"""Envelopes nest ten deep; tree walks recurse."""
MAX_ELEMENTS: Final = 100_000
"""A tree takes some 200 bytes an element, in several copies."""
MAX_ATTRIBUTES: Final = 100_000
MAX_NAMESPACES: Final = 1_000
"""Declarations in the whole file: writing the canonical form costs elements times declarations in scope."""


class _Screen:
    __slots__ = ("attributes", "depth", "elements", "namespaces")

    def __init__(self) -> None:
        self.depth = self.elements = self.attributes = self.namespaces = 0

    def start(self, _name: str, attributes: list[str]) -> None:
        self.depth += 1
        self.elements += 1
        names = attributes[::2]
        self.attributes += len(names)
        self.namespaces += sum(name == "xmlns" or name.startswith("xmlns:") for name in names)
        for found, limit in (
            (self.depth, MAX_DEPTH),
            (self.elements, MAX_ELEMENTS),
            (self.attributes, MAX_ATTRIBUTES),
            (self.namespaces, MAX_NAMESPACES),
        ):
            if found > limit:
                raise UnreadableSignature(reason="xml-too-complex", found=found, limit=limit)

    def end(self, _name: str) -> None:
        self.depth -= 1


def _refuse_dtd(*_declaration: object) -> None:
    raise UnreadableSignature(reason="xml-dtd")


def screen(data: bytes) -> None:
    """Read XML through once. Raises `UnreadableSignature` when it is none, or beyond the limits."""
    if len(data) > MAX_BYTES:
        raise UnreadableSignature(reason="too-large", found=len(data), limit=MAX_BYTES)
    parser, seen = expat.ParserCreate(), _Screen()
    parser.ordered_attributes = True
    parser.StartElementHandler = seen.start
    parser.EndElementHandler = seen.end
    parser.StartDoctypeDeclHandler = _refuse_dtd
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableSignature(reason="xml-malformed") from error
