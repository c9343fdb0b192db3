"""Rules for pyHanko's difference policy: what a later revision of a PDF may add.

`signing.pades.allowed_changes` puts the rules together and decides. ISO 32000-2 §12.5, §12.8.4.3.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import MetadataUpdateRule, ModificationLevel, SuspiciousModification
from pyhanko.sign.diff_analysis.commons import compare_dicts
from pyhanko.sign.diff_analysis.rules_api import AbsoluteContext, QualifiedWhitelistRule, ReferenceUpdate

from signing.pades.objects import is_defined, is_same, items_of, raw_of, value_of

# Each rule approves the changes it can explain, and the policy refuses what no rule explained. These replace
# the library's rules where those refuse what is harmless (data for checking later that points to nothing,
# objects freed that nobody used) or do not know what may be signed along (notes on a page).

__all__ = ["AnnotationRule", "ChangedMetadataRule", "FreedRule", "StoreRule", "refuse_filled_gaps"]

_Approved = tuple[ModificationLevel, ReferenceUpdate]
_STORE: Final = ("/Root", "/DSS")
_STORE_KEYS: Final = frozenset({"/Type", "/VRI", "/Certs", "/CRLs", "/OCSPs"})


def refuse_filled_gaps(old: HistoricalResolver, new: HistoricalResolver) -> None:
    """Refuse a revision that gives a value to what was null in the signed one, and could be shown by it.

    A page may refer to an object that is nowhere in the file (ISO 32000-2 §7.3.10); one that appears later
    would be shown without a change to anything that was there. Raises `SuspiciousModification`.
    """
    later = {each.idnum for each in new.explicit_refs_in_revision()}
    for reference, paths in _usages(old).items():
        if reference.idnum in later and isinstance(old(reference), generic.NullObject):
            if all(path.path[:2] == _STORE for path in paths):
                continue
            if not isinstance(new(reference), generic.NullObject) or reference.generation:
                raise SuspiciousModification("a reference to nothing was filled in")


class StoreRule(QualifiedWhitelistRule):
    """Data for checking later (DSS, VRI): may be added to, replaced and taken away, since nobody sees it."""

    def apply_qualified(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[_Approved]:
        """Approve what is reached from the store, as far as it is reached from nowhere else."""
        store = value_of(new.root, "/DSS")
        if store is None:
            return
        if not isinstance(store, generic.DictionaryObject) or isinstance(store, generic.StreamObject):
            raise SuspiciousModification("/DSS is no dictionary")
        if not store.keys() <= _STORE_KEYS:
            raise SuspiciousModification("/DSS holds something else")
        since = old.revision + 1
        raw = raw_of(new.root, "/DSS")
        changed = new.explicit_refs_in_revision()
        found = new.collect_dependencies(raw, since_revision=since)
        # What was there before and is written anew is not collected; its paths tell that it is the store's.
        for reference in changed - found:
            found |= {reference} if _paths_under(old, reference, _STORE) else set()
        for reference in found & changed:
            paths = _paths_under(old, reference, _STORE)
            if old.is_ref_unassignable(reference) and not paths:
                yield ModificationLevel.LTA_UPDATES, ReferenceUpdate(reference)
            for path in paths:
                yield ModificationLevel.LTA_UPDATES, ReferenceUpdate(reference, AbsoluteContext(path, old))


class ChangedMetadataRule(MetadataUpdateRule):
    """The library's rule for XMP, asked only where it changed: many files hold some that is malformed."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library says none

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        """Approve the stream, where it was written anew."""
        before, after = raw_of(old.root, "/Metadata"), raw_of(new.root, "/Metadata")
        if is_same(before, after) and not _is_listed(new, after):
            return ()
        return super().apply(old, new)


