"""What a path may be built from: known certificates, revocation lists, and what a signature brought.

Reads and sifts; it judges no path. A certificate that came with a signature is taken in only if a certificate
already known has signed it: whoever has no authority's key cannot make path building explode, however many
crafted certificates they send. RFC 5280.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator.revinfo.archival import CRLContainer
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from signing.algorithms import key_facts
from signing.authority import EXPIRED_CERTIFICATES_ON_CRL
from signing.policy import Policy

__all__ = ["KnownCrl", "Material", "admitted", "change_points", "has_signed", "read_material"]

MICROSECOND: Final = timedelta(microseconds=1)
"""The hub's times have no finer grain; ends that are inclusive become exclusive by it."""

Certificate = Any
"""A certificate as the validator knows it (`asn1crypto.x509.Certificate`, which has no types)."""

_VALIDATOR: Final = DefaultSignatureValidator()


@dataclass(frozen=True, slots=True)
class KnownCrl:
    """A complete or delta CRL and what decides whether it may be asked."""

    container: CRLContainer
    parsed: x509.CertificateRevocationList
    issuer: str
    """The issuer's name, normalised for comparison."""
    this_update: datetime
    next_update: datetime | None
    keeps_expired_since: datetime | None
    """Certificates that expired after this stay on the list; `None` when it does not say."""


@dataclass(frozen=True, slots=True)
class Material:
    """Trust material, read."""

    roots: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...]
    crls: tuple[KnownCrl, ...]
    """Newest first."""


@lru_cache(maxsize=2)
def read_material(
    roots: tuple[bytes, ...], intermediates: tuple[bytes, ...], crls: tuple[bytes, ...]
) -> Material:
    """Read trust material; a part that cannot be read is as good as missing, and the rest still counts.

    The last two are remembered, since every path is validated against the same few.
    """
    lists = [known for der in crls if (known := _read_crl(der)) is not None]
    return Material(
        roots=_read_certificates(roots),
        intermediates=_read_certificates(intermediates),
        crls=tuple(sorted(lists, key=lambda known: known.this_update, reverse=True)),
    )


def admitted(extra: Iterable[bytes], material: Material, policy: Policy) -> tuple[Certificate, ...]:
    """Of the certificates that came along, those that lead to known ones by signatures that verify."""
    issuers = [*material.roots, *material.intermediates]
    seen = {issuer.sha256 for issuer in issuers}
    waiting = [
        certificate
        for certificate in _read_certificates(extra)
        if certificate.sha256 not in seen and _is_affordable(certificate, policy)
    ]
    taken: list[Certificate] = []
    found = True
    while found:
        found = False
        for certificate in tuple(waiting):
            if any(has_signed(issuer, certificate) for issuer in issuers):
                waiting.remove(certificate)
                issuers.append(certificate)
                taken.append(certificate)
                found = True
    return tuple(taken)


def has_signed(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether `issuer` bears the name the certificate gives its issuer, and its key made the signature."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        _VALIDATOR.validate_signature(
            signature=certificate["signature_value"].native,
            signed_data=certificate["tbs_certificate"].dump(),
            public_key_info=issuer.public_key,
            signature_algorithm=certificate["signature_algorithm"],
        )
    except Exception:  # noqa: BLE001 whatever cannot be computed has not been signed
        return False
    return True


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
        for certificate in concerned:
            if certificate.issuer.hashable == known.issuer:
                entry = known.parsed.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None:
                    points.add(entry.revocation_date_utc)
    return points


def _after(moment: datetime) -> datetime:
    return moment + MICROSECOND if moment < datetime.max.replace(tzinfo=UTC) else moment


def _read_certificates(ders: Iterable[bytes]) -> tuple[Certificate, ...]:
    certificates: dict[bytes, Certificate] = {}
    for der in ders:
        try:
            certificate = asn1_x509.Certificate.load(der, strict=True)
            # The validator reads lazily and indexes by these; better to trip over them here.
            _ = certificate.subject.hashable, certificate.issuer.hashable, certificate.issuer_serial
            _ = certificate.public_key.sha1, certificate.key_identifier, certificate.authority_issuer_serial
            _ = certificate.not_valid_before, certificate.not_valid_after, certificate.sha256
        except Exception:  # noqa: BLE001, S112 hostile bytes make the library raise all there is
            continue
        certificates.setdefault(der, certificate)
    return tuple(certificates.values())


def _is_affordable(certificate: Certificate, policy: Policy) -> bool:
    try:
        facts = key_facts(x509.load_der_x509_certificate(certificate.dump()))
    except Exception:  # noqa: BLE001 as above
        return False
    return facts.key is not None and policy.is_affordable(facts)


def _read_crl(der: bytes) -> KnownCrl | None:
    try:
        parsed = x509.load_der_x509_crl(der)
        container = CRLContainer(asn1_crl.CertificateList.load(der, strict=True))
        return KnownCrl(
            container=container,
            parsed=parsed,
            issuer=container.crl_data.issuer.hashable,
            this_update=parsed.last_update_utc,
            next_update=parsed.next_update_utc,
            keeps_expired_since=_keeps_expired_since(parsed),
        )
    except Exception:  # noqa: BLE001 as above
        return None


def _keeps_expired_since(parsed: x509.CertificateRevocationList) -> datetime | None:
    try:
        extension = parsed.extensions.get_extension_for_oid(EXPIRED_CERTIFICATES_ON_CRL)
    except x509.ExtensionNotFound:
        return None
    value = extension.value
    if not isinstance(value, x509.UnrecognizedExtension):
        return None
    text = value.value[2:].decode("ascii")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def certificate_names(certificates: Sequence[Certificate]) -> set[str]:
    """Normalised names of these certificates' subjects."""
    return {certificate.subject.hashable for certificate in certificates}
