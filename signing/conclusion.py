"""Concludes over all signatures of a document: its verdict, and who signed it.

Signatures over the manifest decide; if there are none, those over the main attachment that claim the sender.
Others are reported. docs/contract.md#what-decides.
"""

from collections.abc import Sequence

from signing.policy import Policy
from signing.verdict import DocumentVerdict, SignatureVerdict
from signing.verdict_vocabulary import Indication, SignedBy

# `signed_by` names the sender's passed signatures over both, whichever of them decide: an office may sign the
# manifest, and its head the PDF.

__all__ = ["MANIFEST", "conclude"]

MANIFEST = "manifest"
"""The `covers` of a signature over the manifest."""


def conclude(
    signatures: Sequence[SignatureVerdict],
    policy: Policy,
    trust_digest: str,
    main: str | None = None,
) -> DocumentVerdict:
    """Conclude over a document's signatures. Without any the indication is `None`.

    `trust_digest`: SHA-256 of the trust material. `main`: the `covers` of signatures over the main
    attachment, if such were judged.
    """
    over_manifest = [each for each in signatures if each.covers == MANIFEST]
    over_main = [each for each in signatures if main is not None and each.covers == main and each.of_sender]
    deciding = over_manifest or over_main
    passed = [
        each
        for each in (*over_manifest, *over_main)
        if each.indication is Indication.TOTAL_PASSED and each.of_sender
    ]
    decision = _first(deciding, Indication.TOTAL_PASSED)
    for indication in (Indication.TOTAL_FAILED, Indication.INDETERMINATE):
        decision = decision or _first(deciding, indication)
    return DocumentVerdict(
        indication=None if decision is None else decision.indication,
        sub_indication=None if decision is None else decision.sub_indication,
        signed_by=_signed_by({each.kind for each in passed}),
        signatures=tuple([each._replace(tokens=()) if each.tokens else each for each in signatures]),
        policy=policy.name,
        trust=trust_digest,
        params=() if decision is None else decision.params,
    )


def _first(signatures: Sequence[SignatureVerdict], indication: Indication) -> SignatureVerdict | None:
    return next((each for each in signatures if each.indication is indication), None)


def _signed_by(kinds: set[str | None]) -> SignedBy:
    if {"organisation", "person"} <= kinds:
        return "both"
    if "organisation" in kinds:
        return "organisation"
    return "person" if "person" in kinds else "none"
