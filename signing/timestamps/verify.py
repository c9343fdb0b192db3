"""Judges a time-stamp: whether it covers these octets, and whether its authority is trusted.

The steps are those of every signature (`signing.verify`), with these differences:

0. format: a SignedData with a TSTInfo inside, by exactly one signer, with signed attributes
1. imprint: the digest in the token is that of the stamped octets
2. digests and signed attributes of the token; one of them names the authority's certificate
3. signature value
4. the certificate is for time-stamping and no other use, and a path led to a root at the stamped time
5. it was not revoked at that time, nor, as far as is known, since: whoever has the key can stamp any time
6. algorithms and key sizes are admitted

RFC 3161 §2.3 and §2.4.2, RFC 5816, ETSI EN 319 102-1 §5.4.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.algorithms import DIGESTS
from signing.certificates import CertificateSummary, KnownCertificate
from signing.cms.ber import to_der
from signing.cms.checks import certificates_of, check_digests, check_format, note_certificate, signer_of
from signing.cms.enclosed import enclosed_with
from signing.cms.parse import CmsSignature, CmsSigner, parse
from signing.content import Content
from signing.errors import SignatureBeyondLimits, UnreadableSignature
from signing.judging_context import Enclosed, Findings, PathJudge, Question, Signer, TrustedTime
from signing.judging_steps import check_algorithms, check_reference, check_value
from signing.paths.validation import PathOutcome
from signing.policy import DEFAULT, Policy
from signing.timestamps.structure import TST_INFO, Accuracy, TstInfo
from signing.verdict_vocabulary import (
    Check,
    CheckOutcome,
    Indication,
    MaterialDigest,
    Params,
    SubIndication,
    decisive,
    indication_of,
)

# A bad time-stamp is a result: no exception is raised for hostile bytes; what `paths` raises passes through.

__all__ = ["TimestampVerdict", "read_info", "verify_token"]

STEP: Final = 1
"""Where all of this stands in the procedure for the signature: it settles the trusted time."""

_TOKEN, _IMPRINT, _VALUE = "timestamp-token", "timestamp-imprint", "timestamp-value"
_AUTHORITY, _REVOCATION = "timestamp-authority", "timestamp-revocation"
_ALGORITHM = "timestamp-algorithm"
_SHOWN_AS: Final = {
    "structure": _TOKEN,
    "signed-attributes": _TOKEN,
    "signer-certificate": _TOKEN,
    "content-digest": _TOKEN,
    "encapsulated-content": _TOKEN,
    "certificate-reference": _TOKEN,
    _IMPRINT: _IMPRINT,
    "signature-value": _VALUE,
    "certificate-usage": _AUTHORITY,
    "certificate-path": _AUTHORITY,
    "revocation": _REVOCATION,
    "digest-algorithm": _ALGORITHM,
    "signature-algorithm": _ALGORITHM,
    "key": _ALGORITHM,
}
"""The steps' many checks as the few that a reader of the signature's verdict is shown, in their order."""

_WORST_FIRST: Final[tuple[CheckOutcome, ...]] = ("failed", "unknown", "passed", "skipped")
_NOT_USAGE: Final = frozenset({"key-usage", "extended-key-usage"})
"""Reasons why a certificate is not for signing documents, as a time-stamping authority's is not."""


@dataclass(frozen=True, slots=True)
class TimestampVerdict:
    """What became of one time-stamp."""

    indication: Indication
    sub_indication: SubIndication | None
    at: datetime | None
    """The time stated, whether it can be believed or not; `None` when the token cannot be read."""
    accuracy: timedelta | None
    """How far the authority says it may be wrong, to either side."""
    authority: CertificateSummary | None
    chain: tuple[str, ...]
    """SHA-256 of each certificate from the authority's to the trust anchor; empty without a path."""
    serial: int | None
    policy: str | None
    """The authority's policy, a dotted identifier."""
    checks: tuple[Check, ...]
    """All of step 1, with names of their own."""
    params: Params = ()
    material: tuple[MaterialDigest, ...] = ()
    """The token itself, and what its authority's path rested on."""

    @property
    def is_believed(self) -> bool:
        """Whether `at` may be relied upon."""
        return self.indication is Indication.TOTAL_PASSED


