"""Compares the counts of documents by verdict with those that counting again gives.

The counting is in `axis.compliance.reconciliation.recounts`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from axis.counters.tables import verdict_counters, verdict_profile_signatures, verdict_profiles
from axis.counters.verdict_changes import VerdictChanges, VerdictKey
from axis.counters.verdict_profiles import SignatureFacts, VerdictProfile, digest_of
from axis.database import Read

_Place = tuple[str, str, str, str]
"""Grain, sender, period and type."""


class Unlike(NamedTuple):
    """A count that differs from what counting again gives."""

    counter: str
    found: int
    expected: int


@dataclass(frozen=True, slots=True)
class StoredVerdicts:
    """The counts of a period, and all profiles there are."""

    rows: dict[VerdictKey, int]
    profiles: dict[str, VerdictProfile]
    """By the digest that each has in the store."""

    @classmethod
    def read(cls, tx: Read, first: str, end: str | None) -> "StoredVerdicts":
        """Read the counts from one day or month on and before another; None: to the last."""
        columns = verdict_counters.c
        statement = select(verdict_counters).where(columns.period >= first)
        if end is not None:
            statement = statement.where(columns.period < end)
        digests = {row.profile: row.sha256 for row in tx.execute(select(verdict_profiles))}
        rows: dict[VerdictKey, int] = {}
        for row in tx.execute(statement):
            digest = digests.get(row.profile, f"{row.profile}")  # of a profile that is gone: its number
            rows[row.grain, row.sender, row.period, row.type, digest] = int(row.documents)
        return cls(rows, _profiles(tx))

    def unlike_rows(self, counted: VerdictChanges) -> Iterator[Unlike]:
        """Yield each count that is not that of the documents and their signatures."""
        for key in sorted(self.rows.keys() | counted.rows.keys()):
            found, expected = self.rows.get(key, 0), counted.rows.get(key, 0)
            if found != expected:
                profile = self.profiles.get(key[-1]) or counted.profiles.get(key[-1])
                yield Unlike(_named(key[:-1], profile), found, expected)

    def unlike_ledger(self, counted: VerdictChanges) -> Iterator[Unlike]:
        """Yield each count that is not that of the entries, which say nothing of signatures."""
        stored: dict[tuple[_Place, VerdictProfile | None], int] = {}
        for key, documents in self.rows.items():
            profile = self.profiles.get(key[-1])
            short = None if profile is None else profile._replace(signatures=())
            stored[key[:-1], short] = stored.get((key[:-1], short), 0) + documents
        again: dict[tuple[_Place, VerdictProfile | None], int] = {
            (key[:-1], counted.profiles[key[-1]]): documents for key, documents in counted.rows.items()
        }
        for place, profile in sorted(stored.keys() | again.keys(), key=str):
            found, expected = stored.get((place, profile), 0), again.get((place, profile), 0)
            if found != expected:
                yield Unlike(_named(place, profile), found, expected)

    def altered_profiles(self) -> Iterator[Unlike]:
        """Yield each profile that is not what its key, a digest, says."""
        for digest, profile in sorted(self.profiles.items()):
            if digest_of(profile) != digest:
                yield Unlike(f"verdict profile {digest}", 0, 1)


def _profiles(tx: Read) -> dict[str, VerdictProfile]:
    signatures: dict[int, list[SignatureFacts]] = {}
    column = verdict_profile_signatures.c
    statement = select(column.profile, column.kind, column.algorithm, column.issuer)
    for row in tx.execute(statement.order_by(column.profile, column.ordinal)):
        signatures.setdefault(row.profile, []).append(SignatureFacts(row.kind, row.algorithm, row.issuer))
    return {
        row.sha256: VerdictProfile(
            row.indication, row.sub_indication, row.signed_by, tuple(signatures.get(row.profile, ()))
        )
        for row in tx.execute(select(verdict_profiles))
    }


def _named(place: _Place, profile: VerdictProfile | None) -> str:
    _, sender, period, document_type = place
    return f"{period} {sender or 'anyone'} {document_type} by verdict: {_described(profile)}"


def _described(profile: VerdictProfile | None) -> str:
    if profile is None:
        return "a profile that is gone"
    words = [profile.indication or "unsigned", profile.sub_indication or "", f"signed by {profile.signed_by}"]
    words += [" ".join(value or "?" for value in facts) for facts in profile.signatures]
    return ", ".join(word for word in words if word)
