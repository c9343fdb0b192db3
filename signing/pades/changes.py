"""What was done to a PDF after it was signed, and whether that is allowed.

Compares revisions by pyHanko's difference policy, which allows only what it can explain: further signatures,
filled-in fields, data for checking later. Our own rules come on top, where that policy looks away. It does
not say what the change means to people. ISO 32000-2 §12.8.2 (MDP), ETSI EN 319 142-1.
"""

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.xref import XRefSectionType
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, SuspiciousModification
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from signing.pades.budget import BudgetReader
from signing.pades.findings import Changes

__all__ = ["judge_changes"]

MAX_HIDDEN_SHARE: Final = 0.25
"""How much of a page the visible marks of later signatures may lie over. A seal or a name takes a twentieth;
a mark over the text could show another text in its place."""

_WHITESPACE: Final = b"\0\t\n\f\r "
_HYBRID: Final = (XRefSectionType.HYBRID_MAIN, XRefSectionType.HYBRID_STREAM)
_ALLOWED: Final[dict[ModificationLevel, Changes]] = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "archive",
    ModificationLevel.FORM_FILLING: "form",
}


def judge_changes(
    data: bytes, reader: BudgetReader, embedded: EmbeddedPdfSignature, stop: int
) -> tuple[Changes, str | None]:
    """Tell what became of the file past `stop`, where the covered bytes end; gives the rule broken, if any.

    `embedded` with its coverage evaluated. Raises what the library raises for files it does not understand.
    """
    if stop == len(data):
        return "none", None
    broken = _broken_rule(data, reader, embedded, stop)
    if broken is not None:
        return "forbidden", broken
    result = embedded.evaluate_modifications(DEFAULT_DIFF_POLICY)
    if isinstance(result, SuspiciousModification):
        return "forbidden", "unexplained"
    level, permitted = result.modification_level, embedded.docmdp_level
    if level not in _ALLOWED or (permitted is not None and level.value > permitted.value):
        return "forbidden", "not-permitted"
    if _is_text_hidden(reader, embedded.signed_revision):
        return "forbidden", "hides-text"
    return _ALLOWED[level], None


def _broken_rule(data: bytes, reader: BudgetReader, embedded: EmbeddedPdfSignature, stop: int) -> str | None:
    """Look at the bytes after the signed ones, before anything in them is believed."""
    later = range(embedded.signed_revision + 1, reader.total_revisions)
    sections = [reader.xrefs.get_xref_container_info(revision) for revision in later]
    if any(section.xref_section_type in _HYBRID for section in sections):
        # Two lists of objects, of which readers choose one: no later change needs that.
        return "two-lists"
    begin = max([stop, *(section.end_location for section in sections[-1:])])
    return None if _ends_cleanly(data, begin, stop) else "trailing-data"


def _ends_cleanly(data: bytes, begin: int, stop: int) -> bool:
    """Whether nothing follows the last revision's list of objects but its end.

    Objects appended without a list are nothing to a careful reader, and everything to one that repairs.
    """
    tail = data[begin:]
    if begin == stop:
        return not tail.strip(_WHITESPACE)
    body, mark, rest = tail.partition(b"%%EOF")
    return bool(mark) and b" obj" not in body and not rest.strip(_WHITESPACE)


def _is_text_hidden(reader: BudgetReader, signed_revision: int) -> bool:
    """Whether marks added later lie over too much of a page."""
    for page, box in _pages(reader):
        width, height = abs(box[2] - box[0]), abs(box[3] - box[1])
        covered = 0.0
        annotations = page.get("/Annots", ())
        for raw in list.__iter__(annotations) if isinstance(annotations, list) else ():
            reference = raw.reference if isinstance(raw, generic.IndirectObject) else None
            if reference is not None and reader.xrefs.get_introducing_revision(reference) <= signed_revision:
                continue
            left, low, right, high = _box(raw.get_object()["/Rect"])
            covered += abs(right - left) * abs(high - low)
        if covered > MAX_HIDDEN_SHARE * width * height:
            return True
    return False


def _pages(reader: BudgetReader) -> Iterator[tuple[Any, tuple[float, ...]]]:
    """Walk the page tree, each node once; gives pages with their boxes, which may be inherited."""
    waiting: list[tuple[Any, Any]] = [(reader.root.raw_get("/Pages"), None)]
    seen = set()
    while waiting:
        raw, inherited = waiting.pop()
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen:
                continue
            seen.add(raw.reference)
        node = raw.get_object()
        box = node.get("/MediaBox", inherited)
        if "/Kids" in node:
            waiting.extend((kid, box) for kid in list.__iter__(node["/Kids"]))
        else:
            yield node, _box(box)


def _box(value: Any) -> tuple[float, ...]:
    left, low, right, high = (float(each.get_object()) for each in list.__iter__(value))
    return left, low, right, high
