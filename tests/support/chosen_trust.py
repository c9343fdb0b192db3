"""Trust that judges documents as a test tells it to."""

from support.exchange import VERDICTS

from axis.clock import Microseconds
from axis.documents.new_documents import nothing_at_hand
from axis.judging.judge import Judged, Signed
from axis.judging.rejudging_delays import Retries
from signing.policy import DEFAULT
from signing.verdict import DocumentVerdict


class Material:
    """Trust material, by its digest alone."""

    def __init__(self, digest: str) -> None:
        self.digest = digest


class ChosenTrust:
    """Judges as it is told to, document by document, and remembers what it was asked."""

    def __init__(self, signed: str = "organisation") -> None:
        self.material = Material("first")
        self.policy = DEFAULT
        self.retries = Retries(lambda: self.seconds)
        self.seconds = 0.0
        self.signed = signed
        self.asked: list[tuple[bytes, str, Microseconds]] = []

    def judge_blocking(self, signed: Signed) -> Judged:
        self.asked.append((signed.manifest, signed.sender, signed.accepted_at))
        indication, signed_by = VERDICTS[self.signed]
        verdict = DocumentVerdict(indication, None, signed_by, (), "test-policy", self.material.digest)
        return Judged(verdict, nothing_at_hand)
