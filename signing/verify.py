"""The procedure that judges a signature, and the conclusion over all signatures of a document.

A bad signature is a result: these functions raise nothing for hostile bytes. They keep nothing and ask nobody but
the two collaborators given: `paths` for certificate paths (a cache, mostly) and `binder` for registrations.

The procedure of `verify_signatures`, for each signer (ETSI EN 319 102-1 §5.3, in the order of DESIGN §7):

0. format: the bytes are a CMS SignedData within limits, and the signer's certificate is in it
1. trusted time: given by the caller; the claimed time is only remarked upon
2. digests and signed attributes
3. signature value
4. certificate path at the trusted time
5. revocation at the trusted time
6. the certificate belongs to the sending agency, or to a person of it
7. algorithms and key sizes are admitted

What can still be checked after a failure is checked, so that one reading shows everything that is wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from cryptography import x509

from signing.algorithms import KeyFacts, SignatureMethod, compute_digest, fits, verify_value
from signing.certificates import KnownCertificate, read_certificate
from signing.cms.attributes import DATA, CertificateReference, could_be_attributes
from signing.cms.parse import CmsSignature, CmsSigner, parse
from signing.conclusion import conclude
from signing.errors import UnreadableCertificate, UnreadableSignature
from signing.names import OwnerKind
from signing.paths import PathOutcome
from signing.policy import DEFAULT, Policy
from signing.verdict import SignatureVerdict
from signing.vocabulary import Check, Params, SubIndication, decisive, indication_of

__all__ = ["Binder", "Owner", "PathJudge", "TrustedTime", "conclude", "verify_signatures"]

FORMAT: Final = "CMS"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a certificate is registered to."""

    agency: str
    kind: OwnerKind


@dataclass(frozen=True, slots=True)
class TrustedTime:
    """The time a signature is judged by, and who vouches for it."""

    at: datetime
    """With a zone."""
    source: Literal["acceptance", "rfc3161"] = "acceptance"


PathJudge = Callable[[bytes, tuple[bytes, ...], datetime], PathOutcome]
"""Certificate, the certificates that came with it (DER), and the time. What it raises passes through."""
Binder = Callable[[x509.Certificate], Owner | None]
"""To whom a certificate is registered, if to anyone: comes before what its subject says."""


class _Question(NamedTuple):
    """What is the same for all signers of one signature."""

    content: bytes
    covers: str
    sender: str
    time: TrustedTime
    paths: PathJudge
    binder: Binder
    policy: Policy


class _Findings:
    """What the steps found so far, in their order."""

    __slots__ = ("checks", "params", "words")

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.words: list[SubIndication] = []
        self.params: dict[SubIndication, Params] = {}

    def fail(self, word: SubIndication, check: Check, *params: tuple[str, str]) -> None:
        """Note what is wrong; the parameters of the first time count."""
        self.checks.append(check)
        self.note(word, params)

    def note(self, word: SubIndication, params: Params) -> None:
        """Note what is wrong where its checks are noted already."""
        if word not in self.params:
            self.words.append(word)
            self.params[word] = params


def verify_signatures(
    signature: bytes,
    content: bytes,
    *,
    covers: str,
    sender: str,
    trusted_time: TrustedTime,
    paths: PathJudge,
    binder: Binder,
    policy: Policy = DEFAULT,
) -> tuple[SignatureVerdict, ...]:
    """Judge a detached CMS signature over exactly `content`: one verdict for each of its signers, at least one.

    `covers`: how to name the content, `manifest` or the attachment. `sender`: canonical code of the agency whose
    document it is. Raises nothing of its own; what `paths` or `binder` raise passes through.
    """
    question = _Question(content, covers, sender, trusted_time, paths, binder, policy)
    # 0 format: what cannot be read has nothing more to check
    try:
        parsed = parse(
            signature,
            max_bytes=policy.max_signature_bytes,
            max_certificates=policy.max_certificates,
            max_signers=policy.max_signers,
        )
    except UnreadableSignature as error:
        return (_unreadable(question, error),)
    return tuple([_verify_signer(question, parsed, signer) for signer in parsed.signers])


