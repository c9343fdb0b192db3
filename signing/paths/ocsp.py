"""Judges OCSP responses: which are valid, and what their answers mean at a time.

RFC 6960 §3.2 and §4.2.2.2.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from signing.algorithms import SignatureMethod, verify_value
from signing.errors import UnreadableOcsp
from signing.ocsp.read import read_response
from signing.ocsp.values import Answer, Response
from signing.paths.algorithms import ChainAlgorithms, facts_of
from signing.paths.asn1 import Certificate, load_certificate
from signing.paths.revocation_lists import Listed
from signing.paths.signatures import has_signed
from signing.policy import Policy

# The path validator is not used for this: it reads responses just about certificates that name a responder,
# ignores revocations after the time in question, and requires the responder's certificate to be valid at that
# time instead of the time of the answer.

__all__ = ["KnownAnswer", "answer_points", "merged_answers", "read_responses", "status_of"]

AGE_WITHOUT_NEXT_UPDATE: Final = timedelta(minutes=30)
"""For how long an answer stands that names no end. It means that a newer one could be had at any moment."""

_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_KNOWN_EXTENSIONS: Final = frozenset(
    {"basic_constraints", "key_usage", "extended_key_usage", "ocsp_no_check", "certificate_policies"}
)


@dataclass(frozen=True, slots=True, eq=False)
class KnownAnswer:
    """An answer, and the response that gave it."""

    answer: Answer
    response: Response
    sha256: str
    """Of the whole response, lower-case hexadecimal."""
    certificates: tuple[Certificate, ...]
    """Those that came along with the response."""


def read_responses(ders: Iterable[bytes]) -> Mapping[int, tuple[KnownAnswer, ...]]:
    """Read responses, by the serial numbers they answer for; what cannot be read is as good as missing."""
    found: dict[int, list[KnownAnswer]] = {}
    for der in ders:
        try:
            response = read_response(der)
        except UnreadableOcsp:
            continue
        certificates = tuple(_readable(response.certificates))
        sha256 = hashlib.sha256(der).hexdigest()
        for answer in response.answers:
            found.setdefault(answer.certificate.serial, []).append(
                KnownAnswer(answer, response, sha256, certificates)
            )
    return MappingProxyType({serial: _newest_first(known) for serial, known in found.items()})


def status_of(
    certificate: Certificate,
    issuer: Certificate,
    answers: Mapping[int, tuple[KnownAnswer, ...]],
    at: datetime,
    policy: Policy,
    is_unrevoked: Callable[[Certificate, Certificate, datetime], bool],
) -> Listed | KnownAnswer | None:
    """Tell what is known by OCSP of a certificate at `at`.

    An answer: it says "not revoked then"; `None`: nothing is known; else when and why it was revoked. The
    newest answer decides, and a revocation for good counts however old the answer is; one that is not
    understood leaves undecided. `is_unrevoked`: whether
    a responder's certificate by this issuer stood at a time, asked where it does not say itself that nobody
    need ask.
    """
    believed = [
        known
        for known in answers.get(certificate.serial_number, ())
        if known.answer.status != "unknown"
        and _is_about(known.answer, certificate, issuer)
        and _is_signed(known, issuer, policy, is_unrevoked)
    ]
    final = [told for known in believed if (told := _revocation(known, at)) is not None and told.is_final]
    if final:
        return min(final, key=lambda told: told.at)
    for known in believed:
        is_usable = known.answer.is_understood or known.answer.status == "revoked"
        if is_usable and _speaks_about(known.answer, certificate, at):
            return _revocation(known, at) or known
    return None


def answer_points(answers: Mapping[int, tuple[KnownAnswer, ...]], serial: int) -> set[datetime]:
    """Every moment at which these answers begin to mean something else, and the last at which they hold."""
    points: set[datetime] = set()
    for known in answers.get(serial, ()):
        answer = known.answer
        points |= {answer.this_update, _end(answer) + timedelta(microseconds=1)}
        if answer.revoked_at is not None:
            points.add(answer.revoked_at)
    return points


def merged_answers(
    one: Mapping[int, tuple[KnownAnswer, ...]], other: Mapping[int, tuple[KnownAnswer, ...]]
) -> Mapping[int, tuple[KnownAnswer, ...]]:
    """Put the answers of both together, newest first; of two of one time, that of `one` first."""
    both = dict(one)
    for serial, known in other.items():
        both[serial] = _newest_first((*one.get(serial, ()), *known))
    return MappingProxyType(both)


def _newest_first(known: Iterable[KnownAnswer]) -> tuple[KnownAnswer, ...]:
    return tuple(sorted(known, key=lambda each: each.answer.this_update, reverse=True))


def _revocation(known: KnownAnswer, at: datetime) -> Listed | None:
    answer = known.answer
    if answer.status != "revoked" or answer.revoked_at is None or answer.revoked_at > at:
        return None
    told = Listed(answer.revoked_at, answer.reason or "unspecified", (("ocsp", known.sha256),))
    return told if answer.is_understood else replace(told, is_understood=False)


def _speaks_about(answer: Answer, certificate: Certificate, at: datetime) -> bool:
    """Whether the answer tells of that time: it is not stale then, or was given later about one still known.

    Responders forget certificates that have expired, unless they name since when they keep them.
    """
    if answer.this_update <= at:
        return at <= _end(answer)
    kept_since = answer.archive_cutoff or answer.this_update
    return bool(kept_since <= certificate.not_valid_after)


def _end(answer: Answer) -> datetime:
    return answer.next_update or answer.this_update + AGE_WITHOUT_NEXT_UPDATE


def _is_about(answer: Answer, certificate: Certificate, issuer: Certificate) -> bool:
    named = answer.certificate
    key: bytes = issuer.public_key["public_key"].contents[1:]  # without the number of unused bits
    return (
        named.serial == certificate.serial_number
        and named.issuer_name_hash == hashlib.new(named.digest, certificate.issuer.dump()).digest()
        and named.issuer_key_hash == hashlib.new(named.digest, key).digest()
    )


def _is_signed(
    known: KnownAnswer,
    issuer: Certificate,
    policy: Policy,
    is_unrevoked: Callable[[Certificate, Certificate, datetime], bool],
) -> bool:
    """Whether the issuer signed the response itself, or a responder to which it gave that task.

    One that cannot be followed is not: it must not spoil the others.
    """
    try:
        return _is_signed_by_issuer_or_responder(known, issuer, policy, is_unrevoked)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 hostile responses make the libraries raise all there is
        return False


def _is_signed_by_issuer_or_responder(
    known: KnownAnswer,
    issuer: Certificate,
    policy: Policy,
    is_unrevoked: Callable[[Certificate, Certificate, datetime], bool],
) -> bool:
    response = known.response
    method = response.method
    if method is None or not policy.admits_method(method):
        return False
    if _answers_as(issuer, response) and _verifies(issuer, response, method, policy):
        return True
    return any(
        _answers_as(candidate, response)
        and _is_responder(candidate, issuer, response.produced_at, policy)
        and _verifies(candidate, response, method, policy)
        and (
            candidate.ocsp_no_check_value is not None or is_unrevoked(candidate, issuer, response.produced_at)
        )
        for candidate in known.certificates
    )


def _answers_as(candidate: Certificate, response: Response) -> bool:
    if response.responder_key_hash is not None:
        return bool(candidate.public_key.sha1 == response.responder_key_hash)
    return bool(candidate.subject.dump() == response.responder_name)


def _is_responder(candidate: Certificate, issuer: Certificate, at: datetime, policy: Policy) -> bool:
    purposes = candidate.extended_key_usage_value
    usage = candidate.key_usage_value
    return (
        purposes is not None
        and _OCSP_SIGNING in {purpose.dotted for purpose in purposes}
        and (usage is None or bool({"digital_signature", "non_repudiation"} & usage.native))
        and not candidate.critical_extensions - _KNOWN_EXTENSIONS
        and candidate.not_valid_before <= at <= candidate.not_valid_after
        and ChainAlgorithms(policy).admits(candidate["signature_algorithm"], issuer.public_key)
        and has_signed(issuer, candidate)
    )


def _verifies(signer: Certificate, response: Response, method: SignatureMethod, policy: Policy) -> bool:
    facts = facts_of(signer.public_key.dump())
    return policy.admits_key(facts) and verify_value(facts, method, response.value, response.signed) is True


def _readable(ders: Sequence[bytes]) -> Iterable[Certificate]:
    for der in ders:
        try:
            yield load_certificate(der)
        except Exception:  # noqa: BLE001, S112 hostile bytes make the library raise all there is
            continue