def verify_token(
    token: bytes,
    digest: Callable[[str], bytes | None] | bytes,
    *,
    paths: PathJudge,
    policy: Policy = DEFAULT,
    seen_at: datetime | None = None,
) -> TimestampVerdict:
    """Judge a token.

    `digest`: the stamped octets, or a function that returns their digest by an algorithm's name. `seen_at`:
    when the token is known to have existed (with a zone). One that states a later time, beyond the clock
    skew, is not believed; nor is one whose authority's certificate had been revoked by then.
    """
    digest_of = Content(digest).digest if isinstance(digest, bytes) else digest
    # 0 format
    try:
        parsed = parse(
            token,
            max_bytes=policy.max_signature_bytes,
            max_certificates=policy.max_certificates,
            max_signers=1,
        )
        info = read_info(parsed)
    except UnreadableSignature as error:
        return _unreadable(error)
    (signer,) = parsed.signers
    stamp = _Stamp(parsed, signer, info, enclosed_with(parsed, signer), digest_of, seen_at)
    candidates, is_any_unreadable = certificates_of(stamp.enclosed.certificates, signer)
    verdicts = []
    for known in candidates:
        findings = Findings()
        note_certificate(findings, known, is_any_unreadable=is_any_unreadable)
        verdicts.append(_judge(findings, stamp, known, paths, policy))
    verdict = min(verdicts, key=lambda each: (not each.is_believed, not each.chain))
    own: MaterialDigest = ("timestamp", hashlib.sha256(token).hexdigest())
    return replace(verdict, material=(own, *verdict.material))


class _Stamp(NamedTuple):
    """A token that could be read, and what it is judged in view of."""

    parsed: CmsSignature
    signer: CmsSigner
    info: TstInfo
    enclosed: Enclosed
    digest_of: Callable[[str], bytes | None]
    seen_at: datetime | None


def _judge(
    findings: Findings, stamp: _Stamp, known: KnownCertificate | None, paths: PathJudge, policy: Policy
) -> TimestampVerdict:
    """Judge it by this certificate, whose presence is in `findings` already."""
    parsed, signer, info = stamp.parsed, stamp.signer, stamp.info
    at = info.at.as_datetime()
    time = TrustedTime(at, "rfc3161")
    question = Question(Content(parsed.encapsulated), "", "", time, paths, lambda _: None, policy)
    check_format(findings, question, parsed, signer)
    # 1 imprint
    _check_imprint(findings, info, stamp.digest_of, policy)
    # 2 digests and signed attributes
    check_digests(findings, question, parsed, signer)
    general = _general(signer)
    _check_reference(findings, general, known)
    # 3 signature value
    is_proven = check_value(findings, question, general, known)
    # 4 certificate and path, 5 revocation
    chain = () if known is None else _check_authority(findings, stamp, known, paths, policy)
    # 6 algorithms and key sizes
    check_algorithms(findings, policy, general, known)
    if not is_proven and not findings.words:
        findings.fail(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, Check(STEP, "signature-value", "unknown"))
    word = decisive(findings.words)
    return TimestampVerdict(
        indication=indication_of(word),
        sub_indication=word,
        at=at,
        accuracy=_accuracy(info.accuracy),
        authority=None if known is None else known.summary,
        chain=chain,
        serial=info.serial,
        policy=info.policy.dotted_string,
        checks=_shown(findings.checks),
        params=() if word is None else findings.params[word],
        material=findings.material,
    )


def read_info(parsed: CmsSignature) -> TstInfo:
    """Read what was stamped. Raises `UnreadableSignature`."""
    if parsed.content_type != TST_INFO or parsed.encapsulated is None:
        raise UnreadableSignature(reason="not-a-timestamp", found=parsed.content_type.dotted_string)
    if parsed.signers[0].attributes is None:
        raise UnreadableSignature(reason="attribute-missing", found="signing-certificate")
    try:
        info = asn1.decode_der(TstInfo, parsed.encapsulated)
    except ValueError as error:
        info = _info_in_ber(parsed.encapsulated, error)
    if info.version != 1:
        raise UnreadableSignature(reason="not-a-timestamp", found=f"version {info.version}")
    return info


def _info_in_ber(encoded: bytes, error: ValueError) -> TstInfo:
    """Read one that is no DER: its signature is over the bytes as they are, its meaning the same."""
    try:
        return asn1.decode_der(TstInfo, to_der(encoded))
    except (ValueError, UnreadableSignature):
        raise UnreadableSignature(reason="malformed") from error


def _general(signer: CmsSigner) -> Signer:
    """Return the signer in the form of all formats, without variants: an authority's token is exact."""
    return signer_of(signer)._replace(
        claimed_time=None, signed_otherwise=(), claimed_time_fault=None, method_otherwise=None
    )


def _check_imprint(
    findings: Findings, info: TstInfo, digest_of: Callable[[str], bytes | None], policy: Policy
) -> None:
    identifier = info.imprint.algorithm.identifier
    name = DIGESTS.get(identifier)
    shown = name or identifier.dotted_string
    if name is None or not policy.admits_digest(name):
        findings.fail(
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
            Check(STEP, _IMPRINT, "failed", shown, " ".join(sorted(policy.digests))),
            ("reason", "digest"),
            ("found", shown),
        )
    computed = None if name is None else digest_of(name)
    if computed is None:
        if name is not None:
            findings.fail(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, Check(STEP, _IMPRINT, "unknown", shown))
    elif computed == info.imprint.value:
        findings.checks.append(Check(STEP, _IMPRINT, "passed", computed.hex()))
    else:
        check = Check(STEP, _IMPRINT, "failed", computed.hex(), info.imprint.value.hex())
        findings.fail(SubIndication.HASH_FAILURE, check)


