"""Reads the trust material from the store and the trust folder: anchors, issuers and revocation data.

An item that cannot be used is left out and named with its reason. `axis.judging.judge` reads the folder again
when it has changed; how often it looks is in `axis.background_chores`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from axis.authority import queries as authority_queries
from axis.authority.stored_authorities import ISSUING, ROOT
from axis.database import Read
from axis.database.injected_faults import is_down
from axis.protocol.refused_characters import printable
from axis.trust import queries
from signing.material_parts import Fault, Kind, Part, fault_of, is_self_issued, read_parts
from signing.paths.validation import TrustMaterial

SUFFIXES = {".pem", ".crt", ".crl"}
MAX_FILE_BYTES = 64 * 1024 * 1024
"""The largest file that is read. Lists of large authorities have tens of megabytes."""

FolderState = tuple[tuple[str, int, int, int], ...]
"""Name, inode, size and time of change of each file. They tell whether a folder has changed."""


class LeftOut(NamedTuple):
    """An item that cannot be used."""

    item: str
    """A file and, of several parts, the place of this one (`all.pem#2`), or a row of the store."""
    reason: str


class Gathered(NamedTuple):
    """Trust material, and what had to be left out of it."""

    material: TrustMaterial
    left_out: tuple[LeftOut, ...] = ()


NOTHING = Gathered(TrustMaterial(roots=()))


def folder_state(folder: Path | None) -> FolderState:
    """Return the folder's state, to compare with an earlier one.

    The time is that of the inode's change, so that new permissions count as a change.
    """
    if folder is None:
        return ()
    state = []
    for path in _entries(folder):
        try:
            facts = path.stat()
        except OSError:
            state.append((path.name, 0, 0, 0))  # removed since it was listed, or a dangling link
            continue
        state.append((path.name, facts.st_ino, facts.st_size, facts.st_ctime_ns))
    return tuple(state)


def read_folder(folder: Path | None) -> Gathered:
    """Read every file of the folder.

    A certificate that names itself as its issuer is an anchor. Any other only helps to build paths to one.
    """
    if folder is None:
        return NOTHING
    roots: list[bytes] = []
    intermediates: list[bytes] = []
    lists: list[bytes] = []
    names: dict[bytes, str] = {}
    left_out: list[LeftOut] = []
    try:
        entries = _listed(folder)
    except OSError as error:
        return Gathered(NOTHING.material, (LeftOut(_shown(folder), _words(error)),))
    for path in entries:
        for found in _read_file(path):
            if isinstance(found, LeftOut):
                left_out.append(found)
            elif found.kind == "list":
                lists.append(found.der)
                names.setdefault(found.der, _shown(path))
            else:
                (roots if is_self_issued(found.der) else intermediates).append(found.der)
    material = TrustMaterial(
        roots=_once(roots), intermediates=_once(intermediates), crls=_once(lists), names=names
    )
    return Gathered(material, tuple(left_out))


@dataclass(frozen=True, slots=True)
class Fetched:
    """Fetched revocation data of other authorities, and a state that tells whether it has changed."""

    state: tuple[tuple[str, int], ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    names: Mapping[bytes, str] = field(default_factory=dict)
    """From where each list came."""


def read_fetched(tx: Read, before: Fetched) -> Fetched:
    """Read fetched data, unless it is the same as before: large lists are not read after every change."""
    state = queries.fetched_state(tx)
    if state == before.state:
        return before
    left_out: list[LeftOut] = []
    rows = queries.fetched_rows(tx)
    lists, answers = (
        _usable(kind, [(f"fetched: {row.url}", row.der) for row in rows if row.kind == word], left_out)
        for kind, word in _FETCHED
    )
    names = {row.der: printable(f"fetched: {row.url}") for row in rows if row.kind == "crl"}
    return Fetched(state, lists, answers, tuple(left_out), names)


def read_material(tx: Read, files: Gathered, fetched: Fetched | None = None) -> Gathered:
    """Return all current anchors, issuers and lists, those of the folder and those of the store."""
    from_outside = fetched or read_fetched(tx, Fetched())
    left_out = [*files.left_out, *from_outside.left_out]
    rows = [] if is_down(tx, "revocation") else authority_queries.revocation_list_rows(tx)
    own_lists = [(f"store: list of {row.authority}", row.der) for row in rows]
    named: dict[str, list[tuple[str, bytes]]] = {"root": [], "intermediate": []}
    for row in queries.trusted_rows(tx):
        role = "root" if row.role == "root" else "intermediate"
        named[role].append((f"store: certificate {row.sha256}", row.der))
    own = authority_queries.authority_certificates(tx)
    for role, name in (("root", ROOT), ("intermediate", ISSUING)):
        if name in own:
            named[role].append((f"store: authority {name}", own[name]))
    roots, intermediates = (_usable("certificate", each, left_out) for each in named.values())
    lists = _usable("list", own_lists, left_out)
    material = TrustMaterial(
        roots=_once([*files.material.roots, *roots]),
        intermediates=_once([*files.material.intermediates, *intermediates]),
        crls=_once([*files.material.crls, *lists, *from_outside.crls]),
        ocsps=_once([*files.material.ocsps, *from_outside.ocsps]),
        names={**from_outside.names, **{der: name for name, der in own_lists}, **files.material.names},
    )
    return Gathered(material, tuple(left_out))


_FETCHED: tuple[tuple[Kind, str], ...] = (("list", "crl"), ("response", "ocsp"))


def _usable(kind: Kind, items: Iterable[tuple[str, bytes]], left_out: list[LeftOut]) -> tuple[bytes, ...]:
    """Return the items of the store that path validation can use, and add the others to `left_out`."""
    kept = []
    for name, der in items:
        reason = fault_of(kind, der)
        if reason is None:
            kept.append(der)
        else:
            left_out.append(LeftOut(printable(name), reason))
    return tuple(kept)


def _listed(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)


def _entries(folder: Path) -> list[Path]:
    try:
        return _listed(folder)
    except OSError:
        return [folder]  # `read_folder` reports it; the state changes when it can be read


def _read_file(path: Path) -> Iterator[Part | LeftOut]:
    name = _shown(path)
    try:
        if path.exists() and not path.is_file():
            yield LeftOut(name, "it is not a file")
            return
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        yield LeftOut(name, _words(error))
        return
    if len(data) > MAX_FILE_BYTES:
        yield LeftOut(name, f"it has more than {MAX_FILE_BYTES} bytes")
        return
    for found in read_parts(data, "list" if path.suffix == ".crl" else "certificate"):
        if isinstance(found, Fault):
            yield LeftOut(name if found.position is None else f"{name}#{found.position}", found.reason)
        else:
            yield found


def _shown(path: Path) -> str:
    """Return a file's name in printable form: names are bytes, and may hold anything."""
    return printable(path.name)


def _words(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or type(error).__name__}"


def _once(values: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(values))
