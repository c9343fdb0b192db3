"""Reports countersignatures: who else signed the signature, and whether that is valid.

They do not change the verdict. RFC 5652 §11.4.
"""

from typing import Final

from signing.algorithms import compute_digest
from signing.certificates import KnownCertificate
from signing.cms.checks import certificates_of, signer_of
from signing.cms.enclosed import enclosed_with
from signing.cms.parse import CmsSignature, CmsSigner, read_countersignature
from signing.content import Content
from signing.errors import UnreadableSignature
from signing.judging_context import Enclosed, Findings, Question
from signing.judging_steps import check_algorithms, check_path, check_reference, check_value
from signing.verdict_vocabulary import Check, CheckOutcome

__all__ = ["check_countersignatures"]

STEP: Final = 2
"""The step of their checks, which is that of the attributes."""


def check_countersignatures(
    findings: Findings, question: Question, parsed: CmsSignature, signer: CmsSigner
) -> None:
    """Add a check for each countersignature of this signer; none of them is wrong for the verdict."""
    if signer.unsigned is None:
        return
    for encoded in signer.unsigned.countersignatures:
        findings.checks.append(_check(question, parsed, signer, encoded))


def _check(question: Question, parsed: CmsSignature, signer: CmsSigner, encoded: bytes) -> Check:
    try:
        counter = read_countersignature(encoded)
    except UnreadableSignature as error:
        return Check(STEP, "countersignature", "failed", str(error.params.get("reason", "malformed")))
    enclosed = enclosed_with(parsed, counter)
    candidates, _ = certificates_of(enclosed.certificates, counter)
    about = question._replace(content=Content(signer.value))
    found = []
    for known in candidates:
        if known is None:
            return Check(STEP, "countersignature", "unknown", "no-certificate")
        wrong = _judge(about, enclosed, counter, known)
        outcome: CheckOutcome = "failed" if wrong else "passed"
        found.append(Check(STEP, "countersignature", outcome, known.summary.subject, wrong))
    return next((check for check in found if check.outcome == "passed"), found[0])


def _judge(question: Question, enclosed: Enclosed, counter: CmsSigner, known: KnownCertificate) -> str | None:
    """Return the first fault of a countersignature, if there is one."""
    attributes, findings = counter.attributes, Findings()
    if attributes is not None:
        digest = (
            None if counter.digest is None else compute_digest(counter.digest, question.content.data or b"")
        )
        if digest != attributes.message_digest:
            return "HASH_FAILURE"
    general = signer_of(counter)
    check_reference(findings, general.references, known)
    is_proven = check_value(findings, question, general, known)
    check_path(findings, question, enclosed, known)
    check_algorithms(findings, question.policy, general, known)
    if findings.words:
        return findings.words[0].value
    return None if is_proven else "CRYPTO_CONSTRAINTS_FAILURE"
