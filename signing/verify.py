"""The procedure that judges a signature, and the conclusion over all signatures of a document.

A bad signature is a result: these functions raise nothing for hostile bytes. They keep nothing and ask
nobody but the two collaborators given: `paths` for certificate paths (a cache, mostly) and `binder` for
registrations.

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

from typing import Final

from signing.case import Binder, Findings, Owner, PathJudge, Question, TrustedTime
from signing.cms.parse import CmsSignature, CmsSigner, parse
from signing.conclusion import conclude
from signing.errors import UnreadableSignature
from signing.policy import DEFAULT, Policy
from signing.steps import (
    UNPROVEN,
    algorithms_of,
    check_algorithms,
    check_digests,
    check_format,
    check_owner,
    check_path,
    check_reference,
    check_times,
    check_value,
    find_certificate,
    sentence_params,
)
from signing.verdict import SignatureVerdict
from signing.vocabulary import Check, SubIndication, decisive, indication_of

__all__ = ["Binder", "Owner", "PathJudge", "TrustedTime", "conclude", "verify_signatures"]

FORMAT: Final = "CMS"


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
    """Judge a detached CMS signature over exactly `content`: one verdict for each signer, at least one.

    `covers`: how to name the content, `manifest` or the attachment. `sender`: canonical code of the agency
    whose document it is. Raises nothing of its own; what `paths` or `binder` raise passes through.
    """
    question = Question(content, covers, sender, trusted_time, paths, binder, policy)
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


def _verify_signer(question: Question, parsed: CmsSignature, signer: CmsSigner) -> SignatureVerdict:
    findings = Findings()
    # 0 format
    check_format(findings, question, parsed, signer)
    known = find_certificate(findings, parsed, signer)
    # 1 trusted time
    check_times(findings, question, signer)
    # 2 digests and signed attributes
    check_digests(findings, question, parsed, signer)
    check_reference(findings, signer, known)
    # 3 signature value
    is_proven = check_value(findings, question, signer, known)
    # 4 certificate path, 5 revocation, both at the trusted time
    chain = check_path(findings, question, parsed, known)
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
        algorithms=algorithms_of(signer, known),
        checks=tuple(findings.checks),
        policy=question.policy.name,
        params=sentence_params(findings, word, question, known, agency),
    )


def _unreadable(question: Question, error: UnreadableSignature) -> SignatureVerdict:
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
