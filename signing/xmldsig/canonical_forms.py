"""Writes the canonical form of an XML document, or of one element in its place.

libxml2 does the writing. Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.errors import UnreadableSignature
from signing.xmldsig.elements import Element
from signing.xmldsig.identifiers import is_canonical, is_exclusive, is_newer

# An element is first copied, with all it inherits, into a document of its own: lxml, asked to write an
# element in place, loses namespaces that are declared further out, and writes `xmlns=""` below it against the
# standards.

__all__ = ["DEFAULT_FORM", "CanonicalForm", "form_of", "parse", "write_document", "write_element"]

_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_BASE, _ID = _XML + "base", _XML + "id"
_INCLUSIVE_PREFIXES: Final = "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces"


class CanonicalForm(NamedTuple):
    """Which canonical form, and for an exclusive one which prefixes it treats inclusively."""

    algorithm: str
    prefixes: tuple[str, ...] = ()

    @property
    def keeps_comments(self) -> bool:
        """Whether this form writes comments."""
        return self.algorithm.endswith("WithComments")


DEFAULT_FORM: Final = CanonicalForm("http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
"""What XML Signature §4.4.3.2 takes where a reference names none."""


def form_of(element: Element) -> CanonicalForm:
    """Read the form that a transform or a CanonicalizationMethod asks for. Raises `UnreadableSignature`."""
    algorithm = element.get("Algorithm", "")
    if not is_canonical(algorithm):
        raise UnreadableSignature(reason="xml-transform", found=algorithm[:100])
    prefixes = element.find(_INCLUSIVE_PREFIXES)
    return CanonicalForm(algorithm, () if prefixes is None else tuple(prefixes.get("PrefixList", "").split()))


def parse(data: bytes) -> Element:
    """Make a tree of screened XML; gives its root. Raises `UnreadableSignature`."""
    # Large texts are let in: attachments are base64; depth, counts and DTDs were looked at before.
    parser: Any = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_pis=False,
        collect_ids=False,  # two elements of one xml:id are no error of the file's form
    )
    try:
        return etree.fromstring(data, parser=parser)
    except etree.XMLSyntaxError as error:  # that another parser could read: such as an unusual namespace name
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise UnreadableSignature(reason="xml-unsupported", found=str(error)[:100]) from error


def write_document(root: Element, form: CanonicalForm, *, with_comments: bool) -> bytes:
    """Write the document of which this is the root, with the instructions before and behind it."""
    return _written(root.getroottree(), form, with_comments=with_comments)


def write_element(element: Element, form: CanonicalForm, *, with_comments: bool) -> bytes:
    """Write one element and what it holds, with what it inherits from where it stands."""
    apex = parse(etree.tostring(element, encoding="utf-8", with_tail=False))  # with all namespaces in scope
    if not is_exclusive(form.algorithm):
        for name, value in _inherited(element, form):
            apex.set(name, value)
    return _written(apex.getroottree(), form, with_comments=with_comments)


def _written(tree: Any, form: CanonicalForm, *, with_comments: bool) -> bytes:
    try:
        written: bytes = etree.tostring(
            tree,
            method="c14n",
            exclusive=is_exclusive(form.algorithm),
            with_comments=with_comments,
            inclusive_ns_prefixes=list(form.prefixes) or None,
        )
    except etree.C14NError as error:  # a namespace name that is relative: Canonical XML §1.3
        raise UnreadableSignature(reason="xml-unsupported", found="C14N") from error
    return written


def _inherited(element: Element, form: CanonicalForm) -> Iterator[tuple[str, str]]:
    """Give the attributes of `xml:` that an element takes over from those around it."""
    found: dict[str, str] = {}
    bases = [element.get(_BASE)]
    for around in element.iterancestors():
        bases.append(around.get(_BASE))
        for name, value in around.attrib.items():
            if name.startswith(_XML):
                found.setdefault(name, value)
    if is_newer(form.algorithm):  # Canonical XML 1.1 §2.4: an Id is nobody else's, and bases add up
        found.pop(_ID, None)
        if _BASE in found:
            found[_BASE] = _joined([each for each in bases if each is not None])
    own = set(element.attrib) - ({_BASE} if is_newer(form.algorithm) else set())
    return ((name, value) for name, value in found.items() if name not in own)


def _joined(bases: list[str]) -> str:
    """Join bases, the innermost first."""
    if len(bases) > 1 and not urlsplit(bases[-1]).scheme:
        raise UnreadableSignature(reason="xml-unsupported", found="xml:base")
    joined = bases[-1]
    for base in reversed(bases[:-1]):
        joined = urljoin(joined, base)
    return joined
