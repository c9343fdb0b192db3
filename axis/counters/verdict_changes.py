"""Collects how a group of documents or new verdicts changes the counts by verdict, and writes them at once.

Documents with action `recall` are not counted: ask `axis.counters.counter_changes.counted` first.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Executable, bindparam, func, select

from axis.counters.tables import (
    VERDICT_KEYS,
    verdict_counters,
    verdict_profile_signatures,
    verdict_profiles,
)
from axis.counters.verdict_profiles import VerdictProfile, digest_of
from axis.database import Write
from axis.database.group_statements import BulkLookup, BulkStatement, Row, bulk_insert
from axis.database.schema import insert_of
from axis.database.transactions import Dialect

VerdictKey = tuple[str, str, str, str, str]
"""Grain, sender, period, type, and the digest of a profile."""

_MONTH = len("YYYY-MM")


class VerdictChanges:
    """What a transaction adds to the counts by verdict; equal keys are added up before anything is written.

    Types are those that `axis.counters.counter_changes.counted_type` returns.
    """

    __slots__ = ("profiles", "rows")

    def __init__(self) -> None:
        self.rows: dict[VerdictKey, int] = {}
        self.profiles: dict[str, VerdictProfile] = {}
        """The profiles of these keys, by digest."""

    def accepted(self, day: str, sender: str, document_type: str, profile: VerdictProfile) -> None:
        """Count a document of that day (`YYYY-MM-DD`, Viet Nam's)."""
        self._add(day, sender, document_type, profile, 1)

    def moved(
        self, day: str, sender: str, document_type: str, before: VerdictProfile, after: VerdictProfile
    ) -> None:
        """Move a document from one profile to another, after a new verdict."""
        if before != after:
            self._add(day, sender, document_type, before, -1)
            self._add(day, sender, document_type, after, 1)

    def _add(
        self, day: str, sender: str, document_type: str, profile: VerdictProfile, documents: int
    ) -> None:
        digest, rows = digest_of(profile), self.rows
        self.profiles[digest] = profile
        for grain, period in (("d", day), ("m", day[:_MONTH])):
            for by in (sender, ""):
                key = (grain, by, period, document_type, digest)
                rows[key] = rows.get(key, 0) + documents


def apply_verdicts(tx: Write, changes: VerdictChanges) -> None:
    """Add the changes to the tables. Profiles that are not there yet are written, and stay for ever.

    The writer holds the ledger's head, so that no other transaction writes the same profile meanwhile.
    """
    if not changes.rows:
        return
    numbers = dict(_KNOWN.rows(tx, [(digest,) for digest in changes.profiles]))
    if new := [digest for digest in changes.profiles if digest not in numbers]:
        numbers |= _write_profiles(tx, {digest: changes.profiles[digest] for digest in new})
    rows: list[Row] = [
        (*key[:-1], numbers[key[-1]], documents) for key, documents in changes.rows.items() if documents
    ]
    _UPSERT.run(tx, sorted(rows))


def _write_profiles(tx: Write, profiles: Mapping[str, VerdictProfile]) -> dict[str, int]:
    """Write profiles, by digest, and return the numbers that they get."""
    first = tx.execute(_HIGHEST).scalar_one() + 1
    numbers = {digest: number for number, digest in enumerate(profiles, start=first)}
    _PROFILES.run(tx, [(numbers[digest], digest, *profile[:3]) for digest, profile in profiles.items()])
    _SIGNATURES.run(
        tx,
        [
            (numbers[digest], ordinal, *facts)
            for digest, profile in profiles.items()
            for ordinal, facts in enumerate(profile.signatures)
        ],
    )
    return numbers


def _upsert(dialect: Dialect) -> Executable:
    names = (*VERDICT_KEYS, "documents")
    adding = insert_of(dialect, verdict_counters).values({name: bindparam(name) for name in names})
    return adding.on_conflict_do_update(
        index_elements=list(VERDICT_KEYS),
        set_={"documents": verdict_counters.c.documents + adding.excluded.documents},
    )


_KNOWN: Final = BulkLookup(
    select(verdict_profiles.c.sha256, verdict_profiles.c.profile), verdict_profiles.c.sha256
)
_HIGHEST: Final = select(func.coalesce(func.max(verdict_profiles.c.profile), 0))
_PROFILES: Final = bulk_insert(verdict_profiles)
_SIGNATURES: Final = bulk_insert(verdict_profile_signatures)
_UPSERT: Final = BulkStatement((*VERDICT_KEYS, "documents"), _upsert)