def _check_reference(findings: Findings, signer: Signer, known: KnownCertificate | None) -> None:
    """Compare the certificate with the one the token names; here it must name one (RFC 5816 §2.2.1)."""
    if signer.references:
        check_reference(findings, signer.references, known)
        return
    check = Check(STEP, "certificate-reference", "failed", "none", "the authority's certificate")
    findings.fail(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, check)


def _check_authority(
    findings: Findings, stamp: _Stamp, known: KnownCertificate, paths: PathJudge, policy: Policy
) -> tuple[str, ...]:
    at, seen_at = stamp.info.at.as_datetime(), stamp.seen_at
    enclosed = stamp.enclosed.beside(known.der)
    misuse = _misuse(known.certificate)
    if misuse is None:
        findings.checks.append(Check(STEP, "certificate-usage", "passed", known.summary.subject))
    else:
        check = Check(STEP, "certificate-usage", "failed", misuse, "time-stamping alone, critical")
        findings.fail(SubIndication.CHAIN_CONSTRAINTS_FAILURE, check, ("reason", misuse))
    outcome = paths(known.der, enclosed, at)
    findings.rest_on(outcome.material)
    findings.checks.extend(check for check in outcome.checks if check.name != "certificate-usage")
    word = _word(outcome)
    if word is not None:
        findings.note(word, outcome.params)
    if seen_at is None:
        return outcome.chain
    if at > seen_at + policy.clock_skew:
        check = Check(STEP, "certificate-path", "failed", at, f"not after {seen_at.isoformat()}")
        findings.fail(SubIndication.SIG_CONSTRAINTS_FAILURE, check)
    elif word is None and at < seen_at and _word(later := paths(known.der, enclosed, seen_at)) in _REVOKED:
        findings.checks.extend(check for check in later.checks if check.name == "revocation")
        findings.note(SubIndication.REVOKED, later.params)
        findings.rest_on(later.material)
    return outcome.chain


_REVOKED: Final = (SubIndication.REVOKED, SubIndication.REVOKED_CA_NO_POE)
_REVOCATION_WORDS: Final[dict[CheckOutcome, SubIndication | None]] = {
    "passed": None,
    "skipped": None,  # a root's own certificate
    "failed": SubIndication.REVOKED_CA_NO_POE,  # the certificate's own would have named the outcome
}


def _word(outcome: PathOutcome) -> SubIndication | None:
    """Say what is wrong with the path, but for that its certificate is no signer's: that is judged here.

    The path's checks tell it apart, since one word covers all constraints.
    """
    reason = dict(outcome.params).get("reason")
    if outcome.sub_indication is not SubIndication.CHAIN_CONSTRAINTS_FAILURE or reason not in _NOT_USAGE:
        return outcome.sub_indication
    by_name = {check.name: check.outcome for check in outcome.checks}
    if by_name.get("certificate-path") != "passed":
        return SubIndication.CHAIN_CONSTRAINTS_FAILURE
    return _REVOCATION_WORDS.get(by_name.get("revocation", "unknown"), SubIndication.TRY_LATER)


def _misuse(certificate: x509.Certificate) -> str | None:
    """Say why the certificate is no time-stamping authority's (RFC 3161 §2.3), if it is none."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return "extended-key-usage"
    except ValueError:
        return "malformed-certificate"
    if not purposes.critical or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        return "extended-key-usage"
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
    return None if usage.digital_signature or usage.content_commitment else "key-usage"


def _accuracy(accuracy: Accuracy | None) -> timedelta | None:
    if accuracy is None:
        return None
    try:
        return timedelta(
            seconds=accuracy.seconds or 0,
            milliseconds=accuracy.milliseconds or 0,
            microseconds=accuracy.microseconds or 0,
        )
    except OverflowError:
        return None


def _shown(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Of the checks shown under one name, the one that came out worst."""
    worst: dict[str, Check] = {}
    for check in checks:
        name = _SHOWN_AS[check.name]
        before = worst.get(name)
        if before is None or _WORST_FIRST.index(check.outcome) < _WORST_FIRST.index(before.outcome):
            worst[name] = check._replace(step=STEP, name=name)
    return tuple(worst[name] for name in dict.fromkeys(_SHOWN_AS.values()) if name in worst)


def _unreadable(error: UnreadableSignature) -> TimestampVerdict:
    reason = str(error.params.get("reason", "malformed"))
    is_undecided = isinstance(error, SignatureBeyondLimits)
    word = SubIndication.GENERIC if is_undecided else SubIndication.FORMAT_FAILURE
    return TimestampVerdict(
        indication=indication_of(word),
        sub_indication=word,
        at=None,
        accuracy=None,
        authority=None,
        chain=(),
        serial=None,
        policy=None,
        checks=(Check(STEP, _TOKEN, "unknown" if is_undecided else "failed", reason, "a time-stamp token"),),
        params=(("reason", reason),),
    )
