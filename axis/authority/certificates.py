"""The hub's own certificate authority: a root, an issuing authority below it, and their revocation lists.

It is one trust anchor among others, for agencies that have no certificates of their own and for the sandbox.
It knows no HTTP and no files; `signing.authority` shapes what is issued. RFC 5280.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509

from axis.authority import queries
from axis.clock import Clock, Microseconds, from_datetime, to_datetime
from axis.database import Database, Read, Write
from axis.database.meta import raise_version
from axis.database.secret_key import SecretKey, open_secret_key
from axis.protocol.agency_codes import AgencyCode
from axis.settings import Settings
from signing import authority as signing_authority
from signing import keys
from signing.authority import (
    Authority,
    CertificateTerms,
    Revocation,
    RevocationReason,
    create_issuing,
    create_root,
    issue_crl,
)
from signing.certificate_subjects import authority_subject, organisation_subject, person_subject
from signing.certificates import fingerprint, to_der
from signing.keys import KeyKind, PublicKey

ROOT, ISSUING = "root", "issuing"
SERIAL = re.compile("[0-9a-f]{1,40}")
ORGANISATION = "Axis document exchange"

LEAF_LIFETIME = dt.timedelta(days=5 * 365)
"""The lifetime of certificates of the government's authority."""
BACKDATING = dt.timedelta(hours=1)
"""A certificate begins a little earlier, for signers whose clock is behind the hub's."""
ISSUING_LIFETIME = dt.timedelta(days=15 * 365)
ROOT_LIFETIME = dt.timedelta(days=25 * 365)
"""An authority outlives what it issued, in whatever year it issued it."""
SANDBOX_YEARS = (dt.datetime(2010, 1, 1, tzinfo=dt.UTC), dt.datetime(2060, 1, 1, tzinfo=dt.UTC))
"""A sandbox's clock may show any year, so its authority is valid for a long time in both directions."""

LIST_LIFETIMES = {ROOT: dt.timedelta(days=365), ISSUING: dt.timedelta(days=30)}
"""A list is renewed past half its life, and at once on a revocation. Thirty days leave two weeks to repair a
hub that no longer renews lists, before verdicts become TRY_LATER. The root hardly ever revokes."""

CERTIFICATE_NAME_CHARACTERS = 300
"""The longest name that a subject holds. Longer names of agencies are cut."""


class AuthorityError(Exception):
    """The authority cannot do what was asked; the message says why."""


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


def has_authority(tx: Read) -> bool:
    """Tell whether the store holds an authority of the hub's own."""
    return queries.authority_row(tx, ISSUING) is not None


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
        _issue_list(tx, authority, now)
    raise_version(tx)


def open_authority(tx: Read, name: str, secret: SecretKey) -> Authority:
    """Return an authority with its key.

    Raises:
        AuthorityError: when the store has none.
        SecretKeyError: when it was made with another secret key.

    """
    row = queries.authority_row(tx, name)
    if row is None:
        raise AuthorityError("this store has no authority; `axis ca init` makes one")
    key = keys.from_pem(secret.decrypt(row.encrypted_key, f"authority {name}"))
    return Authority(x509.load_der_x509_certificate(row.certificate), key, name)


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
    _issue_list(tx, open_authority(tx, row.authority, secret), now)
    raise_version(tx)


def lists_due(tx: Read, now: Microseconds) -> list[str]:
    """Return the authorities whose list is past half its life, or lies in the future of a moved clock."""
    rows = queries.revocation_list_rows(tx)
    return [
        row.authority for row in rows if not row.this_update <= now < (row.this_update + row.next_update) // 2
    ]


def renew_revocation_lists(database: Database, settings: Settings, clock: Clock) -> bool:
    """Issue again the lists that are due; return whether any was. Nothing is written where none is due."""
    with database.read() as tx:
        if not lists_due(tx, clock.now()):
            return False
    secret = open_secret_key(settings)
    return database.write(lambda tx: renew_lists(tx, clock.now(), secret))


def renew_lists(tx: Write, now: Microseconds, secret: SecretKey) -> bool:
    """Issue again, in this transaction, the lists that are due; return whether any was."""
    due = lists_due(tx, now)
    for name in due:
        _issue_list(tx, open_authority(tx, name, secret), now)
    if due:
        raise_version(tx)
    return bool(due)


def list_url(public_url: str, name: str) -> str:
    """Return the address of an authority's revocation list."""
    return f"{public_url.rstrip('/')}/v1/crl/{name}.crl"


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


def _issue_list(tx: Write, authority: Authority, now: Microseconds) -> None:
    before = queries.revocation_list(tx, authority.name)
    number = before.number + 1 if before is not None else 1
    this_update = to_datetime(now).replace(microsecond=0)
    next_update = min(this_update + LIST_LIFETIMES[authority.name], authority.certificate.not_valid_after_utc)
    revoked = [
        Revocation(int(row.serial, 16), to_datetime(row.revoked_at), row.reason)
        for row in queries.revoked_rows(tx, authority.name)
    ]
    row = {
        "authority": authority.name,
        "number": number,
        "der": issue_crl(authority, number, this_update, next_update, revoked),
        "this_update": from_datetime(this_update),
        "next_update": from_datetime(next_update),
    }
    queries.put_revocation_list(tx, row)


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
