"""Finds the changes to a PDF after a signature, and decides whether they are allowed.

Revisions are compared by pyHanko's difference policy with the rules of `allowed_change_rules` and
`visibility`, and with what the signer permits (DocMDP). ISO 32000-2 §12.8.2 (MDP), ETSI EN 319 142-1.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    GenericFieldModificationRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from signing.pades.allowed_change_rules import (
    AnnotationRule,
    ChangedMetadataRule,
    FreedRule,
    StoreRule,
    refuse_filled_gaps,
)
from signing.pades.appended_bytes import find_oddity
from signing.pades.budget import BudgetReader, raise_exhaustion
from signing.pades.findings import Changes
from signing.pades.objects import items_of, value_of
from signing.pades.visibility import FormRule, is_described_otherwise

# The policy allows what a rule explains: further signatures, filled-in fields, notes, data for checking
# later. Visible changes have to be covered by a later signature of the same sender
# (`signing.pades.later_signatures`).

__all__ = ["Changed", "judge_changes"]

MAX_HIDDEN_SHARE: Final = 0.25
"""How much of a page the visible marks of later signatures may lie over. A seal or a name takes a twentieth;
a mark over the text could show another text in its place."""

_UNSEEN: Final = ModificationLevel.LTA_UPDATES


class Changed(NamedTuple):
    """The changes of a file after one signature."""

    changes: Changes
    because: str | None = None
    """The rule broken, or why it could not be compared."""
    is_permitted: bool = False
    """Whether the signer explicitly allowed it (DocMDP)."""


def judge_changes(data: bytes, reader: BudgetReader, embedded: EmbeddedPdfSignature, stop: int) -> Changed:
    """Return the changes after `stop`, where the covered bytes end.

    `embedded` with its coverage evaluated. Raises what the library raises for files it does not understand.
    """
    if stop == len(data):
        return Changed("none")
    odd = find_oddity(data, reader, embedded.signed_revision, stop)
    if odd is not None:
        return Changed(odd.changes, odd.because)
    policy = _Policy()
    result = embedded.evaluate_modifications(policy)
    if isinstance(result, SuspiciousModification):
        raise_exhaustion(result)
        return Changed("forbidden", "unexplained")
    level, permitted = result.modification_level, embedded.docmdp_level
    if policy.is_seen:
        level = max(level, ModificationLevel.FORM_FILLING)
    if permitted is not None and level.value > permitted.value:
        return Changed("forbidden", "not-permitted")
    if not policy.is_seen:
        return Changed("none" if level is ModificationLevel.NONE else "archive")
    because = "hides-text" if _is_text_hidden(reader, embedded.signed_revision) else None
    return Changed("form", because, permitted is not None and not policy.has_marks)


class _Policy(StandardDiffPolicy):
    """The policy for changes after one signature. It notes whether any of them is visible."""

    def __init__(self) -> None:
        self._form = FormRule(
            [
                # Pages are looked at by a rule of ours, which knows notes as well.
                SigFieldCreationRule(
                    approve_widget_bindings=False,
                    # As viewers do: who certified a file and allowed signing may be followed by a mark. Whose
                    # it may be is asked as everywhere.
                    allow_new_visible_after_certify=True,
                ),
                SigFieldModificationRule(),
                GenericFieldModificationRule(),
            ]
        )
        self._is_described_otherwise = False
        self._pages = AnnotationRule()
        super().__init__(
            global_rules=[
                CatalogModificationRule(),
                DocInfoRule().as_qualified(_UNSEEN),
                XrefStreamRule().as_qualified(_UNSEEN),
                ObjectStreamRule().as_qualified(_UNSEEN),
                ChangedMetadataRule().as_qualified(_UNSEEN),
                StoreRule(),
                FreedRule(),
                self._pages,
            ],
            form_rule=self._form,
            reject_object_freeing=False,  # by a rule of ours, which asks whether anything used them
        )

    @property
    def is_seen(self) -> bool:
        """Tell whether anything that was allowed is visible."""
        return self._form.is_seen or self._pages.has_notes or self._is_described_otherwise

    @property
    def has_marks(self) -> bool:
        """Tell whether it includes marks of new fields."""
        return self._form.has_marks

    def apply(
        self,
        old: HistoricalResolver,
        new: HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult:
        """Compare a revision with the signed one."""
        refuse_filled_gaps(old, new)
        result = super().apply(old, new, field_mdp_spec, doc_mdp)
        self._is_described_otherwise |= is_described_otherwise(old, new)
        if not self._pages.has_notes:
            return result
        level = max(result.modification_level, ModificationLevel.ANNOTATIONS)
        return DiffResult(level, result.changed_form_fields)


def _is_text_hidden(reader: BudgetReader, signed_revision: int) -> bool:
    """Whether marks added later lie over too much of a page."""
    for page, box in _pages(reader):
        width, height = abs(box[2] - box[0]), abs(box[3] - box[1])
        covered = 0.0
        for raw in items_of(value_of(page, "/Annots") or []):
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
        box = value_of(node, "/MediaBox") or inherited
        if "/Kids" in node:
            waiting.extend((kid, box) for kid in items_of(node["/Kids"]))
        else:
            yield node, _box(box)


def _box(value: Any) -> tuple[float, ...]:
    left, low, right, high = (float(each.get_object()) for each in items_of(value))
    return left, low, right, high
