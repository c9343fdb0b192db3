"""Reads XML into a small tree with line numbers, within limits, without entities or external references.

XML 1.0 and Namespaces in XML 1.0, by the standard library's expat.
"""

from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from axis.protocol.edxml.errors import EdxmlInvalid, Warnings
from axis.protocol.edxml.limits import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_JUNK_BYTES,
    MAX_PREFIXES,
    MAX_TEXT,
    MAX_TOKEN_BYTES,
)
from axis.protocol.edxml.values import NAMESPACE
from axis.protocol.errors import shorten

# A DOCTYPE is refused where it begins, so that no entity is expanded. Prefixes are resolved here, because
# expat refuses two that well-known messages leave undeclared: `xlink`, and `edXML` around their files.

LONG_TEXT: Final = "ContentTransferEncoded"
XLINK: Final = "http://www.w3.org/1999/xlink"
_OWN_PREFIX: Final = "edXML"
_FILES: Final = "AttachmentEncoded"
BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_CHUNK: Final = 64 * 1024
_XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"


@dataclass(slots=True)
class Node:
    """An element: its resolved name, the line of its tag, its children and its text without theirs."""

    name: str
    namespace: str
    line: int
    href: str = ""
    children: list["Node"] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    characters: int = 0

    @property
    def text(self) -> str:
        """The text directly inside, without surrounding space."""
        return "".join(self.parts).strip()


def start_of_xml(data: bytes) -> int:
    """Return where the XML begins: after a byte order mark, and after junk before `<?xml`.

    Junk has no `<`: that would be a message of another form.
    """
    found = data.find(b"<?xml", 0, MAX_JUNK_BYTES)
    if found > 0 and b"<" not in data[:found]:
        return found
    return len(BOM) if data.startswith(BOM) else 0


def read_tree(data: bytes, warnings: Warnings) -> Node:
    """Return the root element.

    Raises `EdxmlInvalid` for what is not well-formed, not UTF-8, has a DOCTYPE, an undeclared prefix other
    than an attribute's `xlink` and an `edXML` at or in `AttachmentEncoded`, or is beyond a limit.
    """
    start = start_of_xml(data)
    skipped = data[:start]
    lines = skipped.count(b"\n")
    if skipped not in (b"", BOM):
        warnings.add("junk-before-xml", 1, "", skipped.decode("utf-8", "replace").strip() or "white space")
    first = data[start : start + 2]
    if first in _UTF_16 or b"\0" in first:  # expat would accept it, with a mark or without
        raise EdxmlInvalid("encoding", 1, "", "UTF-16", "UTF-8")
    parser = new_parser()
    builder = _Builder(parser, lines, warnings)
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.buffer_size = _CHUNK
    parser.XmlDeclHandler = builder.declaration
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        feed(parser, data, start)
    except TokenTooLongError:
        builder.refuse(
            "xml-too-large", "a tag or comment beyond it", f"at most {MAX_TOKEN_BYTES} bytes of one"
        )
    except expat.ExpatError as error:
        raise EdxmlInvalid(
            "xml-malformed",
            error.lineno + lines,
            builder.element,
            expat.ErrorString(error.code) or "a fault",
            "well-formed XML in UTF-8",
        ) from None
    assert builder.root is not None  # expat refuses a file without elements
    return builder.root


class TokenTooLongError(Exception):
    """A tag or comment is longer than any in a message may be."""


def new_parser() -> expat.XMLParserType:
    """Return an expat parser that reads UTF-8, whatever the declaration says."""
    parser = expat.ParserCreate("UTF-8")
    defer = getattr(parser, "SetReparseDeferralEnabled", None)
    if defer is not None:  # later patch releases: it delays events, and a token's length is bounded here
        defer(False)
    return parser


def feed(parser: expat.XMLParserType, data: bytes, start: int) -> None:
    """Parse `data` from `start` in small pieces. Raises `TokenTooLongError`, and what the handlers raise."""
    view = memoryview(data)
    for offset in range(start, len(data), _CHUNK):
        parser.Parse(bytes(view[offset : offset + _CHUNK]), False)
        if offset - start - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
            raise TokenTooLongError
    parser.Parse(b"", True)


