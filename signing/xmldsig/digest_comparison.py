"""Compares the digests of a signature's references with the document.

It removes signatures from the given tree. XML Signature 1.1 §3.2.1 and §6.6.4.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from signing.errors import UnreadableSignature
from signing.xmldsig.elements import DS, Element, signatures_in
from signing.xmldsig.references import Target, Work, is_right
from signing.xmldsig.screening import Size

__all__ = ["Comparison", "compare"]

MAX_LATER: Final = 4
"""Signatures added since that are looked for; each costs a canonical form."""


class Comparison(NamedTuple):
    """The result where all digests are right."""

    written: tuple[bytes, ...]
    """What each reference signs, in their order."""
    are_comments_kept: bool
    """Whether the comments of the whole document are signed, too."""
    has_later: bool
    """Whether signatures stand in the document that were not there when this one was made."""


def compare(
    root: Element, signature: Element, targets: Sequence[Target], size: Size, work: Work
) -> Comparison | None:
    """Compare all digests; `None` when one is wrong. Raises `UnreadableSignature` for what is not evaluated.

    Targets that keep the signature come first. Then it is removed from the tree for the enveloped ones.
    """
    written, are_comments_kept, has_later, is_out = dict[int, bytes](), False, False, False
    for place in sorted(range(len(targets)), key=lambda each: targets[each].is_enveloped):
        target = targets[place]
        if target.is_enveloped and not is_out:
            _see_that_it_can_go(root, signature, targets)
            _take_out(signature)
            is_out = True
        is_same, data, with_comments = is_right(root, target, size, work)
        if not is_same and is_out and not has_later:
            is_same, data, with_comments = _without_later(root, target, size, work)
            has_later = is_same
        if not is_same:
            return None
        are_comments_kept |= with_comments and (target.is_document or target.element is root)
        written[place] = data
    return Comparison(tuple(written[place] for place in range(len(targets))), are_comments_kept, has_later)


def _without_later(root: Element, target: Target, size: Size, work: Work) -> tuple[bool, bytes, bool]:
    """Compare once more without the signatures that came last, since somebody may have signed later.

    By the standard the first signature is then broken, but what it signed stands there as it was.
    """
    others = [each for each in signatures_in(root) if each is not root and each is not target.element]
    for later in reversed(others[-MAX_LATER:]):
        _take_out(later)
        found = is_right(root, target, size, work)
        if found[0]:
            return found
    return False, b"", False


def _see_that_it_can_go(root: Element, signature: Element, targets: Sequence[Target]) -> None:
    """Refuse a reference whose document, or element, would go with the signature."""
    within = [each.element for each in targets if each.is_enveloped and each.element is not None]
    is_inside = any(each is signature or signature in each.iterancestors() for each in within)
    if signature is root or is_inside:
        raise UnreadableSignature(reason="xml-transform", found=DS + "enveloped-signature")


def _take_out(signature: Element) -> None:
    """Take a signature out of its tree, and leave the text behind it there."""
    before, around, tail = signature.getprevious(), signature.getparent(), signature.tail
    around.remove(signature)  # with its tail
    if before is not None:
        before.tail = (before.tail or "") + (tail or "")
    else:
        around.text = (around.text or "") + (tail or "")
