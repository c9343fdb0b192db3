"""Finds revocation lists that are about to run out, and sources of revocation data that are down."""

from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from sqlalchemy import select

from axis.alert_checks.sight import Sight
from axis.alerts.changes import Finding
from axis.clock import Microseconds, from_datetime, rfc3339
from axis.database import Read
from axis.trust.tables import revocation_sources

HOUR: Final = 3_600_000_000
SHARE: Final = 10
"""A list that lives for a few hours is about to run out in the last tenth of its life."""
URL_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class _List:
    issuer: str
    begins: Microseconds
    ends: Microseconds | None


@dataclass(slots=True)
class RevocationLists:
    """Looks at the revocation lists of the trust material, and remembers what each says."""

    _known: dict[bytes, _List | None] = field(default_factory=dict)

    def look(self, sight: Sight, _tx: Read) -> list[Finding]:
        """Return the issuers whose newest list runs out within the setting's hours, or has run out."""
        hours = sight.settings.alert_list_hours
        if hours == 0:
            return []
        self._known = {der: self._read(der) for der in sight.material().crls}
        newest: dict[str, _List] = {}
        for each in self._known.values():
            if each is None or each.ends is None:
                continue
            known = newest.get(each.issuer)
            if known is None or known.ends is None or each.ends > known.ends:
                newest[each.issuer] = each
        now = sight.clock.now()
        return [
            Finding("list-expiring", issuer, {"issuer": issuer, "at": rfc3339(Microseconds(each.ends or 0))})
            for issuer, each in sorted(newest.items())
            if each.ends is not None
            and each.ends - now < min(hours * HOUR, (each.ends - each.begins) // SHARE)
        ]

    def _read(self, der: bytes) -> _List | None:
        if der in self._known:
            return self._known[der]
        try:
            read = x509.load_der_x509_crl(der)
            issuer, ends = read.issuer.rfc4514_string(), read.next_update_utc
            begins = from_datetime(read.last_update_utc)
        except ValueError:
            return None  # the trust material names what it cannot read
        return _List(issuer, begins, None if ends is None else from_datetime(ends))


def look_at_sources(sight: Sight, tx: Read) -> list[Finding]:
    """Return the sources that failed so many times in a row as the setting says."""
    most = sight.settings.alert_source_failures
    if most == 0:
        return []
    table = revocation_sources.c
    query = select(table.id, table.url, table.failures, table.problem).where(table.failures >= most)
    return [
        Finding(
            "revocation-source-down",
            row.id,
            {"url": row.url[:URL_CHARACTERS], "failures": row.failures, "problem": row.problem or ""},
        )
        for row in tx.execute(query.order_by(table.id))
    ]
