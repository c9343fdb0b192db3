"""Step 5: whether a certificate of a path was revoked at a time, by OCSP answers and revocation lists.

A revocation in either counts. A certificate on hold is undecided (ETSI EN 319 102-1 §5.2.6.4). RFC 5280 §6.3,
RFC 6960; docs/decisions/signing-crl-time.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathValidationError, RevokedError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NonRevokedStatusAssertion,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.revinfo.archival import CRLContainer
from pyhanko_certvalidator.validate import async_validate_path

from signing.paths.asn1 import Certificate
from signing.paths.context import Surroundings, make_context, run
from signing.paths.material import MICROSECOND
from signing.paths.ocsp import status_of
from signing.paths.revocation_lists import (
    KnownCrl,
    Listed,
    choose,
    is_fresh,
    listed,
    narrowed,
    signer_of,
    speaks_about,
)
from signing.verdict_vocabulary import Check, MaterialDigest, Params, SubIndication

__all__ = ["ON_HOLD", "RAN_OUT", "Revocation", "check_revocation"]

_UNCLEAR: Final = Check(5, "revocation", "unknown", None, "revocation information that can be understood")
RAN_OUT: Final = "list-ran-out"
"""The finding where the newest list at hand had expired before the time in question."""
ON_HOLD: Final = "on-hold"
"""The finding where a revocation may be removed again."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """The result of step 5."""

    check: Check
    sub_indication: SubIndication | None = None
    reason: str | None = None
    """Why a certificate was revoked, RFC 5280 §5.3.1; `None` where none was."""
    rested_on: tuple[MaterialDigest, ...] = ()
    """Lists, responses, and certificates besides the path's that were needed to believe them."""
    params: Params = ()
    """What the sentence needs besides."""


def check_revocation(path: ValidationPath, around: Surroundings, at: datetime) -> Revocation:
    """Tell whether any certificate of the path was revoked at `at`; the first from the root on decides.

    What came along with the signature may add a revocation or say that there was none where nothing at hand
    does; it takes back no revocation and no hold that the material at hand tells of.
    """
    if around.material is not around.at_hand:
        at_hand = _by_material(path, replace(around, material=around.at_hand), at)
        if at_hand.sub_indication in _REVOKED or at_hand.check.found == ON_HOLD:
            return at_hand
    return _by_material(path, around, at)


def _by_material(path: ValidationPath, around: Surroundings, at: datetime) -> Revocation:
    certificates = list(path.iter_certs(include_root=True))
    clean: dict[bytes, tuple[MaterialDigest, ...]] = {}
    held: Listed | None = None
    for issuer, certificate in pairwise(certificates):
        told = _told(certificate, issuer, around, at)
        if isinstance(told, Listed) and told.is_final:
            return _revoked(told, is_signer=certificate is certificates[-1])
        if isinstance(told, Listed):
            held = told
        elif told:
            clean[certificate.sha256] = told
    by_lists = _ask_lists(path, around, at, clean)
    if by_lists.sub_indication in _REVOKED:
        return by_lists
    by_all = by_lists if held is None else _held(held)
    told_by = [*(each for answers in clean.values() for each in answers), *by_all.rested_on]
    return replace(by_all, rested_on=tuple(dict.fromkeys(told_by)))


_REVOKED: Final = (SubIndication.REVOKED, SubIndication.REVOKED_CA_NO_POE)


def _told(
    certificate: Certificate, issuer: Certificate, around: Surroundings, at: datetime
) -> Listed | tuple[MaterialDigest, ...]:
    """Give the earliest revocation for good that anything tells of; else what responses say at `at`.

    Where a response finds it clean: the response and the lists about its responder. Nothing: unknown.
    """
    asked: list[KnownCrl] = []

    def is_unrevoked(responder: Certificate, by: Certificate, then: datetime) -> bool:
        current = _stands(responder, by, around, then)
        asked.extend(current or ())
        return current is not None

    status = status_of(certificate, issuer, around.material.answers, at, around.policy, is_unrevoked)
    entries = [*listed(certificate, issuer, around.material.crls, around.algorithms)]
    entries += [status] if isinstance(status, Listed) else []
    final = [entry for entry in entries if entry.is_final and entry.at <= at]
    if final:
        return min(final, key=lambda entry: entry.at)
    if status is None or isinstance(status, Listed):
        return status or ()
    return ("ocsp", status.sha256), *(("crl", crl.sha256) for crl in asked)


