"""Judges the signature over a message's envelope, if it has one, for a warning.

It is part of no verdict: what counts in law is the signature in the PDF. Recent messages have none, samples
have a dummy, and old ones have one that pretty-printing broke.
"""

from axis.clock import Microseconds
from axis.intake.multipart_body import ReceivedAttachment
from axis.judging.attachment_signatures import Enclosure
from axis.judging.judge import Signed, Trust
from axis.protocol.agency_codes import AgencyCode
from signing.verdict import Indication


async def judge_envelope(
    trust: Trust, sender: AgencyCode, message: ReceivedAttachment, at: Microseconds
) -> list[str]:
    """Return warnings about the envelope's signature, in sentences; none if it passed."""
    enclosure = Enclosure(message.name, message.size, message.spool.open)
    verdict = (await trust.judge(Signed(b"", (), sender, at, (enclosure,)))).verdict
    if not verdict.signatures:
        return ["the envelope's Signature cannot be verified: it is no XML signature"]
    return [
        f"the envelope's Signature {_outcome(signature.indication)} ({signature.sub_indication})"
        for signature in verdict.signatures
        if signature.indication != Indication.TOTAL_PASSED
    ]


def _outcome(indication: str) -> str:
    return "failed" if indication == Indication.TOTAL_FAILED else "cannot be verified"
