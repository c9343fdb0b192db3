"""Judges paths one by one with pyhanko-certvalidator, and translates its answers into sub-indications.

Revocation is checked in `signing.paths.revocation`. RFC 5280 §6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    NotYetValidError,
    PathValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION
from pyhanko_certvalidator.validate import async_validate_path

from signing.paths.asn1 import Certificate, has_whole_octets
from signing.paths.context import Surroundings, make_context, run
from signing.paths.revocation import ON_HOLD, check_revocation
from signing.paths.signatures import has_signed
from signing.verdict_vocabulary import Check, MaterialDigest, Params, SubIndication

# First comes the path without revocation, so that an expired certificate is reported even where a revocation
# list is missing; then revocation. Certificates that contradict themselves are refused here, which RFC 5280
# demands and the library does not check.

__all__ = ["Evaluation", "evaluate", "is_consistent"]

MAX_NAME_COMPARISONS: Final = 100_000
"""A quarter of a second. Certificates of 50 KB can ask for ten million; honest ones ask for a few hundred."""

_SIGNING_USAGES: Final = frozenset({"digital_signature", "non_repudiation"})
_ANY_PURPOSE: Final = "2.5.29.37.0"
_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
_SIGNING_PURPOSES: Final = frozenset(
    {
        "1.3.6.1.5.5.7.3.4",  # e-mail protection: what certificates for signing have always carried
        "1.3.6.1.5.5.7.3.36",  # document signing, RFC 9336
        _ANY_PURPOSE,
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft document signing
        "1.2.840.113583.1.1.5",  # Adobe PDF signing
    }
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result for one path."""

    sub_indications: tuple[SubIndication, ...]
    """Everything that is wrong, in the order of the procedure."""
    checks: tuple[Check, ...]
    params: Params
    chain: tuple[str, ...]
    rested_on: tuple[MaterialDigest, ...] = ()
    """What step 5 rested on."""


def evaluate(path: ValidationPath, around: Surroundings, at: datetime) -> Evaluation:
    """Judge one path as of `at`. A path that cannot be read fails alone."""
    try:
        return _evaluate(path, around, at)
    except MemoryError:
        raise  # the worker's budget: its keeper answers for it
    except Exception:  # noqa: BLE001 hostile certificates make the libraries raise all there is
        chain = tuple(each.sha256.hex() for each in reversed(list(path.iter_certs(include_root=True))))
        reason = "malformed-certificate"
        checks = (
            Check(4, "certificate-path", "failed", reason),
            Check(4, "certificate-usage", "skipped"),
            Check(5, "revocation", "skipped"),
        )
        return Evaluation((_GENERAL,), checks, (("reason", reason),), chain)


def _evaluate(path: ValidationPath, around: Surroundings, at: datetime) -> Evaluation:
    certificates = list(path.iter_certs(include_root=True))
    leaf = certificates[-1]
    chain = tuple(certificate.sha256.hex() for certificate in reversed(certificates))
    found: list[SubIndication] = []
    params: dict[str, str] = {}

    failure, reason = _path_failure(path, around, at)
    if failure is not None:
        found.append(failure)
        params["reason"] = reason
    path_check = Check(4, "certificate-path", "failed" if failure else "passed", reason or str(len(chain)))

    misuse = _misuse(leaf)
    if misuse:
        found.append(SubIndication.CHAIN_CONSTRAINTS_FAILURE)
        params.setdefault("reason", misuse)
    usage_check = Check(4, "certificate-usage", "failed" if misuse else "passed", misuse)

    revocation_check = Check(5, "revocation", "skipped")
    rested_on: tuple[MaterialDigest, ...] = ()
    if failure in _STILL_TELLS_REVOCATION and path.pkix_len:
        moment = leaf.not_valid_after if failure is SubIndication.EXPIRED else at
        revocation = check_revocation(path, around, moment)
        revocation_check, revoked = revocation.check, revocation.sub_indication
        rested_on = revocation.rested_on
        if revoked is not None and (failure is None or revoked is SubIndication.REVOKED):
            found.append(revoked)
        if isinstance(revocation_check.found, datetime):
            params["revoked_at"] = revocation_check.found.isoformat().replace("+00:00", "Z")
        if revocation.reason is not None:
            params["revocation_reason"] = revocation.reason
        if revocation_check.found == ON_HOLD:
            params.setdefault("reason", ON_HOLD)
        params = dict(revocation.params) | params
    checks = (path_check, usage_check, revocation_check)
    return Evaluation(tuple(found), checks, tuple(params.items()), chain, rested_on)


_STILL_TELLS_REVOCATION: Final = (None, SubIndication.EXPIRED)
"""A certificate that has expired may have been revoked before.

Anything else says nothing about revocation.
"""


