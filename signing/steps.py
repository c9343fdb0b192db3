"""The single steps of judging a signer, each adding its checks and what is wrong to the findings.

The order and the conclusion are `signing.verify`'s. Checks that come out the same again and again are made
once: with a known certificate, what is left beside the arithmetic has to stay small. Steps as in DESIGN §7.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from signing.algorithms import KeyFacts, SignatureMethod, compute_digest, fits, verify_value
from signing.case import Findings, Question
from signing.certificates import KnownCertificate, read_certificate
from signing.cms.attributes import DATA, CertificateReference, could_be_attributes
from signing.cms.parse import CmsSignature, CmsSigner
from signing.errors import UnreadableCertificate
from signing.names import OwnerKind
from signing.policy import Policy
from signing.vocabulary import Check, Params, SubIndication

__all__ = [
    "UNPROVEN",
    "algorithms_of",
    "check_algorithms",
    "check_digests",
    "check_format",
    "check_owner",
    "check_path",
    "check_reference",
    "check_times",
    "check_value",
    "find_certificate",
    "sentence_params",
]

_STRUCTURE: Final = Check(0, "structure", "passed", "CMS SignedData")
_ATTRIBUTES: Final = Check(0, "signed-attributes", "passed")
_NO_ATTRIBUTES: Final = Check(0, "signed-attributes", "skipped", "none")
_CERTIFICATE: Final = Check(0, "signer-certificate", "passed")
_NO_CLAIM: Final = Check(1, "claimed-time", "skipped")
_DIGEST_IN_VALUE: Final = Check(
    2, "content-digest", "skipped", "without signed attributes the value covers it"
)
_DIGEST_UNKNOWN: Final = Check(2, "content-digest", "unknown")
_DETACHED: Final = Check(2, "encapsulated-content", "skipped", "none")
_ENCAPSULATED: Final = Check(2, "encapsulated-content", "passed")
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


def check_format(findings: Findings, question: Question, parsed: CmsSignature, signer: CmsSigner) -> None:
    """Step 0: note that it could be read, and whether its attributes fit what they stand for."""
    findings.checks.append(_STRUCTURE)
    attributes, word = signer.attributes, SubIndication.FORMAT_FAILURE
    if attributes is not None:
        if attributes.content_type == parsed.content_type:
            findings.checks.append(_ATTRIBUTES)
            return
        found, expected = parsed.content_type.dotted_string, attributes.content_type.dotted_string
        findings.fail(
            word,
            Check(0, "signed-attributes", "failed", found, expected),
            ("reason", "content-type"),
            ("found", found),
            ("expected", expected),
        )
    elif parsed.content_type != DATA:
        # RFC 5652 §5.3: only plain data may be signed without attributes.
        found = parsed.content_type.dotted_string
        findings.fail(
            word,
            Check(0, "signed-attributes", "failed", found, DATA.dotted_string),
            ("reason", "content-type-without-attributes"),
            ("found", found),
        )
    elif could_be_attributes(question.content):
        findings.fail(
            word,
            Check(0, "signed-attributes", "failed", "content could be attributes"),
            ("reason", "content-could-be-attributes"),
        )
    else:
        findings.checks.append(_NO_ATTRIBUTES)


def find_certificate(findings: Findings, parsed: CmsSignature, signer: CmsSigner) -> KnownCertificate | None:
    """Find the certificate the signer is named by; of several, the one the attributes refer to."""
    references = () if signer.attributes is None else signer.attributes.references
    named: KnownCertificate | None = None
    unreadable = 0
    for der in parsed.certificates:
        try:
            known = read_certificate(der)
        except UnreadableCertificate:
            unreadable += 1
            continue
        if _is_named(known, signer):
            if not references or all(_refers_to(reference, known) for reference in references):
                findings.checks.append(_CERTIFICATE)
                return known
            named = named or known
    if named is not None:
        findings.checks.append(_CERTIFICATE)
        return named
    check = Check(0, "signer-certificate", "failed", "none")
    if unreadable:
        findings.fail(SubIndication.FORMAT_FAILURE, check, ("reason", "unreadable-certificate"))
    else:
        findings.fail(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, check, ("reason", "no-certificate"))
    return None


def _is_named(known: KnownCertificate, signer: CmsSigner) -> bool:
    if signer.key_identifier is not None:
        return known.key_identifier == signer.key_identifier
    return known.serial == signer.serial and known.issuer == signer.issuer


def check_times(findings: Findings, question: Question, signer: CmsSigner) -> None:
    """Step 1: note the trusted time, and remark upon a claimed one."""
    at = question.time.at
    findings.checks.append(Check(1, "trusted-time", "passed", at, question.time.source))
    claimed = None if signer.attributes is None else signer.attributes.signing_time
    if claimed is None:
        findings.checks.append(_NO_CLAIM)
        return
    # A claim proves nothing, and a signer's clock may be wrong (or the hub's be moved): it fails nobody.
    is_plausible = claimed <= at + question.policy.clock_skew
    findings.checks.append(Check(1, "claimed-time", "passed" if is_plausible else "unknown", claimed))


def check_digests(findings: Findings, question: Question, parsed: CmsSignature, signer: CmsSigner) -> None:
    """Step 2: compare the digest of the content, and any content carried inside."""
    attributes = signer.attributes
    if attributes is None:
        findings.checks.append(_DIGEST_IN_VALUE)
    elif signer.digest is None:
        findings.checks.append(_DIGEST_UNKNOWN)
    else:
        computed = compute_digest(signer.digest, question.content)
        found = computed.hex()
        if computed == attributes.message_digest:
            findings.checks.append(Check(2, "content-digest", "passed", found))
        else:
            expected = attributes.message_digest.hex()
            check = Check(2, "content-digest", "failed", found, expected)
            findings.fail(SubIndication.HASH_FAILURE, check)
    if parsed.encapsulated is None:
        findings.checks.append(_DETACHED)
    elif parsed.encapsulated == question.content:
        findings.checks.append(_ENCAPSULATED)
    else:
        check = Check(2, "encapsulated-content", "failed", "other content", "the content sent")
        findings.fail(SubIndication.HASH_FAILURE, check)


def check_reference(findings: Findings, signer: CmsSigner, known: KnownCertificate | None) -> None:
    """Step 2: compare the certificate with the one the signer meant, where the signer said so."""
    references = () if signer.attributes is None else signer.attributes.references
    if not references or known is None:
        findings.checks.append(_NO_REFERENCE)
        return
    for reference in references:
        if not _refers_to(reference, known):
            check = Check(2, "certificate-reference", "failed", known.summary.sha256, reference.value.hex())
            findings.fail(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, check)
            return
    findings.checks.append(_REFERENCE)


def _refers_to(reference: CertificateReference, known: KnownCertificate) -> bool:
    if reference.digest == "sha256":
        return reference.value.hex() == known.summary.sha256
    return reference.digest != "unknown" and compute_digest(reference.digest, known.der) == reference.value


def check_value(
    findings: Findings, question: Question, signer: CmsSigner, known: KnownCertificate | None
) -> bool:
    """Step 3: verify the signature value; only `True` proves it."""
    if known is None or signer.method is None or not question.policy.is_affordable(known.key):
        findings.checks.append(_UNKNOWN_VALUE)
        return False
    signed = question.content if signer.attributes is None else signer.attributes.signed_bytes
    is_right = verify_value(known.key, signer.method, signer.value, signed)
    if is_right:
        findings.checks.append(_VALUE)
        return True
    if is_right is None and (known.key.key is None or fits(known.key, signer.method)):
        findings.checks.append(_UNKNOWN_VALUE)
        return False
    findings.fail(SubIndication.SIG_CRYPTO_FAILURE, Check(3, "signature-value", "failed"))
    return False


def check_path(
    findings: Findings, question: Question, parsed: CmsSignature, known: KnownCertificate | None
) -> tuple[str, ...]:
    """Take over, for steps 4 and 5, what is known of the certificate at the trusted time; gives the chain."""
    if known is None:
        findings.checks.extend(_NO_PATH[:3])
        return ()
    extra = tuple([der for der in parsed.certificates if der != known.der])
    outcome = question.paths(known.der, extra, question.time.at)
    findings.checks.extend(outcome.checks)
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
    owner = question.binder(known.certificate)
    kind, agency = (
        (known.identity.kind, known.identity.agency) if owner is None else (owner.kind, owner.agency)
    )
    if agency == question.sender and kind is not None:
        findings.checks.append(_passed(6, "owner", agency, question.sender))
    else:
        check = Check(6, "owner", "failed", agency, question.sender)
        findings.fail(SubIndication.SIG_CONSTRAINTS_FAILURE, check)
    return kind, agency


def check_algorithms(
    findings: Findings, policy: Policy, signer: CmsSigner, known: KnownCertificate | None
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
        ("digest-algorithm", "digest", digest_shown, policy.admits_digest(digest)),
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


def algorithms_of(signer: CmsSigner, known: KnownCertificate | None) -> str | None:
    """Name scheme, key and digest in one word; `None` for an unknown scheme."""
    method = signer.method
    if method is None:
        return None
    if method.scheme == "ed25519":
        return "ed25519"
    size = "unknown" if known is None else known.key.size
    return f"{method.scheme}-{size}-{method.digest}"


def sentence_params(
    findings: Findings,
    word: SubIndication | None,
    question: Question,
    known: KnownCertificate | None,
    agency: str | None,
) -> Params:
    """Collect what the sentence of the deciding reason is filled in with."""
    if word is None:
        return (("agency", agency or "?"),)
    common = [("sender", question.sender), ("trusted_time", _rfc3339(question.time.at))]
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