class _Builder:
    __slots__ = ("_lines", "_parser", "_scopes", "_stack", "_warnings", "elements", "root")

    def __init__(self, parser: expat.XMLParserType, lines: int, warnings: Warnings) -> None:
        self._parser, self._lines, self._warnings = parser, lines, warnings
        self._stack: list[Node] = []
        self._scopes: list[dict[str, str]] = [{"": "", "xml": _XML_NAMESPACE}]
        self.elements = 0
        self.root: Node | None = None

    @property
    def element(self) -> str:
        return self._stack[-1].name if self._stack else ""

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber + self._lines

    def refuse(self, code: str, found: str, expected: str) -> NoReturn:
        raise EdxmlInvalid(code, self.line, self.element, found, expected)

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() not in {"UTF-8", "UTF8"}:
            self._warnings.add("encoding-declared", self.line, "", encoding)

    def doctype(self, name: str, *_more: object) -> None:
        self.refuse("xml-doctype", f"<!DOCTYPE {name}", "no DOCTYPE")

    def start(self, tag: str, attributes: list[str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            self.refuse("xml-too-large", "more elements", f"at most {MAX_ELEMENTS} elements")
        if len(self._stack) >= MAX_DEPTH:
            self.refuse("xml-too-deep", "more levels", f"at most {MAX_DEPTH} levels of elements")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            self.refuse(
                "xml-too-large", "more attributes", f"at most {MAX_ATTRIBUTES} attributes of an element"
            )
        scope, href = self._scope(tag, attributes) if attributes else (self._scopes[-1], "")
        prefix, _, local = tag.rpartition(":")
        namespace = scope.get(prefix)
        if namespace is None:
            namespace = self._own_namespace(tag, prefix, local)
        node = Node(local, namespace, self.line, href)
        if self._stack:
            self._stack[-1].children.append(node)
        else:
            self.root = node
        self._stack.append(node)
        self._scopes.append(scope)

    def _own_namespace(self, tag: str, prefix: str, local: str) -> str:
        """Return edXML's namespace for its usual prefix around files, if it is not declared."""
        is_of_files = local == _FILES or any(node.name == _FILES for node in self._stack)
        if prefix != _OWN_PREFIX or not is_of_files:
            self.refuse("prefix-undeclared", f"<{tag}>", "an element whose prefix is declared")
        self._warnings.add("edxml-undeclared", self.line, local, f"<{tag}>")
        return NAMESPACE

    def _scope(self, tag: str, attributes: list[str]) -> tuple[dict[str, str], str]:
        """Return the prefixes inside this element, and its `xlink:href`."""
        named = dict(zip(attributes[::2], attributes[1::2], strict=True))
        new = {
            name[6:]: value for name, value in named.items() if name == "xmlns" or name.startswith("xmlns:")
        }
        scope = {**self._scopes[-1], **new} if new else self._scopes[-1]
        if len(scope) > MAX_PREFIXES:
            self.refuse("xml-too-large", "more prefixes", f"at most {MAX_PREFIXES} prefixes in scope")
        href = ""
        for name, value in named.items():
            prefix, _, local = name.rpartition(":")
            if not prefix or prefix == "xmlns":
                continue
            if prefix not in scope:
                if prefix != "xlink":
                    self.refuse(
                        "prefix-undeclared", f"{name} of <{tag}>", "an attribute whose prefix is declared"
                    )
                self._warnings.add("xlink-undeclared", self.line, tag.rpartition(":")[2], f'{name}="{value}"')
            if local == "href" and scope.get(prefix, XLINK) == XLINK:
                href = value
        return scope, href

    def end(self, _tag: str) -> None:
        self._stack.pop()
        self._scopes.pop()

    def characters(self, text: str) -> None:
        node = self._stack[-1]
        node.characters += len(text)
        if node.characters > MAX_TEXT and node.name != LONG_TEXT and text.strip():
            self.refuse(
                "field-too-long", shorten("".join(node.parts).strip()), f"at most {MAX_TEXT} characters"
            )
        node.parts.append(text)