def _ask_lists(
    path: ValidationPath, around: Surroundings, at: datetime, clean: Mapping[bytes, object]
) -> Revocation:
    """Ask the lists about all certificates that responses have not found clean."""
    *authorities, leaf = path.iter_certs(include_root=False)
    signers = (*path.iter_certs(include_root=True), *around.certificates)
    speaking = [
        crl
        for crl in around.material.crls
        if is_fresh(crl, at) and speaks_about(crl, (*authorities, leaf), at)
    ]
    chosen = choose(speaking, signers, around.algorithms)
    asked = [each for each in (*authorities, leaf) if each.sha256 not in clean]
    rested_on = _needed(asked, chosen, around, list(path.iter_certs(include_root=True)))
    lists = _narrowed(chosen, (*authorities, leaf), signers, around, at)
    if lists is None:
        return Revocation(_UNCLEAR, SubIndication.TRY_LATER, rested_on=rested_on)
    issuers = {crl.issuer for crl in chosen}
    unasked = [
        each
        for each in authorities
        if each.sha256 in clean or not (each.issuer.hashable in issuers or _names_where_to_ask(each))
    ]
    rules = RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.NO_CHECK
        if leaf.sha256 in clean
        else RevocationCheckingRule.CRL_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.CRL_REQUIRED,
    )
    # The validator takes a revocation at exactly `at` for a later one; here it counts. A microsecond more,
    # and as much tolerance for all other times, says so.
    moment = at + MICROSECOND
    asserted = [NonRevokedStatusAssertion(each.sha256, moment) for each in unasked]
    believed = _who_may_list(chosen, path, around)
    context = make_context(around, moment, rules, believed, lists, MICROSECOND, asserted)
    try:
        run(async_validate_path(context, path))
    except RevokedError as error:
        told = Listed(error.revocation_dt.astimezone(UTC), x509.ReasonFlags[error.reason.native].value)
        found = _revoked(told, is_signer=error.is_ee_cert) if told.is_final else _held(told)
        return replace(found, rested_on=rested_on)
    except InsufficientRevinfoError:
        ran_out = _ran_out(asked, signers, around, at)
        shown = RAN_OUT if ran_out else None
        missing = Check(5, "revocation", "unknown", shown, "a current revocation list")
        return Revocation(missing, SubIndication.TRY_LATER, rested_on=rested_on, params=ran_out)
    except PathValidationError:
        unknown = Check(5, "revocation", "unknown")
        return Revocation(unknown, SubIndication.TRY_LATER, rested_on=rested_on)
    return Revocation(Check(5, "revocation", "passed", "not revoked"), rested_on=rested_on)


def _ran_out(
    asked: Iterable[Certificate], signers: Sequence[Certificate], around: Surroundings, at: datetime
) -> Params:
    """Name the newest complete list about the first of these certificates whose lists have all run out.

    Empty where there is no such list.
    """
    for certificate in asked:
        lists = [
            crl
            for crl in around.material.crls
            if crl.issuer == certificate.issuer.hashable
            and crl.base_number is None
            and crl.this_update <= at
            and signer_of(crl, signers, around.algorithms) is not None
        ]
        newest = max(lists, key=lambda crl: crl.next_update or crl.this_update, default=None)
        if newest is not None and newest.next_update is not None and not is_fresh(newest, at):
            until = newest.next_update.isoformat().replace("+00:00", "Z")
            issuer = certificate.issuer.human_friendly
            return ("reason", RAN_OUT), ("issuer", issuer), ("next_update", until), ("list", newest.sha256)
    return ()


