"""Reads the material of paths: known certificates, revocation data, and what a signature encloses.

An enclosed certificate is used if a known one has signed it, so that a stranger's certificates cannot make
path building explode. RFC 5280.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from signing.paths.algorithms import is_affordable
from signing.paths.asn1 import Certificate, load_certificate
from signing.paths.ocsp import KnownAnswer, answer_points, merged_answers, read_responses
from signing.paths.revocation_lists import KnownCrl, entries_about, read_list
from signing.paths.signatures import Links
from signing.policy import Policy

__all__ = ["Material", "admitted", "change_points", "read_material", "with_enclosed"]

MICROSECOND: Final = timedelta(microseconds=1)
"""The hub's times have no finer grain; ends that are inclusive become exclusive by it."""


@dataclass(frozen=True, slots=True)
class Material:
    """Trust material, read."""

    roots: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...]
    crls: tuple[KnownCrl, ...]
    answers: Mapping[int, tuple[KnownAnswer, ...]]
    """What OCSP responses say, by serial number, newest first."""


@lru_cache(maxsize=2)
def read_material(
    roots: tuple[bytes, ...],
    intermediates: tuple[bytes, ...],
    crls: tuple[bytes, ...],
    ocsps: tuple[bytes, ...] = (),
) -> Material:
    """Read trust material; a part that cannot be read is as good as missing, and the rest still counts.

    The last two are remembered, since every path is validated against the same few.
    """
    return Material(
        roots=_read_certificates(roots),
        intermediates=_read_certificates(intermediates),
        crls=tuple(known for der in crls if (known := read_list(der)) is not None),
        answers=read_responses(ocsps),
    )


def with_enclosed(
    material: Material, crls: Sequence[bytes], ocsps: Sequence[bytes], policy: Policy
) -> Material:
    """Add lists and responses that came along to the material at hand; past the policy's limits, none.

    They are believed as far as they are signed, like those at hand. The very same `material` is given back
    where nothing is added.
    """
    known = {each.sha256 for each in material.crls}
    lists = [
        each
        for der in crls[: policy.max_enclosed_lists]
        if len(der) <= policy.max_enclosed_bytes
        and (each := read_list(der)) is not None
        and each.sha256 not in known
    ]
    responses = [
        der for der in ocsps[: policy.max_enclosed_responses] if len(der) <= policy.max_enclosed_bytes
    ]
    if not lists and not responses:
        return material
    answers = merged_answers(material.answers, read_responses(responses))
    return replace(material, crls=(*material.crls, *lists), answers=answers)


def admitted(
    extra: Iterable[bytes], material: Material, policy: Policy, links: Links
) -> tuple[Certificate, ...]:
    """Of the certificates that came along, those that lead to known ones by signatures that verify.

    Raises `OverBudget`.
    """
    issuers = [*material.roots, *material.intermediates]
    seen = {issuer.sha256 for issuer in issuers}
    waiting = [
        certificate
        for certificate in _read_certificates(extra)
        if certificate.sha256 not in seen and is_affordable(certificate, policy)
    ]
    taken: list[Certificate] = []
    found = True
    while found:
        found = False
        for certificate in tuple(waiting):
            if any(
                issuer.subject.hashable == certificate.issuer.hashable and links.hold(issuer, certificate)
                for issuer in issuers
            ):
                waiting.remove(certificate)
                issuers.append(certificate)
                taken.append(certificate)
                found = True
    return tuple(taken)


def change_points(certificates: Iterable[Certificate], material: Material) -> set[datetime]:
    """Every moment at which the answer about these certificates may become another one."""
    points: set[datetime] = set()
    concerned = [*certificates, *material.intermediates]
    for certificate in (*concerned, *material.roots):
        points.add(certificate.not_valid_before)
        points.add(_after(certificate.not_valid_after))
    for known in material.crls:
        points.add(known.this_update)
        if known.next_update is not None:
            points.add(_after(known.next_update))
        if known.keeps_expired_since is not None:
            points.add(known.keeps_expired_since)
        for certificate in concerned:
            if known.is_indirect or certificate.issuer.hashable == known.issuer:
                points.update(entry.at for entry in entries_about(known, certificate))
    for certificate in concerned:
        points |= answer_points(material.answers, certificate.serial_number)
    return points


def _after(moment: datetime) -> datetime:
    return moment + MICROSECOND if moment < datetime.max.replace(tzinfo=UTC) else moment


def _read_certificates(ders: Iterable[bytes]) -> tuple[Certificate, ...]:
    certificates: dict[bytes, Certificate] = {}
    for der in ders:
        try:
            certificates.setdefault(der, load_certificate(der))
        except Exception:  # noqa: BLE001, S112 hostile bytes make the library raise all there is
            continue
    return tuple(certificates.values())