def _path_failure(
    path: ValidationPath, around: Surroundings, at: datetime
) -> tuple[SubIndication | None, str]:
    """Judge everything but revocation: what failed and why, or `None` and nothing."""
    if path.pkix_len == 0:
        return _root_failure(path.last, at)
    if not all(is_consistent(each) for each in path.iter_certs(include_root=False)):
        return _GENERAL, "malformed-certificate"
    if not _may_issue(path.iter_certs(include_root=True)):
        return SubIndication.CHAIN_CONSTRAINTS_FAILURE, "constraints"
    if not all(_issues_for(each, path.last) for each in list(path.iter_certs(include_root=False))[:-1]):
        return SubIndication.CHAIN_CONSTRAINTS_FAILURE, "issuer-purpose"
    if _name_comparisons(list(path.iter_certs(include_root=True))) > MAX_NAME_COMPARISONS:
        return _GENERAL, "over-budget"
    whole = all(has_whole_octets(each["signature_value"]) for each in path.iter_certs(include_root=False))
    failure: tuple[SubIndication | None, str] = (None, "") if whole else (_GENERAL, "broken-link")
    try:
        run(async_validate_path(make_context(around, at, NO_REVOCATION), path))
    except ExpiredError as error:
        failure = _EXPIRED if error.is_ee_cert else (_GENERAL, "authority-expired")
    except NotYetValidError as error:
        failure = _NOT_YET_VALID if error.is_ee_cert else (_GENERAL, "authority-not-yet-valid")
    except DisallowedAlgorithmError:
        failure = SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "chain-algorithm"
    except PathValidationError:
        # The library says why in words alone; the signatures on the path tell the two kinds apart.
        is_sound = _links_hold(list(path.iter_certs(include_root=True)))
        failure = (
            (SubIndication.CHAIN_CONSTRAINTS_FAILURE, "constraints")
            if is_sound
            else (_GENERAL, "broken-link")
        )
    return failure


_GENERAL: Final = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
_EXPIRED: Final = (SubIndication.EXPIRED, "expired")
_NOT_YET_VALID: Final = (SubIndication.NOT_YET_VALID, "not-yet-valid")


def _root_failure(root: Certificate, at: datetime) -> tuple[SubIndication | None, str]:
    """Hold a root that signs documents to its own dates; it is trusted by decision, not for ever."""
    if at > root.not_valid_after:
        return _EXPIRED
    if at < root.not_valid_before:
        return _NOT_YET_VALID
    return None, ""


def is_consistent(certificate: Certificate) -> bool:
    """Whether it names one signature algorithm, not two, and no extension twice (RFC 5280 §4.1.1.2, §4.2)."""
    body = certificate["tbs_certificate"]
    if body["signature"].dump() != certificate["signature_algorithm"].dump():
        return False
    extensions = () if isinstance(body["extensions"], core.Void) else body["extensions"]
    identifiers = [each["extn_id"].dotted for each in extensions]
    return len(identifiers) == len(set(identifiers))


def _may_issue(certificates: Iterable[Certificate]) -> bool:
    """Whether the root does not say itself that it issues nothing.

    RFC 5280 takes an anchor's name and key alone; but who trusts an agency's own certificate does not mean to
    trust whatever that agency issues with it.
    """
    root = next(iter(certificates))
    constraints, usage = root.basic_constraints_value, root.key_usage_value
    is_signer = constraints is not None and not constraints["ca"].native
    return not is_signer and (usage is None or "key_cert_sign" in usage.native)


def _issues_for(authority: Certificate, leaf: Certificate) -> bool:
    """Whether an authority below the root, where it names purposes, may issue what the leaf is.

    As everybody reads it: what an authority's certificate is for bounds what those below it are for. A
    time-stamping authority's may come from one that is for time-stamps, a signer's only from one that is for
    signing, or for anything.
    """
    purposes = _purposes(authority)
    if not purposes:
        return True
    is_stamper = _purposes(leaf) == {_TIME_STAMPING}
    return bool(purposes & ({_TIME_STAMPING, _ANY_PURPOSE} if is_stamper else _SIGNING_PURPOSES))


def _purposes(certificate: Certificate) -> set[str]:
    return {purpose.dotted for purpose in certificate.extended_key_usage_value or ()}


def _name_comparisons(certificates: Sequence[Certificate]) -> int:
    """Count how often a name will be held against a constraint: every name below against every constraint."""
    constraints = total = 0
    for certificate in certificates:  # from the root on
        names = certificate.subject_alt_name_value
        total += constraints * (1 + (0 if names is None else len(names)))
        value = certificate.name_constraints_value
        if value is not None:
            subtrees = (value["permitted_subtrees"], value["excluded_subtrees"])
            constraints += sum(len(each) for each in subtrees if not isinstance(each, core.Void))
    return total


def _misuse(leaf: Certificate) -> str | None:
    usage = leaf.key_usage_value
    if usage is not None and not _SIGNING_USAGES & usage.native:
        return "key-usage"
    purposes = leaf.extended_key_usage_value
    if purposes is not None and not _SIGNING_PURPOSES & {purpose.dotted for purpose in purposes}:
        return "extended-key-usage"
    return None


def _links_hold(certificates: Sequence[Certificate]) -> bool:
    return all(has_signed(*pair) for pair in pairwise(certificates))
