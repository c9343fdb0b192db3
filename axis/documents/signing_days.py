"""The day on which a document was signed, read from its verdict. Deadlines of sending run from it."""

from axis.clock import Microseconds, day_of, from_datetime
from signing.verdict import DocumentVerdict, Indication, SignatureVerdict


def signed_on(verdict: DocumentVerdict, issued_on: str, accepted_at: Microseconds) -> str:
    """Return Viet Nam's day of the sender's newest passed signature, else `issued_on`, as `YYYY-MM-DD`.

    A time-stamp tells the time of a signature; without one the signer's claim does. Neither is taken to lie
    before its certificate began or after the document was accepted.
    """
    passed = [
        each for each in verdict.signatures if each.of_sender and each.indication is Indication.TOTAL_PASSED
    ]
    times = [at for each in passed if (at := _signed_at(each, accepted_at)) is not None]
    return day_of(max(times)) if times else issued_on


def _signed_at(signature: SignatureVerdict, accepted_at: Microseconds) -> Microseconds | None:
    is_stamped = signature.time_source == "rfc3161"
    said = signature.trusted_time if is_stamped else signature.claimed_time
    if said is None:
        return None
    if signature.certificate is not None:
        said = max(said, signature.certificate.not_before)
    return min(from_datetime(said), accepted_at)