def _verify_signer(question: _Question, parsed: CmsSignature, signer: CmsSigner) -> SignatureVerdict:
    findings = _Findings()
    # 0 format
    _check_format(findings, question, parsed, signer)
    known = _signer_certificate(findings, parsed, signer)
    # 1 trusted time
    _check_times(findings, question, signer)
    # 2 digests and signed attributes
    _check_digests(findings, question, parsed, signer)
    _check_reference(findings, signer, known)
    # 3 signature value
    is_proven = _check_value(findings, question, signer, known)
    # 4 certificate path, 5 revocation, both at the trusted time
    chain = _check_path(findings, question, parsed, known)
    # 6 the certificate belongs to the sending agency
    owner_kind, agency = _check_owner(findings, question, known)
    # 7 algorithms and key sizes
    _check_algorithms(findings, question.policy, signer, known)
    if not is_proven and not findings.words:
        # Nothing may pass whose value was not verified, whatever the reason was.
        findings.fail(
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE, _UNPROVEN, ("reason", "method"), ("found", "?")
        )
    word = decisive(findings.words)
    return SignatureVerdict(
        indication=indication_of(word),
        sub_indication=word,
        format=FORMAT,
        covers=question.covers,
        kind=owner_kind,
        agency=agency,
        of_sender=agency == question.sender,
        signer=None if known is None else known.identity.name,
        certificate=None if known is None else known.summary,
        chain=chain,
        claimed_time=None if signer.attributes is None else signer.attributes.signing_time,
        trusted_time=question.time.at,
        time_source=question.time.source,
        algorithms=_algorithms(signer, known),
        checks=tuple(findings.checks),
        policy=question.policy.name,
        params=_sentence_params(findings, word, question, known, agency),
    )


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
_UNPROVEN: Final = Check(7, "signature-algorithm", "failed", "not verified")
_NO_PATH: Final = (
    Check(4, "certificate-path", "skipped"),
    Check(4, "certificate-usage", "skipped"),
    Check(5, "revocation", "skipped"),
    Check(6, "owner", "skipped"),
)


def _check_format(findings: _Findings, question: _Question, parsed: CmsSignature, signer: CmsSigner) -> None:
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


def _signer_certificate(
    findings: _Findings, parsed: CmsSignature, signer: CmsSigner
) -> KnownCertificate | None:
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
            if all([_refers_to(reference, known) for reference in references]):
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


def _check_times(findings: _Findings, question: _Question, signer: CmsSigner) -> None:
    at = question.time.at
    findings.checks.append(Check(1, "trusted-time", "passed", at, question.time.source))
    claimed = None if signer.attributes is None else signer.attributes.signing_time
    if claimed is None:
        findings.checks.append(_NO_CLAIM)
        return
    # A claim proves nothing, and a signer's clock may be wrong (or the hub's be moved): it fails nobody.
    is_plausible = claimed <= at + question.policy.clock_skew
    findings.checks.append(Check(1, "claimed-time", "passed" if is_plausible else "unknown", claimed))


def _check_digests(findings: _Findings, question: _Question, parsed: CmsSignature, signer: CmsSigner) -> None:
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


def _check_reference(findings: _Findings, signer: CmsSigner, known: KnownCertificate | None) -> None:
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


def _check_value(
    findings: _Findings, question: _Question, signer: CmsSigner, known: KnownCertificate | None
) -> bool:
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


def _check_path(
    findings: _Findings, question: _Question, parsed: CmsSignature, known: KnownCertificate | None
) -> tuple[str, ...]:
    if known is None:
        findings.checks.extend(_NO_PATH[:3])
        return ()
    extra = tuple([der for der in parsed.certificates if der != known.der])
    outcome = question.paths(known.der, extra, question.time.at)
    findings.checks.extend(outcome.checks)
    if outcome.sub_indication is not None:
        findings.note(outcome.sub_indication, outcome.params)
    return outcome.chain


def _check_owner(
    findings: _Findings, question: _Question, known: KnownCertificate | None
) -> tuple[OwnerKind | None, str | None]:
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


def _check_algorithms(
    findings: _Findings, policy: Policy, signer: CmsSigner, known: KnownCertificate | None
) -> None:
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


def _algorithms(signer: CmsSigner, known: KnownCertificate | None) -> str | None:
    method = signer.method
    if method is None:
        return None
    if method.scheme == "ed25519":
        return "ed25519"
    size = "unknown" if known is None else known.key.size
    return f"{method.scheme}-{size}-{method.digest}"


def _sentence_params(
    findings: _Findings,
    word: SubIndication | None,
    question: _Question,
    known: KnownCertificate | None,
    agency: str | None,
) -> Params:
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


def _unreadable(question: _Question, error: UnreadableSignature) -> SignatureVerdict:
    reason = str(error.params.get("reason", "malformed"))
    details = [(name, str(value)) for name, value in error.params.items()]
    word = SubIndication.FORMAT_FAILURE
    return SignatureVerdict(
        indication=indication_of(word),
        sub_indication=word,
        format=FORMAT,
        covers=question.covers,
        kind=None,
        agency=None,
        of_sender=False,
        signer=None,
        certificate=None,
        chain=(),
        claimed_time=None,
        trusted_time=question.time.at,
        time_source=question.time.source,
        algorithms=None,
        checks=(
            Check(0, "structure", "failed", reason, "a detached CMS signature"),
            Check(1, "trusted-time", "passed", question.time.at, question.time.source),
        ),
        policy=question.policy.name,
        params=tuple(details),
    )


def _rfc3339(moment: datetime) -> str:
    universal = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return universal.isoformat()[: -len("+00:00")] + "Z"


@lru_cache(maxsize=4096)
def _passed(step: int, name: str, found: str, expected: str | None = None) -> Check:
    """Make a check that passed; the few that return with every signature are made once."""
    return Check(step, name, "passed", found, expected)
