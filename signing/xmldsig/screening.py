"""Refuses XML that is too large, too deep or has a DTD, before a tree is built.

It counts instead of measuring time, so that a file gets the same answer on any machine. XML 1.0, by the
standard library's expat.
"""

from typing import Final
from xml.parsers import expat

from signing.errors import UnreadableSignature

__all__ = ["MAX_BYTES", "Size", "screen"]

MAX_BYTES: Final = 32 * 1024 * 1024
"""An edXML message holds its files as base64; several copies of its tree must fit into a worker's budget."""
MAX_DEPTH: Final = 200
"""Envelopes nest ten deep, written pages some fifty; libxml2 recurses."""
MAX_ELEMENTS: Final = 200_000
"""A tree takes some 400 bytes an element with its text, and there are up to two trees at a time."""
MAX_ATTRIBUTES: Final = 400_000
MAX_STEPS: Final = 300_000_000
"""Of some 6 ns each, to write the file in its canonical form once; 200,000 elements below 20 declarations
take 100,000,000."""
MAX_DECLARED_BYTES: Final = 64 * 1024 * 1024
"""Of the namespaces in scope, added up over all elements: an exclusive form may repeat them at each one."""

_ELEMENT_STEPS: Final = 80
_ATTRIBUTE_STEPS: Final = 30
_UNREAD_ENCODINGS: Final = frozenset({18, 19})
"""expat's unknown and incorrect encoding."""


class Size:
    """What was counted in one file."""

    __slots__ = ("_declared", "_scopes", "attributes", "declared", "elements", "steps")

    def __init__(self) -> None:
        self.elements = self.attributes = self.steps = self.declared = 0
        self._scopes = [0]
        self._declared = [0]

    def start(self, _name: str, attributes: list[str]) -> None:
        """Count an element. Raises `UnreadableSignature` past a limit."""
        scope, declared, count = self._scopes[-1], self._declared[-1], len(attributes) // 2
        for place in range(0, len(attributes), 2):
            name = attributes[place]
            if name == "xmlns" or name.startswith("xmlns:"):
                scope += 1
                declared += len(name) + len(attributes[place + 1])
        self._scopes.append(scope)
        self._declared.append(declared)
        self.elements += 1
        self.attributes += count
        self.declared += declared
        # libxml2 looks each declaration in scope up among all of them, at each element.
        self.steps += _ELEMENT_STEPS + _ATTRIBUTE_STEPS * count + scope * scope
        for found, limit in (
            (len(self._scopes) - 1, MAX_DEPTH),
            (self.elements, MAX_ELEMENTS),
            (self.attributes, MAX_ATTRIBUTES),
            (self.steps, MAX_STEPS),
            (self.declared, MAX_DECLARED_BYTES),
        ):
            if found > limit:
                raise UnreadableSignature(reason="xml-too-complex", found=found, limit=limit)

    def end(self, _name: str) -> None:
        """Leave an element."""
        self._scopes.pop()
        self._declared.pop()


def _refuse_dtd(*_declaration: object) -> None:
    raise UnreadableSignature(reason="xml-dtd")


def _see_version(version: str, _encoding: str | None, _standalone: int) -> None:
    if version != "1.0":  # which has other line ends and characters, and no canonical form
        raise UnreadableSignature(reason="xml-unsupported", found=f"XML {version}"[:100])


def screen(data: bytes) -> Size:
    """Read XML through once. Raises `UnreadableSignature` when it is none, or beyond the limits."""
    if len(data) > MAX_BYTES:
        raise UnreadableSignature(reason="too-large", found=len(data), limit=MAX_BYTES)
    parser, seen = expat.ParserCreate(), Size()
    parser.ordered_attributes = True
    parser.StartElementHandler = seen.start
    parser.EndElementHandler = seen.end
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.XmlDeclHandler = _see_version
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        if error.code in _UNREAD_ENCODINGS:
            raise UnreadableSignature(reason="xml-unsupported", found=str(error)[:100]) from error
        raise UnreadableSignature(reason="xml-malformed") from error
    except (ValueError, LookupError) as error:  # an encoding of several bytes, which expat leaves to others
        raise UnreadableSignature(reason="xml-unsupported", found=str(error)[:100]) from error
    return seen
