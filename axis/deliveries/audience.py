"""Whose deliveries and events a caller reads, and whose changes wake it.

They are its agency's, its subtree's, those of the agencies reached through its relay, one agency's of
these, or all for an auditor.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory, subtree_filter
from axis.agencies.tables import agencies, agency_tree
from axis.database import Read
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.errors import NotYourAgency, Place, QueryInvalid, shorten

AGENCIES_WAITED_FOR = 1_000
"""A caller with a larger subtree is woken by every change, and then reads."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The agencies that a caller reads for."""

    caller: Caller
    chosen: AgencyCode | None = None
    """The one agency that the caller asked for."""
    agencies: tuple[str, ...] | None = None
    """The agencies whose changes wake the caller. None where there are too many, and for auditors."""

    @property
    def key(self) -> Hashable:
        """What tells it from audiences that read something else."""
        return self.caller.role, self.caller.agency, self.caller.subtree, self.caller.relay, self.chosen

    @property
    def scattered(self) -> bool:
        """Whether the rows are those of many agencies, which no index has in one order."""
        return self.chosen is None and self.caller.role != "auditor"

    def filter(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition that a row is one of these agencies'."""
        return subtree_filter(column, self.caller) if self.chosen is None else column == self.chosen


def audience_of(tx: Read, directory: Directory, caller: Caller, agency: str | None = None) -> Audience:
    """Return the agencies for which a caller reads. `agency`: the code, in either form, that it asked for.

    Raises:
        QueryInvalid: when `agency` is not a code.
        NotYourAgency: when the caller may not speak for it.

    """
    known = known_audience(caller, agency)
    if known is not None:
        return known
    if agency is not None:
        code = _code_of(agency)
        if not directory.may_speak_for(tx, caller, code):
            raise NotYourAgency(Place("query:agency", code, "an agency this token speaks for"), agency=code)
        return Audience(caller, code, (code,))
    if caller.relay is not None:
        below = select(agencies.c.code).where(agencies.c.via == caller.relay)
    else:
        below = select(agency_tree.c.descendant).where(agency_tree.c.ancestor == caller.agency)
    codes = tuple(tx.execute(below.limit(AGENCIES_WAITED_FOR + 1)).scalars())
    return Audience(caller, None, codes if len(codes) <= AGENCIES_WAITED_FOR else None)


def known_audience(caller: Caller, agency: str | None = None) -> Audience | None:
    """Return what `audience_of` would, where that takes no look at the store; otherwise None.

    Raises:
        QueryInvalid: when `agency` can be no code.

    """
    code = caller.agency if agency is None else _code_of(agency)
    if code is not None and code == caller.agency and (agency is not None or not caller.subtree):
        return Audience(caller, code, (code,))
    return Audience(caller) if code is None and caller.relay is None else None


def _code_of(agency: str) -> AgencyCode:
    code = canonical_or_none(agency)
    if code is None:
        raise QueryInvalid(Place("query:agency", shorten(agency), "an agency's code"))
    return code
