"""Reads revocation lists, and chooses those that count for a path at a time.

Forged and superseded lists are left out, and so are deltas to other lists. RFC 5280 §5.2 and §6.3;
docs/decisions/signing-crl-time.md.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from signing.authority import EXPIRED_CERTIFICATES_ON_CRL
from signing.cms.der import members
from signing.paths.algorithms import ChainAlgorithms
from signing.paths.asn1 import Certificate, load_list, usable_extensions, with_entries
from signing.paths.revocation_list_entries import REVERSIBLE, Entry, deciding, find_entries, is_searchable
from signing.paths.signatures import is_signed_by
from signing.verdict_vocabulary import MaterialDigest

# The path validator looks certificates up in complete, delta and indirect lists, and accepts any list: so it
# gets those chosen here. Final revocations in any valid list, however old, are found here as well.

__all__ = [
    "REVERSIBLE",
    "KnownCrl",
    "Listed",
    "choose",
    "is_fresh",
    "listed",
    "read_list",
    "signer_of",
    "speaks_about",
]


@dataclass(frozen=True, slots=True, eq=False)
class KnownCrl:
    """A complete or delta list and what decides whether it may be asked."""

    container: CRLContainer
    sha256: str
    """Of the whole list, lower-case hexadecimal."""
    issuer: str
    """The issuer's name, normalised for comparison."""
    this_update: datetime
    next_update: datetime | None
    keeps_expired_since: datetime | None
    """Certificates that expired after this stay on the list; `None` when it does not say."""
    number: int | None
    base_number: int | None
    """Of a delta: the number of the oldest complete list it adds to; `None` for a complete list."""
    scope: bytes
    """Its issuingDistributionPoint; empty when it has none, and so is about everything."""
    is_indirect: bool
    """It lists certificates of other issuers too."""
    signed_by: dict[bytes, bool] = field(default_factory=dict)
    """By which keys its signature was found to be, or not to be; it is verified once for each."""
    entries: dict[int, tuple[Entry, ...]] = field(default_factory=dict)
    """Found so far, by serial number."""

    @property
    def signed(self) -> bytes:
        """What the signature is over, a DER `TBSCertList`: put together at each use, as lists are large."""
        signed: bytes = self.container.crl_data["tbs_cert_list"].dump()
        return signed


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry about a certificate."""

    at: datetime
    reason: str
    """Of RFC 5280 §5.3.1, such as `keyCompromise`."""
    told_by: tuple[MaterialDigest, ...] = ()
    """The list or response that says so."""
    is_understood: bool = True
    """Whether it says nothing critical that is not understood here."""

    @property
    def is_final(self) -> bool:
        """Whether it is a revocation that cannot be taken back."""
        return self.is_understood and self.reason not in REVERSIBLE


def read_list(der: bytes) -> KnownCrl | None:
    """Read a list; `None` for one that cannot be read, or that is not DER.

    What is malformed in an entry is left to who looks for one, as long as all entries can be found.
    """
    try:
        container = load_list(der)
        if not _is_strict(der) and not is_searchable(members(der)[0]):
            return None
        body = container.crl_data["tbs_cert_list"]
        extensions = usable_extensions(body)
        scope = _value(extensions, "issuing_distribution_point")
        next_update = body["next_update"].native
        return KnownCrl(
            container=container,
            sha256=hashlib.sha256(der).hexdigest(),
            issuer=container.crl_data.issuer.hashable,
            this_update=body["this_update"].native.astimezone(UTC),
            next_update=None if next_update is None else next_update.astimezone(UTC),
            keeps_expired_since=_keeps_expired_since(*extensions.get(_EXPIRED_ON_LIST, (False, None))),
            number=_number(extensions, "crl_number"),
            base_number=_number(extensions, "delta_crl_indicator"),
            scope=b"" if scope is None else scope.dump(),
            is_indirect=scope is not None and scope["indirect_crl"].native,
        )
    except Exception:  # noqa: BLE001 hostile bytes make the libraries raise all there is
        return None


def _is_strict(der: bytes) -> bool:
    """Whether all of it is as the standard wants it, which is told at once, however long it is."""
    try:
        x509.load_der_x509_crl(der)
    except ValueError:
        return False
    return True


def _value(extensions: Mapping[str, tuple[bool, Any]], name: str) -> Any:
    return extensions.get(name, (False, None))[1]


def _number(extensions: Mapping[str, tuple[bool, Any]], name: str) -> int | None:
    value = _value(extensions, name)
    return None if value is None else int(value.native)


def speaks_about(crl: KnownCrl, certificates: Iterable[Certificate], at: datetime) -> bool:
    """Whether the list tells of a revocation that stood at `at`.

    A later list does as long as it still holds the certificates of that time: it says that it keeps those
    that have expired, or it was issued before they had.
    """
    if crl.this_update <= at or (crl.keeps_expired_since is not None and crl.keeps_expired_since <= at):
        return True
    return all(
        crl.this_update <= certificate.not_valid_after
        for certificate in certificates
        if crl.is_indirect or certificate.issuer.hashable == crl.issuer
    )


def is_fresh(crl: KnownCrl, at: datetime) -> bool:
    """Whether at `at` no newer list was due. One that names no time is left to the validator's rule."""
    return crl.next_update is None or at <= crl.next_update


