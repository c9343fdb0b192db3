"""Decides whether a reader could see what was added to a PDF after signing: form values, marks, titles.

What is allowed is decided by the difference policy in `signing.pades.allowed_changes`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.diff_analysis.form_rules_api import (
    FieldComparisonContext,
    FieldComparisonSpec,
    FieldMDPRule,
    FormUpdate,
    FormUpdatingRule,
)

from signing.pades.objects import is_defined, is_same, items_of, raw_of, value_of

__all__ = ["FormRule", "SpecsRule", "is_described_otherwise", "is_unseen"]

_FORM_WIDE: Final = ("/DR", "/DA", "/Q", "/NeedAppearances")
"""What of the form's own entries changes how fields look."""
_SAVED: Final = frozenset({"/ModDate", "/Producer", "/Creator", "/Trapped"})
"""What every program writes anew when it saves."""
_HIDDEN: Final = 1 << 1
"""Annotation flag: neither shown nor printed (ISO 32000-2, table 167)."""
_ACTIONS: Final = frozenset({"/A", "/AA"})
_UNSHOWN: Final = frozenset({"/Ff", "/Type"})
"""What of a signature field Acrobat writes anew at will; nobody sees it."""
_CORNERS: Final = 4
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP_SAVED: Final = (
    "{http://ns.adobe.com/xap/1.0/}CreateDate",
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://ns.adobe.com/xap/1.0/}MetadataDate",
    "{http://ns.adobe.com/xap/1.0/}CreatorTool",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{http://ns.adobe.com/xap/1.0/mm/}",
    "{http://purl.org/dc/elements/1.1/}format",
    "{adobe:ns:meta/}xmptk",
)


def is_unseen(field: Any) -> bool:
    """Tell whether a field shows nothing on any page: without extent, or hidden, in all its parts.

    One that does something (a script when its page opens) may show anything.
    """
    parts = [field]
    if value_of(field, "/Kids") is not None:
        kids = [each.get_object() for each in items_of(field["/Kids"])]
        if any("/Kids" in each for each in kids):
            return False
        parts += kids
    return all(_is_part_unseen(each) and not _ACTIONS & each.keys() for each in parts)


def _is_part_unseen(part: Any) -> bool:
    if "/Rect" not in part:
        return "/AP" not in part
    flags = value_of(part, "/F")
    if isinstance(flags, int) and flags & _HIDDEN:
        return True
    box = part["/Rect"]
    if not isinstance(box, generic.ArrayObject) or len(box) != _CORNERS:
        return False
    left, low, right, high = (each.get_object() for each in items_of(box))
    return bool(left == right or low == high)


class SpecsRule(FieldMDPRule):
    """Approves nothing; keeps what the form's rules compare."""

    def __init__(self) -> None:
        self.specs: Mapping[str, FieldComparisonSpec] = {}

    def apply(self, context: FieldComparisonContext) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        """Keep the fields."""
        self.specs = context.field_specs
        return ()


class FormRule(FormUpdatingRule):
    """The library's rule for forms, which notes besides whether a change can be seen."""

    def __init__(self, rules: list[FieldMDPRule]) -> None:
        self._fields = SpecsRule()
        self.is_seen = False
        self.has_marks = False
        """Whether a signature field that can be seen was added: allowing to fill in allows no such thing."""
        super().__init__([*rules, self._fields])

    def apply(
        self, old: HistoricalResolver, new: HistoricalResolver
    ) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        """Give what the library's rule gives."""
        updates = list(super().apply(old, new))
        changed = new.explicit_refs_in_revision()
        unseen = {name for name, spec in self._fields.specs.items() if _is_spec_unseen(spec)}
        for level, update in updates:
            reference = update.updated_ref
            if level < ModificationLevel.FORM_FILLING or reference not in changed:
                continue
            if update.field_name not in unseen and not _is_rewritten(old, new, reference):
                self.is_seen = True
        shown = [spec for spec in self._fields.specs.values() if _is_shown_otherwise(spec)]
        self.is_seen |= bool(shown)
        self.has_marks |= any(spec.old_field is None for spec in shown)
        before, after = old.root["/AcroForm"], new.root["/AcroForm"]
        if any(not is_same(raw_of(before, key), raw_of(after, key)) for key in _FORM_WIDE):
            self.is_seen = True
        return updates


def _is_spec_unseen(spec: FieldComparisonSpec) -> bool:
    fields = [each for each in (spec.old_field, spec.new_field) if each is not None]
    return spec.field_type == "/Sig" and all(is_unseen(each) for each in fields)


def _is_shown_otherwise(spec: FieldComparisonSpec) -> bool:
    """Whether a signature field that can be seen is new, or stands otherwise than before."""
    before, after = spec.old_field, spec.new_field
    if spec.field_type != "/Sig" or after is None or _is_spec_unseen(spec):
        return False
    if before is None:
        return True
    keys = (before.keys() | after.keys()) - _UNSHOWN
    return any(not is_same(raw_of(before, key), raw_of(after, key)) for key in keys)


def _is_rewritten(old: HistoricalResolver, new: HistoricalResolver, reference: Any) -> bool:
    """Whether an object was written anew as it was."""
    return is_defined(old, reference) and is_same(old(reference), new(reference))


def is_described_otherwise(old: HistoricalResolver, new: HistoricalResolver) -> bool:
    """Tell whether title, author or the like changed, which readers show beside the pages."""
    before, after = _information(old), _information(new)
    for key in (before.keys() | after.keys()) - _SAVED:
        if not is_same(raw_of(before, key), raw_of(after, key)):
            return True
    raw_before, raw_after = raw_of(old.root, "/Metadata"), raw_of(new.root, "/Metadata")
    if is_same(raw_before, raw_after) and (
        raw_after is None or raw_after.reference not in new.explicit_refs_in_revision()
    ):
        return False
    return _described(old) != _described(new)


def _information(revision: HistoricalResolver) -> Any:
    raw = raw_of(revision.trailer_view, "/Info")
    # The trailer's own references would be followed in the newest revision.
    found = revision(raw.reference) if isinstance(raw, generic.IndirectObject) else raw
    return found if isinstance(found, generic.DictionaryObject) else {}


def _described(revision: HistoricalResolver) -> list[tuple[str, str]]:
    """List what XMP says, but for what every program writes anew."""
    stream = value_of(revision.root, "/Metadata")
    if not isinstance(stream, generic.StreamObject):
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    said = []
    for each in etree.fromstring(stream.read_data(DecodePurpose.XMP_METADATA), parser).iter(etree.Element):
        if any(parent.tag.startswith(_XMP_SAVED) for parent in (each, *each.iterancestors())):
            continue
        text = (each.text or "").strip()
        said += [(each.tag, text)] if text else []
        said += [
            (key, value)
            for key, value in each.attrib.items()
            if not key.startswith((*_XMP_SAVED, f"{_RDF}about"))
        ]
    return sorted(said)