def _who_may_list(
    chosen: Sequence[KnownCrl], path: ValidationPath, around: Surroundings
) -> list[Certificate]:
    """Give the path's certificates, and those known ones, signed by another, whose key signed a list."""
    on_path = list(path.iter_certs(include_root=True))
    others = [
        each
        for each in (*around.material.intermediates, *around.known)
        if any(
            crl.issuer == each.subject.hashable and signer_of(crl, (each,), around.algorithms)
            for crl in chosen
        )
        and any(
            issuer.subject.hashable == each.issuer.hashable and around.links.hold(issuer, each)
            for issuer in around.certificates
        )
    ]
    return [*on_path, *others]


def _narrowed(
    chosen: Iterable[KnownCrl],
    on_path: Iterable[Certificate],
    signers: Sequence[Certificate],
    around: Surroundings,
    at: datetime,
) -> list[CRLContainer] | None:
    """Give the lists with what decides about the path and about those who signed them.

    `None` where a list says something of one of them that is not understood.
    """
    signed_by = [(crl, signer_of(crl, signers, around.algorithms)) for crl in chosen]
    concerned = {each.sha256: each for each in (*on_path, *(signer for _, signer in signed_by if signer))}
    lists = []
    for crl, signer in signed_by:
        container = signer and narrowed(
            crl, signer, around.material.crls, concerned.values(), at, around.algorithms
        )
        if container is None:
            return None
        lists.append(container)
    return lists


def _needed(
    asked: Iterable[Certificate],
    lists: Sequence[KnownCrl],
    around: Surroundings,
    on_path: Sequence[Certificate],
) -> tuple[MaterialDigest, ...]:
    """Name the lists about these certificates, and those who signed them where they are not on the path.

    A signer of lists is asked about in turn, as the validator does.
    """
    needed: dict[MaterialDigest, None] = {}
    seen = {each.sha256 for each in on_path}
    waiting = list(asked)
    while waiting:
        certificate = waiting.pop(0)
        names = _who_lists(certificate)
        for crl in lists:
            signer = signer_of(crl, (*on_path, *around.certificates), around.algorithms)
            if crl.issuer not in names or signer is None:
                continue
            needed["crl", crl.sha256] = None
            if signer.sha256 not in seen:
                seen.add(signer.sha256)
                needed["certificate", signer.sha256.hex()] = None
                waiting.append(signer)
    return tuple(needed)


def _who_lists(certificate: Certificate) -> set[str]:
    """Give the names, normalised, of those whose lists may be about it: its issuer and whom it names."""
    names = {certificate.issuer.hashable}
    for point in certificate.crl_distribution_points_value or ():
        for name in () if isinstance(point["crl_issuer"], core.Void) else point["crl_issuer"]:
            if name.name == "directory_name":
                names.add(name.chosen.hashable)
    return names


def _stands(
    responder: Certificate, issuer: Certificate, around: Surroundings, at: datetime
) -> list[KnownCrl] | None:
    """Give the lists by which a responder's certificate had not been revoked when it answered.

    None at all where nobody need ask; `None` where it had been revoked, or is not known not to.

    As for authorities: it is asked about where it names where to ask, or a list is at hand.
    """
    own = [
        crl
        for crl in choose(around.material.crls, (issuer,), around.algorithms)
        if crl.base_number is None and not crl.scope and speaks_about(crl, (responder,), at)
    ]
    if not own and not _names_where_to_ask(responder):
        return []
    current = [crl for crl in own if is_fresh(crl, at)]
    revoked = (entry for entry in listed(responder, issuer, own, around.algorithms) if entry.at <= at)
    return current if current and next(revoked, None) is None else None


def _names_where_to_ask(certificate: Certificate) -> bool:
    return bool(certificate.crl_distribution_points or certificate.ocsp_urls)


def _revoked(told: Listed, *, is_signer: bool) -> Revocation:
    word = SubIndication.REVOKED if is_signer else SubIndication.REVOKED_CA_NO_POE
    return Revocation(
        Check(5, "revocation", "failed", told.at, "not revoked"), word, told.reason, told.told_by
    )


def _held(told: Listed) -> Revocation:
    if not told.is_understood:
        return Revocation(_UNCLEAR, SubIndication.TRY_LATER, rested_on=told.told_by)
    check = Check(5, "revocation", "unknown", ON_HOLD, "not revoked")
    return Revocation(check, SubIndication.TRY_LATER, told.reason, told.told_by)