def choose(
    lists: Iterable[KnownCrl], signers: Sequence[Certificate], algorithms: ChainAlgorithms
) -> list[KnownCrl]:
    """Of all lists, keep the newest complete one per signer and scope, and deltas that belong to it.

    Whatever no known certificate has signed by an admitted algorithm is left out. A delta is kept when its
    complete list is not older than its base nor newer than itself (RFC 5280 §5.2.4): beside any other it
    would hide revocations.
    """
    complete: dict[tuple[str, bytes, bytes], KnownCrl] = {}
    deltas: dict[tuple[str, bytes, bytes], KnownCrl] = {}
    newest_first = sorted(lists, key=lambda each: (each.this_update, each.number or 0), reverse=True)
    for crl in newest_first:
        signer = signer_of(crl, signers, algorithms)
        if signer is not None and crl.base_number is None:
            complete.setdefault((crl.issuer, crl.scope, signer.public_key.sha256), crl)
    for crl in newest_first:
        signer = signer_of(crl, signers, algorithms)
        if signer is None or crl.base_number is None:
            continue
        key = (crl.issuer, crl.scope, signer.public_key.sha256)
        if key in complete and _adds_to(crl, complete[key]):
            deltas.setdefault(key, crl)
    return [*complete.values(), *deltas.values()]


def listed(
    certificate: Certificate, issuer: Certificate, lists: Iterable[KnownCrl], algorithms: ChainAlgorithms
) -> Iterator[Listed]:
    """Give all that lists by the certificate's own issuer say of it, complete and delta, however old.

    A revocation for good stays one in a list whose next update is long due, and in a delta that the complete
    list does not point to; the validator asks neither.
    """
    for crl in lists:
        if crl.issuer != certificate.issuer.hashable:
            continue
        found = entries_about(crl, certificate)
        if found and signer_of(crl, (issuer,), algorithms) is not None:
            for each in found:
                yield Listed(each.at, each.reason, (("crl", crl.sha256),), each.is_understood)


def entries_about(crl: KnownCrl, certificate: Certificate) -> tuple[Entry, ...]:
    """Give all entries of the list about a certificate, whether it is the right list for it or not."""
    serial = certificate.serial_number
    found = crl.entries.get(serial)
    if found is None:
        found = find_entries(crl.signed, serial)
        if found:  # most are on no list
            crl.entries[serial] = found
    if not found:
        return ()
    return tuple([each for each in found if each.is_about(certificate.issuer.hashable, crl.issuer)])


def narrowed(
    crl: KnownCrl,
    signer: Certificate,
    lists: Iterable[KnownCrl],
    certificates: Iterable[Certificate],
    at: datetime,
    algorithms: ChainAlgorithms,
) -> CRLContainer | None:
    """Give the list with the entries that decide about these certificates at `at`, for the validator.

    What other lists of the same signer and scope tell for good is among them, whichever of them is newer.
    `None`: an entry that decides is not understood, and so the list must not be asked (RFC 5280 §5.3).
    """
    others = [
        each
        for each in lists
        if each is not crl
        and (each.issuer, each.scope) == (crl.issuer, crl.scope)
        and signer_of(each, (signer,), algorithms) is not None
    ]
    told: list[tuple[Certificate, Entry]] = []
    for certificate in certificates:
        final = [entry for other in others for entry in entries_about(other, certificate) if entry.is_final]
        entry = deciding((*entries_about(crl, certificate), *final), at)
        if entry is not None and not entry.is_understood:
            return None
        if entry is not None:
            told.append((certificate, entry))
    return with_entries(crl.container, [(each, entry.at, entry.reason) for each, entry in told])


def _adds_to(delta: KnownCrl, complete: KnownCrl) -> bool:
    if complete.number is None or delta.number is None or delta.base_number is None:
        return False
    return delta.base_number <= complete.number <= delta.number


def signer_of(
    crl: KnownCrl, signers: Sequence[Certificate], algorithms: ChainAlgorithms
) -> Certificate | None:
    """Give the first of these certificates that bears the issuer's name, may sign lists, and signed it."""
    for certificate in signers:
        if (
            certificate.subject.hashable == crl.issuer
            and may_sign_lists(certificate)
            and algorithms.admits(crl.container.crl_data["signature_algorithm"], certificate.public_key)
            and _has_signed(crl, certificate.public_key.dump())
        ):
            return certificate
    return None


def may_sign_lists(certificate: Certificate) -> bool:
    """Whether the certificate's key usage, where it has one, admits revocation lists."""
    usage = certificate.key_usage_value
    return usage is None or "crl_sign" in usage.native


def _has_signed(crl: KnownCrl, subject_public_key_info: bytes) -> bool:
    if subject_public_key_info not in crl.signed_by:
        data = crl.container.crl_data
        crl.signed_by[subject_public_key_info] = is_signed_by(
            subject_public_key_info,
            data["signature_algorithm"],
            data["signature"].native,
            crl.signed,
        )
    return crl.signed_by[subject_public_key_info]


def _keeps_expired_since(is_critical: bool, value: Any) -> datetime | None:
    """Read expiredCertsOnCRL. Raises `ValueError` for one that is malformed and critical."""
    if value is None:
        return None
    try:
        text = value.contents[2:].decode("ascii")
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        if is_critical:
            raise
        return None


_EXPIRED_ON_LIST: Final = EXPIRED_CERTIFICATES_ON_CRL.dotted_string
