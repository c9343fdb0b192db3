"""Finds certificates that are about to run out and have no successor.

They are those of the hub's own authority, of the trust material, registered ones, ones that the authority
issued, and ones with which documents were signed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509
from sqlalchemy import Row, select

from axis.alert_checks.sight import Sight
from axis.alerts.changes import Finding
from axis.authority.tables import authorities, issued_certificates
from axis.clock import Microseconds, day_of, from_datetime
from axis.compliance.certificates.queries import next_certificates
from axis.database import Read
from axis.documents.queries import newest_verdicts
from axis.trust.tables import registered_certificates
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

DAY: Final = 86_400_000_000
AT_ONCE: Final = 200
"""The most used certificates that are looked up in one query."""
REMEMBERED: Final = 100_000
SUBJECT_CHARACTERS: Final = 160


@dataclass(frozen=True, slots=True)
class _Certificate:
    sha256: str
    subject: str
    ends: Microseconds
    whose: str
    """Whose it is, and of which kind: one that ends later for the same is its successor."""
    agency: str | None = None


@dataclass(slots=True)
class Certificates:
    """Looks at certificates, and remembers what each says: it never changes."""

    _known: dict[str, _Certificate | None] = field(default_factory=dict)

    def look(self, sight: Sight, tx: Read) -> list[Finding]:
        """Return the certificates that end within the setting's days, or ended so many days ago."""
        days = sight.settings.alert_certificate_days
        if days == 0:
            return []
        now = sight.clock.now()
        if len(self._known) > REMEMBERED:
            self._known.clear()
        found = {each.sha256: each for each in self._all(sight, tx)}
        newest: dict[str, int] = {}
        for each in found.values():
            newest[each.whose] = max(each.ends, newest.get(each.whose, 0))
        return [
            Finding(
                "certificate-expiring",
                each.sha256,
                {"subject": each.subject, "whose": each.whose, "day": day_of(each.ends)},
                each.agency,
            )
            for each in sorted(found.values(), key=lambda each: (each.ends, each.sha256))
            if abs(each.ends - now) <= days * DAY and newest[each.whose] == each.ends
        ]

    def _all(self, sight: Sight, tx: Read) -> Iterator[_Certificate]:
        """Yield them; one that is found twice is what it was found as last."""
        material = sight.material()
        for role, ders in (("issuer", material.intermediates), ("root", material.roots)):
            for der in ders:
                yield from self._read(f"{role} {_digest(der)}", der, f"{role}: ")
        for row in tx.execute(select(authorities.c.name, authorities.c.certificate)):
            yield from self._read(f"authority {_digest(row.certificate)}", row.certificate, f"{row.name}: ")
        yield from self._used(tx)
        yield from self._issued(tx)
        for row in tx.execute(select(registered_certificates)):
            whose = f"{row.agency} {row.kind}"
            yield from self._read(f"registered {row.sha256} {whose}", row.der, whose, row.agency)

    def _issued(self, tx: Read) -> Iterator[_Certificate]:
        """Yield what the authority issued to agencies and did not revoke."""
        table = issued_certificates.c
        standing = select(table.serial, table.agency, table.person).where(
            table.revoked_at.is_(None), table.agency.is_not(None)
        )
        for row in tx.execute(standing).all():
            key = f"issued {row.serial}"
            if key in self._known:
                known = self._known[key]
                if known is not None:
                    yield known
                continue
            der = tx.execute(select(table.der).where(table.serial == row.serial)).scalar_one()
            whose = f"{row.agency} organisation" if row.person is None else f"{row.agency} {row.person}"
            yield from self._read(key, der, whose, row.agency)

    def _used(self, tx: Read) -> Iterator[_Certificate]:
        """Yield those with which documents were signed."""
        after = ""
        while rows := next_certificates(tx, after, AT_ONCE):
            unknown = [row for row in rows if f"used {row.certificate}" not in self._known]
            reports = newest_verdicts(tx, {row.last for row in unknown}) if unknown else {}
            for row in unknown:
                self._known[f"used {row.certificate}"] = _signer(reports.get(row.last), row.certificate)
            for row in rows:
                known = self._known[f"used {row.certificate}"]
                if known is not None:
                    yield known
            after = rows[-1].certificate

    def _read(self, key: str, der: bytes, whose: str, agency: str | None = None) -> Iterator[_Certificate]:
        """Yield a certificate; `whose` that ends with a colon is completed by the subject."""
        if key not in self._known:
            self._known[key] = _certificate(der, whose, agency)
        known = self._known[key]
        if known is not None:
            yield known


def _certificate(der: bytes, whose: str, agency: str | None) -> _Certificate | None:
    try:
        read = x509.load_der_x509_certificate(der)
        subject, ends = read.subject.rfc4514_string(), from_datetime(read.not_valid_after_utc)
    except ValueError:
        return None  # the trust material names what it cannot read
    sha256 = _digest(der)
    whole = f"{whose}{subject}" if whose.endswith(": ") else whose
    return _Certificate(sha256, subject[:SUBJECT_CHARACTERS], ends, whole[:SUBJECT_CHARACTERS], agency)


def _digest(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def _signer(newest: Row[Any] | None, sha256: str) -> _Certificate | None:
    if newest is None:
        return None
    try:
        verdict = DocumentVerdict.from_stored(newest.report)
    except UnreadableVerdict:
        return None
    for each in verdict.signatures:
        shown = each.certificate
        if shown is None or shown.sha256 != sha256 or each.agency is None:
            continue
        whose = f"{each.agency} {each.signer if each.kind == 'person' else 'organisation'}"
        ends = from_datetime(shown.not_after)
        return _Certificate(
            sha256, shown.subject[:SUBJECT_CHARACTERS], ends, whose[:SUBJECT_CHARACTERS], each.agency
        )
    return None