class FreedRule(QualifiedWhitelistRule):
    """Objects given up: allowed where nothing but the store of data for checking later used them."""

    def apply_qualified(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[_Approved]:
        """Approve them, and refuse those that could be seen."""
        freed = new.refs_freed_in_revision()
        # By number alone: readers differ in whether the generation has to fit.
        numbers = {each.idnum for each in freed}
        for reference, paths in _usages(old).items() if freed else ():
            if reference.idnum in numbers and any(path.path[:2] != _STORE for path in paths):
                raise SuspiciousModification("something in use was given up")
        if numbers & _holders(old):
            raise SuspiciousModification("a stream of objects was given up")
        for reference in freed:
            yield ModificationLevel.LTA_UPDATES, ReferenceUpdate(reference)


def _holders(revision: HistoricalResolver) -> set[int]:
    """Find the numbers of streams that hold objects, and of what these need: nothing else refers to them."""
    xrefs = revision.reader.xrefs
    found: set[int] = set()
    for each in range(revision.revision + 1):
        found |= {reference.idnum for reference in xrefs.object_streams_used_in(each)}
    for number in tuple(found):
        stream = revision(generic.Reference(number, 0, revision))
        found |= {each.idnum for each in revision.collect_dependencies(stream)}
    return found


class AnnotationRule(QualifiedWhitelistRule):
    """What is laid on pages: marks of new signature fields, and notes, added after what was there.

    What was there has to stay, in its order. Fields of other kinds are not added; the field of a mark is for
    the rules of forms to approve.
    """

    def __init__(self) -> None:
        self.has_notes = False
        """Whether a note was added, which stands in the page itself where no object of its own tells."""

    def apply_qualified(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterator[_Approved]:
        """Approve pages whose list of annotations alone changed, the list, and the new notes in it."""
        for reference in new.explicit_refs_in_revision():
            if not is_defined(old, reference):
                continue
            before, after = old(reference), new(reference)
            if isinstance(before, generic.DictionaryObject) and value_of(before, "/Type") == "/Page":
                yield from self._page(old, new, reference, before, after)
            elif isinstance(before, generic.ArrayObject):
                yield from self._list(old, new, reference, before, after)

    def _page(
        self, old: HistoricalResolver, new: HistoricalResolver, reference: Any, before: Any, after: Any
    ) -> Iterable[_Approved]:
        compare_dicts(before, after, frozenset({"/Annots"}))
        raw = raw_of(after, "/Annots")
        approved = list(self._added(old, new, value_of(before, "/Annots"), value_of(after, "/Annots")))
        if isinstance(raw, generic.IndirectObject) and old.is_ref_unassignable(raw.reference):
            approved.append((ModificationLevel.LTA_UPDATES, ReferenceUpdate(raw.reference)))
        # Pages are referred to from everywhere; nothing but their annotations changed.
        return [*approved, (ModificationLevel.LTA_UPDATES, ReferenceUpdate(reference))]

    def _list(
        self, old: HistoricalResolver, new: HistoricalResolver, reference: Any, before: Any, after: Any
    ) -> Iterator[_Approved]:
        paths = [path for path in _usages(old).get(reference, ()) if path.path[-1] == "/Annots"]
        if not paths:
            return
        yield from self._added(old, new, before, after)
        for path in paths:
            yield ModificationLevel.LTA_UPDATES, ReferenceUpdate(reference, AbsoluteContext(path, old))

    def _added(
        self, old: HistoricalResolver, new: HistoricalResolver, before: Any, after: Any
    ) -> Iterator[_Approved]:
        kept = iter([] if before is None else items_of(before))
        waiting = next(kept, None)
        for each in [] if after is None else items_of(after):
            if waiting is not None and is_same(waiting, each):
                waiting = next(kept, None)
                continue
            yield from self._one(old, new, each)
        if waiting is not None:
            raise SuspiciousModification("annotations were taken away or put in another order")

    def _one(self, old: HistoricalResolver, new: HistoricalResolver, raw: Any) -> Iterator[_Approved]:
        note = raw.get_object()
        reference = raw.reference if isinstance(raw, generic.IndirectObject) else None
        if reference is not None and not old.is_ref_unassignable(reference):
            raise SuspiciousModification("something that was there is laid on a page")
        if not isinstance(note, generic.DictionaryObject) or "/Subtype" not in note:
            raise SuspiciousModification("an annotation is of no kind")
        if note["/Subtype"] == "/Widget":
            if reference is None:
                raise SuspiciousModification("a field stands in no form")
            return
        self.has_notes = True
        since = old.revision + 1
        for each in new.collect_dependencies(raw, since_revision=since):
            if old.is_ref_unassignable(each):
                yield ModificationLevel.ANNOTATIONS, ReferenceUpdate(each)


def _usages(revision: HistoricalResolver) -> dict[Any, set[Any]]:
    """List the ways from the trailer to each object that is referred to, defined or not."""
    # The policy goes by the same list, and the library has no other way to it.
    revision._load_reverse_xref_cache()  # noqa: SLF001 - as above
    return revision._indirect_object_access_cache or {}  # noqa: SLF001 - as above


def _is_listed(revision: HistoricalResolver, raw: Any) -> bool:
    """Whether a revision itself writes what an entry refers to."""
    is_reference = isinstance(raw, generic.IndirectObject)
    return is_reference and raw.reference in revision.explicit_refs_in_revision()


def _paths_under(old: HistoricalResolver, reference: Any, begin: tuple[str, ...]) -> list[Any]:
    return [path for path in _usages(old).get(reference, ()) if path.path[: len(begin)] == begin]
