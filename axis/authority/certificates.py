"""The hub's own certificate authority: a root, an issuing authority below it, and the certificates it issues.

It is for agencies without certificates of their own, and for the sandbox. The form of certificates is in
`signing.authority`. RFC 5280.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509

from axis.authority import queries
from axis.authority.revocation_lists import issue_list, list_url
from axis.authority.stored_authorities import ISSUING, ROOT, AuthorityError, has_authority, open_authority
from axis.clock import MOVED_YEARS, Microseconds, to_datetime
from axis.database import Write
from axis.database.secret_key import SecretKey
from axis.database.store_facts import raise_version
from axis.protocol.agency_codes import AgencyCode
from signing import authority as signing_authority
from signing import keys
from signing.authority import (
    Authority,
    CertificateTerms,
    RevocationReason,
    create_issuing,
    create_root,
)
from signing.certificate_subjects import authority_subject, organisation_subject, person_subject
from signing.certificates import fingerprint, to_der
from signing.keys import KeyKind, PublicKey

SERIAL = re.compile("[0-9a-f]{1,40}")
ORGANISATION = "Axis document exchange"

LEAF_LIFETIME = dt.timedelta(days=5 * 365)
"""The lifetime of certificates of the government's authority."""
BACKDATING = dt.timedelta(hours=1)
"""A certificate begins a little earlier, for signers whose clock is behind the hub's."""
ISSUING_LIFETIME = dt.timedelta(days=15 * 365)
ROOT_LIFETIME = dt.timedelta(days=25 * 365)
"""An authority outlives what it issued, in whatever year it issued it."""
SANDBOX_YEARS = MOVED_YEARS
"""A sandbox's clock may show any year, so its authority is valid for a long time in both directions."""

CERTIFICATE_NAME_CHARACTERS = 300
"""The longest name that a subject holds. Longer names of agencies are cut."""


class UnknownSerialError(AuthorityError):
    """The authority issued no certificate with this serial number."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person who signs for an agency."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate wanted: for the agency itself, or for a person of it."""

    agency: AgencyCode
    agency_name: str
    public_key: PublicKey
    person: Person | None = None
    not_before: Microseconds | None = None
    not_after: Microseconds | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate issued, its issuers, and its serial number in hex."""

    request: Request
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    serial: str
    issued_at: Microseconds

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificate first, then its issuers below the root, as signers send them."""
        return (self.certificate, *self.issuers)


def split_name(name: str) -> tuple[str, str]:
    """Split a Vietnamese name into surname and given name: `Nguyễn Văn An` is `Nguyễn` and `Văn An`.

    A name of one word is used as both, since certificates need both.
    """
    surname, _, given = " ".join(name.split()).partition(" ")
    return surname, given or surname


def create_authority(
    tx: Write, now: Microseconds, secret: SecretKey, public_url: str, *, kind: KeyKind, sandbox: bool
) -> None:
    """Make the root, the issuing authority and their first lists.

    Raises:
        AuthorityError: when the store has an authority already.

    """
    if has_authority(tx):
        raise AuthorityError("this store has an authority already")
    begin = to_datetime(now) - BACKDATING
    root_end, issuing_end = begin + ROOT_LIFETIME, begin + ISSUING_LIFETIME
    if sandbox:
        begin, end = SANDBOX_YEARS
        root_end = issuing_end = end
    root_terms = CertificateTerms(begin, root_end, x509.random_serial_number())
    # Two hubs' authorities must not share a name, should someone trust both.
    mark = f"{root_terms.serial:x}"[:8]
    root_name = authority_subject(f"Axis Root CA {mark}", ORGANISATION)
    root = create_root(keys.generate(kind), root_name, root_terms, ROOT)
    issuing_name = authority_subject(f"Axis Issuing CA {mark}", ORGANISATION)
    below_root = CertificateTerms(
        begin,
        issuing_end,
        x509.random_serial_number(),
        crl_urls=[list_url(public_url, ROOT)],
        issuer_urls=[certificate_url(public_url, ROOT)],
    )
    issuing = create_issuing(root, keys.generate(kind), issuing_name, below_root, ISSUING)
    for authority in (root, issuing):
        encrypted = secret.encrypt(keys.to_pem(authority.key), f"authority {authority.name}")
        row = {
            "name": authority.name,
            "certificate": to_der(authority.certificate),
            "encrypted_key": encrypted,
        }
        queries.add_authority(tx, row)
    queries.add_issued(tx, [issued_row_of(ROOT, issuing.certificate, now)])
    for authority in (root, issuing):
        issue_list(tx, authority, now)
    raise_version(tx)


