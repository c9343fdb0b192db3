"""The steps of judging one signer that are the same for every format. Each adds to the findings.

`signing.verify` has their order and the conclusion; each format does its part of steps 0 and 2.
docs/verification.md#the-steps.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from signing.algorithms import KeyFacts, SignatureMethod, compute_digest, fits, verify_digest, verify_value
from signing.certificate_subjects import OwnerKind
from signing.certificates import CertificateReference, KnownCertificate, is_same_name
from signing.judging_context import Enclosed, Findings, Question, Signer
from signing.policy import Policy
from signing.verdict_vocabulary import Check, Params, SubIndication

# Checks that recur with every signature are built once: for a known certificate, building them anew would
# cost much beside the arithmetic.

__all__ = [
    "UNPROVEN",
    "algorithms_of",
    "check_algorithms",
    "check_owner",
    "check_path",
    "check_reference",
    "check_times",
    "check_value",
    "refers_to",
    "sentence_params",
]

_NO_CLAIM: Final = Check(1, "claimed-time", "skipped")
_NO_REFERENCE: Final = Check(2, "certificate-reference", "skipped", "none")
_REFERENCE: Final = Check(2, "certificate-reference", "passed")
_VALUE: Final = Check(3, "signature-value", "passed")
_UNKNOWN_VALUE: Final = Check(3, "signature-value", "unknown")
UNPROVEN: Final = Check(7, "signature-algorithm", "failed", "not verified")
_NO_PATH: Final = (
    Check(4, "certificate-path", "skipped"),
    Check(4, "certificate-usage", "skipped"),
    Check(5, "revocation", "skipped"),
    Check(6, "owner", "skipped"),
)


def check_times(
    findings: Findings, question: Question, claimed: datetime | None, fault: str | None = None
) -> None:
    """Step 1: note the trusted time, and remark upon a claimed one, or upon the `fault` that stands there."""
    at = question.time.at
    findings.checks.append(Check(1, "trusted-time", "passed", at, question.time.source))
    if fault is not None:
        findings.checks.append(Check(1, "claimed-time", "unknown", fault, "a time in UTC, to the second"))
        return
    if claimed is None:
        findings.checks.append(_NO_CLAIM)
        return
    # A claim proves nothing, and a signer's clock may be wrong (or the hub's be moved): it fails nobody.
    is_plausible = claimed <= at + question.policy.clock_skew
    findings.checks.append(Check(1, "claimed-time", "passed" if is_plausible else "unknown", claimed))


def check_reference(
    findings: Findings, references: tuple[CertificateReference, ...], known: KnownCertificate | None
) -> None:
    """Step 2: compare the certificate with the one the signer meant, where the signer said so."""
    if not references or known is None:
        findings.checks.append(_NO_REFERENCE)
        return
    for reference in references:
        if not refers_to(reference, known):
            check = Check(2, "certificate-reference", "failed", known.summary.sha256, reference.value.hex())
            findings.fail(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, check)
            return
    findings.checks.append(_REFERENCE)


def refers_to(reference: CertificateReference, known: KnownCertificate) -> bool:
    """Whether the reference names this certificate: by digest, and issuer and serial where they are given."""
    if reference.serial is not None:
        if reference.serial != known.serial:
            return False
        if not is_same_name(reference.issuer or b"", known.issuer):
            return False
    if reference.digest == "sha256":
        return reference.value.hex() == known.summary.sha256
    return reference.digest != "unknown" and compute_digest(reference.digest, known.der) == reference.value


def check_value(
    findings: Findings, question: Question, signer: Signer, known: KnownCertificate | None
) -> bool:
    """Step 3: verify the signature value; only `True` proves it."""
    if known is None or signer.method is None or not question.policy.is_affordable(known.key):
        findings.checks.append(_UNKNOWN_VALUE)
        return False
    is_right = _verifies(question, signer, known, signer.method)
    if is_right is False and signer.method_otherwise is not None:
        is_right = _verifies(question, signer, known, signer.method_otherwise) or False
    if is_right:
        findings.checks.append(_VALUE)
        return True
    if is_right is None and (known.key.key is None or fits(known.key, signer.method)):
        findings.checks.append(_UNKNOWN_VALUE)
        return False
    findings.fail(SubIndication.SIG_CRYPTO_FAILURE, Check(3, "signature-value", "failed"))
    return False


def _verifies(
    question: Question, signer: Signer, known: KnownCertificate, method: SignatureMethod
) -> bool | None:
    """Tell whether the value was made by this method, over what the signer signed in either way."""
    signed = question.content.data if signer.signed is None else signer.signed
    if signed is None:
        digest = question.content.digest(method.digest)
        return None if digest is None else verify_digest(known.key, method, signer.value, digest)
    is_right = verify_value(known.key, method, signer.value, signed)
    if is_right is False and signer.signed_otherwise:
        return any(verify_value(known.key, method, signer.value, each) for each in signer.signed_otherwise)
    return is_right


def check_path(
    findings: Findings, question: Question, enclosed: Enclosed, known: KnownCertificate | None
) -> tuple[str, ...]:
    """Take over, for steps 4 and 5, what is known of the certificate at the trusted time; gives the chain."""
    if known is None:
        findings.checks.extend(_NO_PATH[:3])
        return ()
    # Both clocks may be right within the skew: so long before its first moment a certificate counts as valid.
    begins = known.summary.not_before
    at = question.time.at
    if at < begins <= at + question.policy.clock_skew:
        at = begins
    outcome = question.paths(known.der, enclosed.beside(known.der), at)
    findings.checks.extend(outcome.checks)
    findings.rest_on(outcome.material)
    if outcome.sub_indication is not None:
        findings.note(outcome.sub_indication, outcome.params)
    return outcome.chain


def check_owner(
    findings: Findings, question: Question, known: KnownCertificate | None
) -> tuple[OwnerKind | None, str | None]:
    """Step 6: compare whose the certificate is with the sender; gives kind and agency."""
    if known is None:
        findings.checks.append(_NO_PATH[3])
        return None, None
    kind, agency = known.identity.kind, known.identity.agency
    if agency is None:  # a registration speaks only where the certificate itself does not
        owner = question.binder(known.certificate)
        kind, agency = (kind, None) if owner is None else (owner.kind, owner.agency)
    if question.sender is None:
        findings.checks.append(Check(6, "owner", "skipped", agency))
    elif agency == question.sender and kind is not None:
        findings.checks.append(_passed(6, "owner", agency, question.sender))
    else:
        check = Check(6, "owner", "failed", agency, question.sender)
        findings.fail(SubIndication.SIG_CONSTRAINTS_FAILURE, check)
    return kind, agency


def check_algorithms(
    findings: Findings, policy: Policy, signer: Signer, known: KnownCertificate | None
) -> None:
    """Step 7: hold digest, signature algorithm and key against the policy."""
    key = None if known is None else known.key
    checks, params = _algorithm_checks(
        policy, signer.digest, signer.digest_identifier, signer.method, signer.method_identifier, key
    )
    findings.checks.extend(checks)
    if params:
        findings.note(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, params)


@lru_cache(maxsize=4096)
def _algorithm_checks(
    policy: Policy,
    digest: str | None,
    digest_shown: str,
    method: SignatureMethod | None,
    method_shown: str,
    key: KeyFacts | None,
) -> tuple[tuple[Check, ...], Params]:
    """Make the checks of step 7; remembered, since one certificate's signatures are all made alike."""
    questions = [
        ("digest-algorithm", "digest", digest_shown, policy.admits_digest(digest, method)),
        ("signature-algorithm", "method", method_shown, method is not None and policy.admits_method(method)),
    ]
    if key is not None:
        questions.append(("key", "key", key.name, policy.admits_key(key)))
    checks = tuple(
        Check(7, name, "passed" if is_admitted else "failed", shown)
        for name, _, shown, is_admitted in questions
    )
    refused = next(((reason, shown) for _, reason, shown, is_admitted in questions if not is_admitted), None)
    return checks, () if refused is None else (("reason", refused[0]), ("found", refused[1]))


