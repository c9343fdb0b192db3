"""The procedure that judges a signature, for every format. A bad signature is a result, not an error.

For each signer (ETSI EN 319 102-1 §5.3, in the order of docs/verification.md#the-steps):

0. format: the bytes can be read within limits, and the signer's certificate is in it
1. trusted time: a believed time-stamp, else as given by the caller; a claimed time is just remarked upon
2. digests and signed attributes
3. signature value
4. certificate path at the trusted time
5. revocation at the trusted time
6. the certificate belongs to the sending agency, or to a person of it
7. algorithms and key sizes are admitted

What can still be checked after a failure is checked, so that one reading shows what else is wrong.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from signing.certificates import KnownCertificate
from signing.cms.checks import certificates_of, check_digests, check_format, note_certificate, signer_of
from signing.cms.countersignatures import check_countersignatures
from signing.cms.enclosed import enclosed_with
from signing.cms.parse import CmsSignature, CmsSigner, parse
from signing.conclusion import conclude
from signing.content import Content
from signing.errors import SignatureBeyondLimits, UnreadableSignature
from signing.judging_context import (
    Binder,
    Enclosed,
    Findings,
    JudgingContext,
    Owner,
    PathJudge,
    Question,
    Signer,
    TrustedTime,
)
from signing.judging_steps import (
    UNPROVEN,
    algorithms_of,
    check_algorithms,
    check_owner,
    check_path,
    check_reference,
    check_times,
    check_value,
    sentence_params,
)
from signing.paths.validation import PathOutcome
from signing.timestamps.verify import verify_token
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import Check, Indication, Params, SubIndication, decisive, indication_of

# Every format goes the same way: CMS (`verify_signatures`), what holds a CMS (`judge_cms`), and what is read
# by other means (`judge_signer`). These functions ask the two collaborators given: `paths` for certificate
# paths (a cache, mostly) and `binder` for registrations.

__all__ = [
    "CADES",
    "CMS",
    "Binder",
    "Content",
    "Enclosed",
    "Findings",
    "JudgingContext",
    "Owner",
    "PathJudge",
    "Question",
    "Signer",
    "TrustedTime",
    "check_times",
    "conclude",
    "judge_cms",
    "judge_signer",
    "unreadable",
    "verify_signatures",
    "with_timestamps",
]

CMS: Final = "CMS"
CADES: Final = "CAdES"
"""CMS whose signed attributes name the signer's certificate (ETSI EN 319 122-1 §5.2.2)."""


def verify_signatures(
    signature: bytes,
    content: bytes | Content | None,
    covers: str,
    context: JudgingContext,
) -> tuple[SignatureVerdict, ...]:
    """Judge a CMS signature over exactly `content`: one verdict for each signer, at least one.

    `content`: bytes, digests of what is elsewhere, or `None`: what the signature itself carries.
    `covers`: how to name the content, `manifest` or the attachment. Raises nothing of its own; what the
    context's `paths` or `binder` raise passes through.
    """
    signed = content if isinstance(content, Content) else Content(content)
    question = context.question(signed, covers)
    return judge_cms(question, signature, is_encapsulated=content is None)


def judge_cms(
    question: Question,
    signature: bytes,
    *,
    is_encapsulated: bool = False,
    name: str | None = None,
    look: Callable[[Findings], None] | None = None,
) -> tuple[SignatureVerdict, ...]:
    """Judge each signer of a CMS signature, for a format that holds one.

    `is_encapsulated`: its own content is what is judged. `name` of the format; without it CAdES is told
    from plain CMS. `look`: adds what the format itself has to say, first of all, for each signer.
    """
    # 0 format: what cannot be read has nothing more to check
    policy = question.policy
    try:
        parsed = parse(
            signature,
            max_bytes=policy.max_enclosing_bytes if is_encapsulated else policy.max_signature_bytes,
            max_certificates=policy.max_certificates,
            max_signers=policy.max_signers,
        )
    except UnreadableSignature as error:
        reason = str(error.params.get("reason", "malformed"))
        details = tuple([(key, str(value)) for key, value in error.params.items()])
        is_undecided = isinstance(error, SignatureBeyondLimits)
        return (unreadable(question, name or CMS, reason, details, is_undecided=is_undecided),)
    if is_encapsulated:
        if parsed.encapsulated is None:
            return (unreadable(question, name or CMS, "no-content", is_undecided=True),)
        question = question._replace(content=Content(parsed.encapsulated))
    return tuple([_judge_cms_signer(question, parsed, signer, name, look) for signer in parsed.signers])


def _judge_cms_signer(
    question: Question,
    parsed: CmsSignature,
    signer: CmsSigner,
    name: str | None,
    look: Callable[[Findings], None] | None,
) -> SignatureVerdict:
    enclosed = enclosed_with(parsed, signer)
    candidates, is_any_unreadable = certificates_of(enclosed.certificates, signer)
    verdicts = []
    for known in candidates:
        findings = Findings()
        if look is not None:
            look(findings)
        # 0 format
        check_format(findings, question, parsed, signer)
        note_certificate(findings, known, is_any_unreadable=is_any_unreadable)
        verdicts.append(_judge_by(question, parsed, signer, known, enclosed, findings, name))
    return verdicts[0] if len(verdicts) == 1 else min(verdicts, key=_preference)