def issue(authority: Authority, request: Request, now: Microseconds, public_url: str) -> Issued:
    """Issue a certificate. It can be revoked once `record` has stored it.

    Without times in the request it is valid from an hour ago, for five years or as long as its issuer.

    Raises:
        SigningError: when a name or the times cannot stand in a certificate.

    """
    end_of_issuer = authority.certificate.not_valid_after_utc
    begin = to_datetime(now) - BACKDATING if request.not_before is None else to_datetime(request.not_before)
    default_end = min(begin + LEAF_LIFETIME, end_of_issuer)
    end = default_end if request.not_after is None else to_datetime(request.not_after)
    terms = issuing_terms(public_url, begin, end)
    certificate = signing_authority.issue(authority, request.public_key, _subject(request), terms)
    return Issued(request, certificate, (authority.certificate,), f"{terms.serial:x}", now)


def issuing_terms(public_url: str, begin: dt.datetime, end: dt.datetime) -> CertificateTerms:
    """Return the terms of a certificate that the issuing authority gives, under a new serial number."""
    return CertificateTerms(
        begin,
        end,
        x509.random_serial_number(),
        crl_urls=[list_url(public_url, ISSUING)],
        issuer_urls=[certificate_url(public_url, ISSUING)],
        ocsp_urls=[ocsp_url(public_url)],
    )


def record(tx: Write, issued: Sequence[Issued]) -> None:
    """Store an issued certificate, so that it can be revoked."""
    queries.add_issued(
        tx, [issued_row_of(ISSUING, each.certificate, each.issued_at, each.request) for each in issued]
    )


def revoke(tx: Write, serial: str, reason: RevocationReason, now: Microseconds, secret: SecretKey) -> None:
    """Revoke a certificate from now on and put it on a new list at once. Revoking again changes nothing.

    Raises:
        UnknownSerialError: when the authority issued no certificate with this serial number (hex).

    """
    number = normal_serial(serial)
    row = queries.issued_row(tx, number) if SERIAL.fullmatch(number) else None
    if row is None:
        raise UnknownSerialError(f"no certificate with the serial number {serial} was issued here")
    if row.revoked_at is not None:
        return
    queries.set_revoked(tx, row.serial, now, reason)
    issue_list(tx, open_authority(tx, row.authority, secret), now)
    raise_version(tx)


def certificate_url(public_url: str, name: str) -> str:
    """Return the address of an authority's certificate."""
    return f"{public_url.rstrip('/')}/v1/ca/{name}.crt"


def ocsp_url(public_url: str) -> str:
    """Return the address that answers whether a certificate was revoked."""
    return f"{public_url.rstrip('/')}/v1/ocsp"


def normal_serial(text: str) -> str:
    """Return a serial number as the store keeps it: lower-case hex, no colons, no leading zeros."""
    return text.replace(":", "").strip().lower().lstrip("0") or "0"


def _subject(request: Request) -> x509.Name:
    name = request.agency_name[:CERTIFICATE_NAME_CHARACTERS]
    if request.person is None:
        return organisation_subject(name, request.agency)
    surname, given_name = split_name(request.person.name)
    return person_subject(name, request.agency, surname, given_name, request.person.title)


def issued_row_of(
    authority: str, certificate: x509.Certificate, now: Microseconds, request: Request | None = None
) -> dict[str, object]:
    """Return the row that keeps an issued certificate."""
    return {
        "serial": f"{certificate.serial_number:x}",
        "authority": authority,
        "sha256": fingerprint(certificate),
        "agency": request.agency if request else None,
        "person": request.person.name if request and request.person else None,
        "der": to_der(certificate),
        "issued_at": now,
        "revoked_at": None,
        "reason": None,
    }