def algorithms_of(signer: Signer, known: KnownCertificate | None) -> str | None:
    """Name scheme, key and digest in one word; `None` for an unknown scheme."""
    method = signer.method
    return None if method is None else _algorithms(method, None if known is None else known.key)


@lru_cache(maxsize=4096)
def _algorithms(method: SignatureMethod, key: KeyFacts | None) -> str:
    if method.scheme == "ed25519":
        return "ed25519"
    return f"{method.scheme}-{'unknown' if key is None else key.size}-{method.digest}"


def sentence_params(
    findings: Findings,
    word: SubIndication | None,
    question: Question,
    known: KnownCertificate | None,
    agency: str | None,
) -> Params:
    """Collect what the sentence of the deciding reason is filled in with."""
    if word is None:
        return (("agency", agency or ("?" if known is None else known.identity.name)),)
    common = [("sender", question.sender or "?"), ("trusted_time", _rfc3339(question.time.at))]
    if known is not None:
        common += [
            ("agency", agency or known.identity.name),
            ("not_before", _rfc3339(known.summary.not_before)),
            ("not_after", _rfc3339(known.summary.not_after)),
        ]
    return (*common, *findings.params[word])


def _rfc3339(moment: datetime) -> str:
    universal = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return universal.isoformat()[: -len("+00:00")] + "Z"


@lru_cache(maxsize=4096)
def _passed(step: int, name: str, found: str, expected: str | None = None) -> Check:
    """Make a check that passed; the few that return with every signature are made once."""
    return Check(step, name, "passed", found, expected)