def _judge_by(
    question: Question,
    parsed: CmsSignature,
    signer: CmsSigner,
    known: KnownCertificate | None,
    enclosed: Enclosed,
    findings: Findings,
    name: str | None,
) -> SignatureVerdict:
    """Judge a signer from step 1 on, by this certificate."""
    # 1 trusted time
    general = signer_of(signer)
    if signer.unsigned is not None and signer.unsigned.timestamps:
        stamps = [(token, signer.value) for token in signer.unsigned.timestamps]
        question = with_timestamps(findings, question, stamps, known, enclosed)
    check_times(findings, question, general.claimed_time, general.claimed_time_fault)
    # 2 digests and signed attributes
    check_digests(findings, question, parsed, signer)
    check_countersignatures(findings, question, parsed, signer)
    name = name or (CADES if general.references else CMS)
    return judge_signer(question, general, known, enclosed, findings, name)


def _preference(verdict: SignatureVerdict) -> tuple[bool, bool, bool, bool]:
    """Order the verdicts by several certificates that one signer may be named by: the true one comes first.

    That one made the value, and an authority vouches for it: what is known of it outweighs what is not known
    of another that a stranger added, and a passed one outweighs all.
    """
    is_proven = any(check.name == "signature-value" and check.outcome == "passed" for check in verdict.checks)
    is_failed = verdict.indication is Indication.TOTAL_FAILED
    is_passed = verdict.indication is Indication.TOTAL_PASSED
    return not is_passed, not is_proven, not verdict.chain, is_failed is not is_proven


def with_timestamps(
    findings: Findings,
    question: Question,
    stamps: Sequence[tuple[bytes, bytes]],
    known: KnownCertificate | None,
    enclosed: Enclosed,
) -> Question:
    """Step 1: settle the trusted time by the earliest time-stamp over the value that is believed, if any is.

    `stamps`: tokens, each with the octets that it has to be over.
    """
    policy, received = question.policy, question.time.at

    def paths(certificate: bytes, own: Enclosed, at: datetime) -> PathOutcome:
        # Lists and responses for the authority's path are added to the signature, not to the token.
        return question.paths(certificate, own.and_also(enclosed), at)

    believed, undecided = [], []
    for token, stamped in stamps:
        stamp = verify_token(token, stamped, paths=paths, policy=policy, seen_at=received)
        findings.checks.extend(stamp.checks)
        findings.rest_on(stamp.material, token)
        if stamp.at is not None and stamp.is_believed:
            believed.append(min(stamp.at, received))
        elif stamp.at is not None and stamp.sub_indication is SubIndication.TRY_LATER:
            undecided.append(min(stamp.at, received))
    if believed:
        return question._replace(time=TrustedTime(min(believed), "rfc3161"))
    if undecided and known is not None and _has_run_out(question, known, enclosed):
        # That the authority's revocation list is not at hand must not make a failure of what its time-stamp
        # would save. It is undecided, and judged by the time stated for the rest.
        findings.note(SubIndication.TRY_LATER, ())
        return question._replace(time=TrustedTime(min(undecided), "rfc3161"))
    return question


def _has_run_out(question: Question, known: KnownCertificate, enclosed: Enclosed) -> bool:
    """Tell whether the certificate held once and, by the time of receipt, does not any more."""
    outcome = question.paths(known.der, enclosed.beside(known.der), question.time.at)
    return outcome.sub_indication in {SubIndication.EXPIRED, SubIndication.REVOKED}


def judge_signer(
    question: Question,
    signer: Signer,
    known: KnownCertificate | None,
    enclosed: Enclosed,
    findings: Findings,
    name: str,
) -> SignatureVerdict:
    """Judge a signer of any format, whose format, time and content digests are in `findings` already.

    `known`: the signer's certificate, where it was found; `enclosed`: all that came along, it included.
    `name` of the format. The format has done steps 0 to 2 (`check_times` is step 1); this does the rest.
    """
    # 2 signed attributes: the certificate is the one that was meant
    check_reference(findings, signer.references, known)
    # 3 signature value
    is_proven = check_value(findings, question, signer, known)
    # 4 certificate path, 5 revocation, both at the trusted time
    chain = check_path(findings, question, enclosed, known)
    # 6 the certificate belongs to the sending agency
    owner_kind, agency = check_owner(findings, question, known)
    # 7 algorithms and key sizes
    check_algorithms(findings, question.policy, signer, known)
    if not is_proven and not findings.words:
        # Nothing may pass whose value was not verified, whatever the reason was.
        findings.fail(
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE, UNPROVEN, ("reason", "method"), ("found", "?")
        )
    word = decisive(findings.words)
    return SignatureVerdict(
        indication=indication_of(word),
        sub_indication=word,
        format=name,
        covers=question.covers,
        kind=owner_kind,
        agency=agency,
        of_sender=agency is not None and agency == question.sender,
        signer=None if known is None else known.identity.name,
        certificate=None if known is None else known.summary,
        chain=chain,
        claimed_time=signer.claimed_time,
        trusted_time=question.time.at,
        time_source=question.time.source,
        algorithms=algorithms_of(signer, known),
        checks=tuple(findings.checks),
        policy=question.policy.name,
        params=sentence_params(findings, word, question, known, agency),
        material=findings.material,
        tokens=findings.tokens,
    )


def unreadable(
    question: Question, name: str, reason: str, params: Params = (), *, is_undecided: bool = False
) -> SignatureVerdict:
    """Give the verdict on a signature of the format `name` that cannot be read at all.

    `reason`: a key of the texts' `REASONS`; `params` fill it in. `is_undecided`: it may be a good
    one, and was not judged.
    """
    word = SubIndication.GENERIC if is_undecided else SubIndication.FORMAT_FAILURE
    return SignatureVerdict(
        indication=indication_of(word),
        sub_indication=word,
        format=name,
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
            Check(0, "structure", "unknown" if is_undecided else "failed", reason, f"a {name} signature"),
            Check(1, "trusted-time", "passed", question.time.at, question.time.source),
        ),
        policy=question.policy.name,
        params=params or (("reason", reason),),
    )
