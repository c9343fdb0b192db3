"""Changes the directory: adds, renames, moves, locks and deletes agencies.

Files of agencies are read by `axis.agencies.csv_import`, requests by `axis.agencies.routes`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from sqlalchemy import Row

from axis.agencies import queries
from axis.agencies.contacts import CONTACTS
from axis.agencies.relay_names import relay_name_fault
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.store_facts import raise_version
from axis.protocol import agency_codes
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.refused_characters import has_control, has_invisible
from axis.protocol.text_folding import fold
from axis.protocol.text_normalisation import nfc

# Every change raises the store's version first: that row stays locked until the commit, so the changes of
# several replicas come one after the other, and none puts an agency below one that another just deleted.
#
# The tree is kept as a closure (every agency under each of its ancestors), so that a question about a subtree
# is one indexed look-up. A deleted agency keeps its row and its place in the tree, since what it sent and
# received is still read.

NAME_CHARACTERS = 500


@final
class Default:
    """The type of `DEFAULT`."""


DEFAULT: Final = Default()
"""The value stays as it was. The parent of a new agency is then the nearest agency above it by its code."""

_SHOWN: Final = ("name", "parent", *CONTACTS)
"""The columns whose changes raise an agency's version. A lock is not shown to systems and raises none."""


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """What the directory is to hold of an agency. `locked` None leaves the lock as it was.

    `mail`, `mobile`, `fax`: None where it has none.
    """

    code: AgencyCode
    name: str
    parent: AgencyCode | Default | None = DEFAULT
    locked: bool | None = None
    mail: str | Default | None = DEFAULT
    mobile: str | Default | None = DEFAULT
    fax: str | Default | None = DEFAULT
    via: str | Default | None = DEFAULT
    """The relay that reaches it, None where this hub serves it."""


@dataclass(frozen=True, slots=True)
class Put:
    """How many agencies were added (deleted ones included), and how many were known before."""

    added: int
    known: int


def name_fault(name: object) -> str | None:
    """Return what is wrong with an agency's name, as an expectation; None where nothing is."""
    if not isinstance(name, str) or not name.strip():
        return "a name"
    if len(name) > NAME_CHARACTERS:
        return f"at most {NAME_CHARACTERS} characters"
    if has_control(name) or has_invisible(name):
        return "a name without control or invisible characters"
    return None


def put_agencies(
    tx: Write, entries: Sequence[AgencyEntry], now: Microseconds, *, pointer: str = "/agencies"
) -> Put:
    """Add agencies or overwrite known ones, in any order; all of them or, on an error, none.

    A row that does not change is not written. An agency that was deleted comes back with its contacts and
    its lock, and below its earlier parent if that one still exists.

    Raises:
        QueryInvalid: when a name or a contact is not valid, a parent is unknown, or would stand below its own
            child, or an agency comes twice. Places point to `{pointer}/{index}/…`, with an empty pointer to
            `/…`.

    """
    raise_version(tx)
    before = {
        row.code: row for row in queries.agency_rows(tx, [entry.code for entry in entries], deleted=True)
    }
    known = {code for code, row in before.items() if row.deleted_at is None}
    rows: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    faults: list[Place] = []
    parents = _parents(tx, entries, before, faults, pointer)
    for index, entry in enumerate(entries):
        place = f"{pointer}/{index}" if pointer else ""
        if entry.code in places:
            faults.append(Place(f"{place}/code", entry.code, "each agency once"))
        places[entry.code] = place
        row = _row(entry, parents[entry.code], before.get(entry.code), now)
        faults += _faults(row, entry, place)
        rows[entry.code] = row
    if faults:
        raise QueryInvalid(*faults)
    queries.upsert_agencies(tx, [row for code, row in rows.items() if _differs(row, before.get(code))])
    moved = [code for code in rows if code not in before or before[code].parent != rows[code]["parent"]]
    _relink(tx, moved, places)
    return Put(added=len(rows) - len(known), known=len(known))


def delete_agency(tx: Write, code: AgencyCode, now: Microseconds) -> bool:
    """Delete an agency; return whether there was one. What it sent and received stays, and names it.

    Raises:
        QueryInvalid: when agencies stand below it; one of them is named.

    """
    raise_version(tx)
    child = queries.child_of(tx, code)
    if child is not None:
        raise QueryInvalid(Place("/code", f"{child} below {code}", "an agency that has none below it"))
    return queries.mark_deleted(tx, code, now) > 0


