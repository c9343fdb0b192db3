"""The signature over a message's envelope: judged where there is one, told of, and never required.

It refuses nothing and enters no verdict: what counts in law is the signature in the PDF. Recent messages have
none, samples a dummy, old ones one that pretty-printing broke.
"""

from axis.clock import Microseconds
from axis.intake.receiving import ReceivedAttachment
from axis.judging.attachment_signatures import Enclosure
from axis.judging.judge import Signed, Trust
from axis.protocol.codes import AgencyCode
from signing.verdict import Indication


async def judge_envelope(
    trust: Trust, sender: AgencyCode, message: ReceivedAttachment, at: Microseconds
) -> list[str]:
    """Return what has to be told of the envelope's signature, in sentences: nothing where it passed."""
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
