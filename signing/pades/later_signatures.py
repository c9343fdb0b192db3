"""Decides whether a later signature of the same sender covers what was added to a PDF after a signature.

If a later signature of the sender that passes covers the additions, the earlier one holds, and its verdict
names the later signer. docs/verification.md#formats, "what came after a signature".
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from signing.pades.findings import PdfSignature
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import Indication, MaterialDigest, SubIndication

__all__ = ["Cover", "Judged", "find_cover"]

_Relation = Literal["same", "other", "unknown"]
_OUT_OF_TIME: Final = frozenset({SubIndication.EXPIRED, SubIndication.NOT_YET_VALID})
"""Reasons of time, which do not show a change to be wrong: the earlier signature stays undecided."""


class Judged(NamedTuple):
    """A signature with its verdict."""

    signature: PdfSignature
    verdict: SignatureVerdict


class Cover(NamedTuple):
    """The result for the visible changes after a signature."""

    outcome: Literal["passed", "failed", "unknown"]
    by: tuple[str, ...] = ()
    """Who signed them, in the order of signing."""
    word: SubIndication = SubIndication.HASH_FAILURE
    """What it comes to where it did not pass."""
    reason: str = "pdf-altered"
    material: tuple[MaterialDigest, ...] = ()
    """What their verdicts rest on."""


_PERMITTED: Final = Cover("unknown", word=SubIndication.GENERIC, reason="pdf-permitted")
_NOT_COMPARED: Final = Cover("unknown", word=SubIndication.GENERIC, reason="pdf-not-compared")


def find_cover(earlier: Judged, later: Sequence[Judged], sender: str | None) -> Cover:
    """Find the signers of the visible changes after `earlier`.

    `later`: the signatures made after it, each judged for good. The last of the sender's that passed has
    nothing visible after it, or it would not have passed: so it covers all that can be seen. `sender`: as for
    `signing.verify.verify_signatures`; with one, a certificate that is bound to no agency is a stranger's.
    """
    if earlier.signature.changes != "form":
        return Cover("failed") if earlier.signature.changes == "forbidden" else _NOT_COMPARED
    related = [(each, _relation(earlier.verdict, each.verdict, sender)) for each in later]
    passed = [
        each.verdict
        for each, relation in related
        if relation == "same" and each.verdict.indication is Indication.TOTAL_PASSED
    ]
    if passed and earlier.signature.because is None:
        by = dict.fromkeys(each.signer or "?" for each in passed)
        material = [part for each in passed for part in each.material or ()]
        return Cover("passed", tuple(by), material=tuple(material))
    if passed:
        return Cover("unknown", word=SubIndication.GENERIC, reason="pdf-hides-text")
    still_open = [pair for pair in related if pair[1] != "other" and _is_open(pair[0].verdict)]
    if still_open:
        each, relation = still_open[0]
        waits = relation == "same" and each.verdict.sub_indication is SubIndication.TRY_LATER
        word = SubIndication.TRY_LATER if waits else SubIndication.GENERIC
        return Cover("unknown", word=word, reason="pdf-later-signer")
    return _PERMITTED if earlier.signature.is_permitted else Cover("failed")


def _is_open(verdict: SignatureVerdict) -> bool:
    return verdict.indication is not Indication.TOTAL_FAILED or verdict.sub_indication in _OUT_OF_TIME


def _relation(earlier: SignatureVerdict, later: SignatureVerdict, sender: str | None) -> _Relation:
    """Tell whether two signatures are of one agency, as their certificates or registrations say.

    That two certificates name the same organisation in words proves nothing. The same certificate is the
    same signer, whoever that is.
    """
    if earlier.certificate is not None and earlier.certificate == later.certificate:
        return "same"
    if earlier.agency is not None and later.agency is not None:
        return "same" if earlier.agency == later.agency else "other"
    if sender is not None and earlier.agency == sender and later.certificate is not None:
        return "other"
    return "unknown"