def above(code: AgencyCode) -> list[AgencyCode]:
    """Return the codes above one by its shape, nearest first, whether they are agencies or not."""
    found: list[AgencyCode] = []
    while (parent := agency_codes.parent(code)) is not None:
        found.append(code := parent)
    return found


def set_locked(tx: Write, code: AgencyCode, *, locked: bool) -> bool:
    """Lock or unlock an agency; return whether there is one."""
    raise_version(tx)
    return queries.set_locked(tx, code, locked=locked) > 0


def _row(
    entry: AgencyEntry, parent: str | None, before: Row[Any] | None, now: Microseconds
) -> dict[str, Any]:
    """Return the row of the table for an entry."""
    name = nfc(entry.name.strip())
    row = {
        "code": entry.code,
        "name": name,
        "name_folded": fold(name)[:NAME_CHARACTERS],  # folding may lengthen
        "parent": parent,
        "level": agency_codes.level(entry.code),
        "locked": entry.locked if entry.locked is not None else bool(before and before.locked),
        "added_at": before.added_at if before else now,
        "deleted_at": None,
    }
    row["via"] = entry.via
    if isinstance(entry.via, Default):
        row["via"] = before.via if before and before.deleted_at is None else None
    for member in CONTACTS:
        value = getattr(entry, member)
        if isinstance(value, Default):
            value = getattr(before, member) if before else None
        row[member] = value if value is None else nfc(value.strip())
    shown = before is None or before.deleted_at is not None or _unlike(row, before, _SHOWN)
    row["version"] = (before.version if before else 0) + shown
    row["changed_at"] = now if before is None or shown else before.changed_at
    return row


def _faults(row: Mapping[str, Any], entry: AgencyEntry, place: str) -> Iterator[Place]:
    if expected := name_fault(row["name"]):
        yield Place(f"{place}/name", shorten(row["name"]), expected)
    if row["via"] is not None and (expected := relay_name_fault(row["via"])):
        yield Place(f"{place}/via", shorten(row["via"]), expected)
    for member, fault in CONTACTS.items():
        if isinstance(getattr(entry, member), str) and (expected := fault(row[member])):
            yield Place(f"{place}/{member}", shorten(row[member]), expected)


def _differs(row: Mapping[str, Any], before: Row[Any] | None) -> bool:
    return before is None or _unlike(row, before, row.keys())


def _unlike(row: Mapping[str, Any], before: Row[Any], members: Iterable[str]) -> bool:
    return any(row[member] != getattr(before, member) for member in members)


def _parents(
    tx: Read,
    entries: Sequence[AgencyEntry],
    before: Mapping[str, Row[Any]],
    faults: list[Place],
    pointer: str,
) -> dict[str, str | None]:
    """Settle every entry's parent; unknown ones become faults."""
    wanted = {entry.parent for entry in entries if isinstance(entry.parent, str)}
    wanted |= {code for entry in entries for code in above(entry.code)}
    coming = {entry.code for entry in entries}
    wanted |= {row.parent for row in before.values() if row.parent is not None}
    existing = coming | set(queries.parents_of(tx, wanted - coming))
    parents: dict[str, str | None] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry.parent, Default):
            row = before.get(entry.code)
            if row is not None and (row.parent is None or row.parent in existing):
                parents[entry.code] = row.parent
            else:
                parents[entry.code] = next((code for code in above(entry.code) if code in existing), None)
            continue
        parents[entry.code] = entry.parent
        if entry.parent is not None and entry.parent not in existing:
            place = f"{pointer}/{index}" if pointer else ""
            faults.append(Place(f"{place}/parent", entry.parent, "an agency of the directory"))
    return parents


def _relink(tx: Write, moved: Sequence[str], places: Mapping[str, str]) -> None:
    """Write the closure anew for agencies that are new or stand elsewhere, and for all below them."""
    if not moved:
        return
    affected = set(moved) | queries.descendants_of(tx, moved)
    parents: dict[str, str | None] = {}
    missing: set[str] = affected
    while missing:
        found = queries.parents_of(tx, missing, deleted=True)
        parents.update((code, found.get(code)) for code in missing)
        missing = {parent for parent in parents.values() if parent is not None} - parents.keys()
    ancestors: dict[str, list[str]] = {}
    for code in (*moved, *(affected - set(moved))):  # those that were moved first: a fault is theirs
        chain: list[str] = []
        higher: str | None = code
        while higher is not None:
            if higher in chain:
                place = places.get(code, "")
                raise QueryInvalid(Place(f"{place}/parent", parents[code], "no agency below this one"))
            chain.append(higher)
            higher = parents.get(higher)
        ancestors[code] = chain
    queries.replace_ancestors(tx, ancestors)
