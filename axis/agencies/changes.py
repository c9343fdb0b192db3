"""Changes to the directory: agencies added, renamed, moved and locked, one or thousands in one transaction.

It does not read files or requests. The tree is kept as a closure (every agency under each of its ancestors),
so that a question about a subtree stays one indexed look-up however deep or irregular the tree is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from axis.agencies import queries
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.meta import raise_version
from axis.protocol import codes
from axis.protocol.codes import AgencyCode
from axis.protocol.errors import Place, QueryInvalid
from axis.protocol.text import fold
from axis.protocol.texts import has_control, has_invisible, nfc

NAME_CHARACTERS = 500


@final
class Default:
    """The type of `DEFAULT`."""


DEFAULT: Final = Default()
"""A parent left open: what it was, or for a new agency the nearest one above it by the shape of its code."""


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """What the directory shall hold of an agency; `locked` None leaves it as it was."""

    code: AgencyCode
    name: str
    parent: AgencyCode | Default | None = DEFAULT
    locked: bool | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """How many agencies were new, and how many were known before."""

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

    Raises:
        QueryInvalid: when a name is none, a parent is unknown, or a parent would stand below its own child,
            or an agency comes twice. Places point to `{pointer}/{index}/…`, with an empty pointer to `/…`.

    """
    known = {row.code: row for row in queries.agency_rows(tx, [entry.code for entry in entries])}
    rows: dict[str, dict[str, object]] = {}
    places: dict[str, str] = {}
    faults: list[Place] = []
    parents = _parents(tx, entries, known, faults, pointer)
    for index, entry in enumerate(entries):
        place = f"{pointer}/{index}" if pointer else ""
        if entry.code in places:
            faults.append(Place(f"{place}/code", entry.code, "each agency once"))
        places[entry.code] = place
        name = nfc(entry.name.strip())
        if expected := name_fault(name):
            faults.append(Place(f"{place}/name", name[:80], expected))
        before = known.get(entry.code)
        rows[entry.code] = {
            "code": entry.code,
            "name": name,
            "name_folded": fold(name)[:NAME_CHARACTERS],  # folding may lengthen
            "parent": parents[entry.code],
            "level": codes.level(entry.code),
            "locked": entry.locked if entry.locked is not None else bool(before and before.locked),
            "added_at": before.added_at if before else now,
        }
    if faults:
        raise QueryInvalid(*faults)
    queries.upsert_agencies(tx, list(rows.values()))
    moved = [code for code in rows if code not in known or known[code].parent != rows[code]["parent"]]
    _relink(tx, moved, places)
    raise_version(tx)
    return Put(added=sum(code not in known for code in rows), known=sum(code in known for code in rows))


def set_locked(tx: Write, code: AgencyCode, *, locked: bool) -> bool:
    """Lock or unlock an agency; return whether there is one."""
    there = queries.set_locked(tx, code, locked=locked) > 0
    if there:
        raise_version(tx)
    return there


def _parents(
    tx: Read,
    entries: Sequence[AgencyEntry],
    known: Mapping[str, object],
    faults: list[Place],
    pointer: str,
) -> dict[str, str | None]:
    """Settle every entry's parent; unknown ones become faults."""
    wanted = {entry.parent for entry in entries if isinstance(entry.parent, str)}
    wanted |= {above for entry in entries for above in _above(entry.code)}
    coming = {entry.code for entry in entries}
    existing = coming | set(queries.parents_of(tx, wanted - coming))
    before = queries.parents_of(tx, known)
    parents: dict[str, str | None] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry.parent, Default):
            by_shape = (above for above in _above(entry.code) if above in existing)
            parents[entry.code] = before[entry.code] if entry.code in before else next(by_shape, None)
            continue
        parents[entry.code] = entry.parent
        if entry.parent is not None and entry.parent not in existing:
            place = f"{pointer}/{index}" if pointer else ""
            faults.append(Place(f"{place}/parent", entry.parent, "an agency of the directory"))
    return parents


def _above(code: AgencyCode) -> Iterable[AgencyCode]:
    """Return the codes above one by its shape, nearest first."""
    above: list[AgencyCode] = []
    while (parent := codes.parent(code)) is not None:
        above.append(code := parent)
    return above


def _relink(tx: Write, moved: Sequence[str], places: Mapping[str, str]) -> None:
    """Write the closure anew for agencies that are new or stand elsewhere, and for all below them."""
    if not moved:
        return
    affected = set(moved) | queries.descendants_of(tx, moved)
    parents: dict[str, str | None] = {}
    missing: set[str] = affected
    while missing:
        found = queries.parents_of(tx, missing)
        parents.update((code, found.get(code)) for code in missing)
        missing = {parent for parent in parents.values() if parent is not None} - parents.keys()
    ancestors: dict[str, list[str]] = {}
    for code in (*moved, *(affected - set(moved))):  # those that were moved first: a fault is theirs
        chain: list[str] = []
        above: str | None = code
        while above is not None:
            if above in chain:
                place = places.get(code, "")
                raise QueryInvalid(Place(f"{place}/parent", parents[code], "no agency below this one"))
            chain.append(above)
            above = parents.get(above)
        ancestors[code] = chain
    queries.replace_ancestors(tx, ancestors)
