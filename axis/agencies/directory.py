"""Reads the directory of agencies: who an agency is, and for whom a caller may speak.

Answers are remembered in memory, since intake asks for every recipient of a document. Changes are made by
`axis.agencies.directory_changes`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import ColumnElement, Row, select, true

from axis.agencies import queries
from axis.agencies.callers import Caller
from axis.agencies.last_calls import is_silent
from axis.agencies.tables import agencies, agency_tree
from axis.agencies.versioned_cache import Missing, VersionedCache
from axis.database import Read
from axis.database.store_facts import version
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.text_folding import fold

# Deleted agencies are not found. Subtrees keep them, so that an agency above can read what they sent and
# received.

AGENCIES_REMEMBERED = 131_072
"""Room for the national directory, which has some 110,000 entries."""
SUBTREES_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Agency:
    """An organisation on the axis."""

    code: AgencyCode
    name: str
    parent: AgencyCode | None
    level: int
    locked: bool
    mail: str | None = None
    mobile: str | None = None
    fax: str | None = None
    via: str | None = None
    """The relay that reaches it, where another hub serves it; None where this hub does."""


def agency_of(row: Row[Any]) -> Agency:
    """Return a row of the table as an agency."""
    return Agency(
        row.code, row.name, row.parent, row.level, row.locked, row.mail, row.mobile, row.fax, row.via
    )


class Directory:
    """Agencies and subtrees, remembered until the store changes."""

    def __init__(self) -> None:
        self._agencies: VersionedCache[str, Agency] = VersionedCache(AGENCIES_REMEMBERED)
        self._subtrees: VersionedCache[tuple[str, str], bool] = VersionedCache(SUBTREES_REMEMBERED)

    def forget(self, version: int) -> None:
        """Forget what was read before the store came to this version."""
        self._agencies.forget(version)
        self._subtrees.forget(version)

    def get(self, tx: Read, code: AgencyCode) -> Agency | None:
        """Return the agency with this canonical code, or None."""
        return self.find(tx, (code,)).get(code)

    def find(self, tx: Read, codes: Iterable[AgencyCode]) -> dict[AgencyCode, Agency]:
        """Return those of the canonical codes that are agencies."""
        found: dict[AgencyCode, Agency] = {}
        unknown: list[AgencyCode] = []
        for code in codes:
            agency = self._agencies.get(code)
            if isinstance(agency, Missing):
                unknown.append(code)
            else:
                found[code] = agency
        if unknown:
            at_version = version(tx)  # before the rows, so that they are at least as new
            for row in queries.agency_rows(tx, unknown):
                agency = agency_of(row)
                found[agency.code] = agency
                self._agencies.put(at_version, agency.code, agency)
        return found

    def remembered(self, caller: Caller, code: AgencyCode) -> Agency | None:
        """Return an agency that the caller may act as, where that is known without asking the store.

        None means that it is not known here: ask `may_speak_for` and `get`.
        """
        agency = self._agencies.get(code)
        if isinstance(agency, Missing) or caller.agency is None or agency.via is not None:
            return None
        known = caller.agency == code or (
            caller.subtree and self._subtrees.get((caller.agency, code)) is True
        )
        return agency if known else None

    def remembered_all(self, codes: Iterable[AgencyCode]) -> dict[AgencyCode, Agency] | None:
        """Return the agencies with these codes; None where the store would have to be asked for one."""
        found: dict[AgencyCode, Agency] = {}
        for code in codes:
            agency = self._agencies.get(code)
            if isinstance(agency, Missing):
                return None
            found[code] = agency
        return found

    def may_speak_for(self, tx: Read, caller: Caller, code: AgencyCode) -> bool:
        """Tell whether a caller may act as an agency.

        A relay may act as the agencies that are marked `via` it. An agency may act as itself, and as any
        below it if that was granted, but as none that is reached through a relay: it speaks on its own hub.
        """
        agency = self.get(tx, code)
        via = None if agency is None else agency.via
        if caller.relay is not None or via is not None:
            return caller.relay == via
        if caller.agency is None:
            return False
        if caller.agency == code:
            return True
        if not caller.subtree:
            return False
        key = (caller.agency, code)
        known = self._subtrees.get(key)
        if not isinstance(known, Missing):
            return known
        at_version = version(tx)
        within = queries.is_descendant(tx, *key)
        self._subtrees.put(at_version, key, within)
        return within


def search(
    tx: Read,
    words: str,
    after: str,
    limit: int,
    *,
    via: str | None = None,
    silent_days: int | None = None,
) -> list[Agency]:
    """Return agencies by code: those whose name or code holds every word; all of them where there is none.

    Diacritics, đ and case fold. `after`: the code after which to begin; `via`: those of this relay alone;
    `silent_days`: those that have not called for so many days of business time.
    """
    rows = queries.agency_page(
        tx,
        fold(words).split(),
        canonical_or_none(words.strip()),
        after,
        limit,
        via=via,
        condition=None if silent_days is None else is_silent(silent_days),
    )
    return [agency_of(row) for row in rows]


def names_of(tx: Read, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of agencies as the directory has them now, those that left it included."""
    return {row.code: row.name for row in queries.agency_rows(tx, set(codes), deleted=True)}


def subtree_filter(column: ColumnElement[Any], caller: Caller) -> ColumnElement[bool]:
    """Return the condition that a row concerns an agency the caller may speak for; auditors see every row."""
    if caller.role == "auditor":
        return true()
    if caller.relay is not None:
        return column.in_(select(agencies.c.code).where(agencies.c.via == caller.relay))
    if not caller.subtree:
        return column == caller.agency
    below = select(agency_tree.c.descendant).where(agency_tree.c.ancestor == caller.agency)
    return column.in_(below)


async def _directory(request: Request) -> Directory:
    directory: Directory = request.app.state.hub.directory
    return directory


DirectoryDep = Annotated[Directory, Depends(_directory)]
