"""Paths, built and judged one by one by pyhanko-certvalidator, its answers put into sub-indications.

Nothing is fetched and no event loop is started: without fetching the library's coroutines never wait, so
they are simply run through. First the path without revocation, so that an expired certificate is called so
even where a revocation list is missing; then revocation. RFC 5280 §6.
"""

from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, TypeVar

from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
)
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.validate import async_validate_path

from signing.path_material import MICROSECOND, Certificate, KnownCrl, Material, has_signed
from signing.vocabulary import Check, Params, SubIndication

__all__ = ["Evaluation", "build_paths", "evaluate"]

MAX_PATHS: Final = 16
"""Several generations of roots that vouch for each other give a handful."""

MAX_PATH_LENGTH: Final = 8
"""Root, up to three authorities and the signer are what is found."""

_SIGNING_USAGES: Final = frozenset({"digital_signature", "non_repudiation"})
_SIGNING_PURPOSES: Final = frozenset(
    {
        "1.3.6.1.5.5.7.3.4",  # e-mail protection: what certificates for signing have always carried
        "1.3.6.1.5.5.7.3.36",  # document signing, RFC 9336
        "2.5.29.37.0",  # any
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft document signing
        "1.2.840.113583.1.1.5",  # Adobe PDF signing
    }
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one path came to."""

    sub_indications: tuple[SubIndication, ...]
    """Everything that is wrong, in the order of the procedure."""
    checks: tuple[Check, ...]
    params: Params
    chain: tuple[str, ...]


def build_paths(leaf: Certificate, known: Sequence[Certificate], material: Material) -> list[ValidationPath]:
    """Find up to `MAX_PATHS` paths from `leaf` to a root; none when there is none."""
    context = ValidationContext(
        trust_roots=list(material.roots),
        other_certs=[*known, *material.intermediates],
        revocation_mode="none",
    )
    return _run(_collect(context, leaf))


async def _collect(context: ValidationContext, leaf: Certificate) -> list[ValidationPath]:
    paths: list[ValidationPath] = []
    try:
        async for path in context.path_builder.async_build_paths_lazy(leaf):
            if path.pkix_len <= MAX_PATH_LENGTH:
                paths.append(path)
            if len(paths) >= MAX_PATHS:
                break
    except PathBuildingError:
        return paths
    return paths


def evaluate(
    path: ValidationPath, known: Sequence[Certificate], material: Material, at: datetime
) -> Evaluation:
    """Judge one path as of `at`."""
    certificates = list(path.iter_certs(include_root=True))
    leaf = certificates[-1]
    chain = tuple(certificate.sha256.hex() for certificate in reversed(certificates))
    found: list[SubIndication] = []
    params: dict[str, str] = {}

    failure, reason = _path_failure(path, known, material, at)
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
    if failure in _STILL_TELLS_REVOCATION and path.pkix_len:
        moment = leaf.not_valid_after if failure is SubIndication.EXPIRED else at
        revocation_check, revoked = _revocation(path, known, material, moment)
        if revoked is not None and (failure is None or revoked is SubIndication.REVOKED):
            found.append(revoked)
        if isinstance(revocation_check.found, datetime):
            params["revoked_at"] = revocation_check.found.isoformat().replace("+00:00", "Z")
    return Evaluation(tuple(found), (path_check, usage_check, revocation_check), tuple(params.items()), chain)


_STILL_TELLS_REVOCATION: Final = (None, SubIndication.EXPIRED)
"""A certificate that has expired may have been revoked before.

Anything else says nothing about revocation.
"""


def _path_failure(
    path: ValidationPath, known: Sequence[Certificate], material: Material, at: datetime
) -> tuple[SubIndication | None, str]:
    """Judge everything but revocation: what failed and why, or `None` and nothing."""
    if path.pkix_len == 0:
        return _root_failure(path.last, at)
    context = _context(known, material, at, NO_REVOCATION, (), timedelta(0))
    failure: tuple[SubIndication | None, str] = (None, "")
    try:
        _run(async_validate_path(context, path))
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


def _revocation(
    path: ValidationPath, known: Sequence[Certificate], material: Material, at: datetime
) -> tuple[Check, SubIndication | None]:
    lists = [crl for crl in material.crls if _speaks_about(crl, path, at)]
    rules = RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CRL_REQUIRED,
        intermediate_ca_cert_rule=_authority_rule(path, lists),
    )
    # The validator takes a revocation at exactly `at` for a later one; here it counts. A microsecond more,
    # and as much tolerance for all other times, says so.
    context = _context(known, material, at + MICROSECOND, rules, lists, MICROSECOND)
    try:
        _run(async_validate_path(context, path))
    except RevokedError as error:
        when = error.revocation_dt.astimezone(UTC)
        word = SubIndication.REVOKED if error.is_ee_cert else SubIndication.REVOKED_CA_NO_POE
        return Check(5, "revocation", "failed", when, "not revoked"), word
    except InsufficientRevinfoError:
        return Check(5, "revocation", "unknown", None, "a current revocation list"), SubIndication.TRY_LATER
    except PathValidationError:
        return Check(5, "revocation", "unknown"), SubIndication.TRY_LATER
    return Check(5, "revocation", "passed", "not revoked"), None


def _speaks_about(crl: KnownCrl, path: ValidationPath, at: datetime) -> bool:
    """Whether the list tells of a revocation that stood at `at`.

    A later list does as long as it still holds the certificates of that time: it says that it keeps those
    that have expired, or it was issued before they had.
    """
    if crl.this_update <= at or (crl.keeps_expired_since is not None and crl.keeps_expired_since <= at):
        return True
    return all(
        crl.this_update <= certificate.not_valid_after
        for certificate in path.iter_certs(include_root=False)
        if certificate.issuer.hashable == crl.issuer
    )


def _authority_rule(path: ValidationPath, lists: Iterable[KnownCrl]) -> RevocationCheckingRule:
    """Ask for a list about authorities if one is at hand or a certificate names where to get it."""
    issuers = {crl.issuer for crl in lists}
    authorities = list(path.iter_certs(include_root=False))[:-1]
    if any(each.issuer.hashable in issuers or each.crl_distribution_points for each in authorities):
        return RevocationCheckingRule.CRL_REQUIRED
    return RevocationCheckingRule.NO_CHECK


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


def _context(
    known: Sequence[Certificate],
    material: Material,
    at: datetime,
    rules: RevocationCheckingPolicy,
    lists: Iterable[KnownCrl],
    tolerance: timedelta,
) -> ValidationContext:
    return ValidationContext(
        trust_roots=list(material.roots),
        other_certs=[*known, *material.intermediates],
        moment=at,
        crls=[crl.container for crl in lists],
        ocsps=[],
        revinfo_policy=CertRevTrustPolicy(rules, retroactive_revinfo=True),
        time_tolerance=tolerance,
        poe_manager=POEManager(current_dt_override=at),
    )


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    coroutine.close()
    raise RuntimeError("path validation wanted to wait, though it may fetch nothing")
