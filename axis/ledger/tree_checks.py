"""Recomputes the hub's ledgers from their entries, and names each difference from what is stored.

The content of leaves is compared with rows by `axis.compliance.store_checks.leaves_and_rows`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from axis.database import Read
from axis.ledger import queries
from axis.ledger.key_changes import LedgerKey, is_first_key, key_at, ledger_keys, open_checkpoint
from axis.ledger.leaves import read_leaf
from axis.ledger.queries import (
    TileName,
    count_beyond,
    current_ledger,
    ended_ledgers,
    key_rows,
    measure_tiles,
    read_checkpoints,
    read_entries,
    read_head,
    read_tiles,
)
from axis.protocol.ledger_positions import begin_of, index_of, ledger_of
from signing.errors import SigningError
from signing.key_changes import check_key_change
from signing.merkle import HASH_BYTES, Frontier, leaf_hash
from signing.notes import Checkpoint, VerifierKey, open_note, read_checkpoint, read_verifier_key
from signing.tiles import TILE_HEIGHT, TILE_WIDTH, tile_path

PAGE = 4 * TILE_WIDTH
"""Entries held at once; whole tiles, so that no tile is compared twice."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference from what the entries give."""

    where: str
    """`entry 17`, `tile 0/x001/234`, `checkpoint 18`, `head`, …; of a ledger before: `ledger 1 entry 17`."""
    found: str
    expected: str


def read_leaves(tx: Read, first: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield every leaf's members with its position, in order. `fsck` names leaves that cannot be read."""
    for position, raw in _entries(tx, first):
        try:
            members = read_leaf(raw)
        except (ValueError, TypeError):
            continue
        yield position, members


def fsck(tx: Read, key: VerifierKey) -> Iterator[Difference]:
    """Check entries, tiles, head and every checkpoint against each other and against the log's keys.

    `key` is the one that signs now; where it was changed, earlier ones lead to it.

    On SQLite all is read in one snapshot. On PostgreSQL the ledger may grow meanwhile, and only the part that
    was there at the start is checked.
    """
    head = read_head(tx)
    if head is None:
        yield Difference("head", "nothing", "a row")
        return
    yield from _check_keys(tx, key)
    keys = ledger_keys(tx, key)
    for ended in ended_ledgers(tx):
        for each in _check_ledger(tx, keys, ended.number, ended.size, None):
            yield Difference(f"ledger {ended.number} {each.where}", each.found, each.expected)
        yield from _check_ended(tx, keys, ended)
    current = current_ledger(tx)
    if ledger_of(head[0]) != current:
        yield Difference("head", f"in ledger {ledger_of(head[0])}", f"in ledger {current}")
        return
    yield from _check_ledger(tx, keys, current, index_of(head[0]), head[1])


def _check_ledger(
    tx: Read, keys: Sequence[LedgerKey], ledger: int, size: int, hashes: bytes | None
) -> Iterator[Difference]:
    """Check a ledger of so many entries; `hashes`: the right edge in the head, of the one that grows."""
    begin, frontier = begin_of(ledger), Frontier()
    yield from _check_checkpoints(tx, keys, ledger, None, [])
    while frontier.size < size:
        first = begin + frontier.size
        page = read_entries(tx, first, min(PAGE, size - frontier.size))
        expected = list(range(first, begin + min(frontier.size + PAGE, size)))
        if [position for position, _ in page] != expected:
            present = {position for position, _ in page}
            missing = next(position for position in expected if position not in present)
            # Without one entry nothing after it can be recomputed.
            yield Difference(f"entry {index_of(missing)}", "nothing", "a leaf")
            return
        yield from _check_leaves(page)
        leaves = [leaf_hash(leaf) for _, leaf in page]
        yield from _check_checkpoints(tx, keys, ledger, frontier, leaves)
        growth = frontier.append(leaves)
        for level, row in enumerate(growth.rows[::TILE_HEIGHT]):
            yield from _check_tiles(tx, ledger, level, frontier.size >> level * TILE_HEIGHT, row)
        frontier = growth.frontier
    if hashes is not None and hashes != frontier.to_bytes():
        yield Difference("head", hashes.hex(), frontier.to_bytes().hex())
    yield from _check_extent(tx, ledger, size, grows=hashes is not None)


def _check_ended(tx: Read, keys: Sequence[LedgerKey], ended: Row[Any]) -> Iterator[Difference]:
    """Check what is said of a ledger that ended: it was signed, and the next one's first leaf says it."""
    where = f"ledger {ended.number}"
    try:
        known = open_checkpoint(ended.known, [key.verifier for key in keys])
    except SigningError as error:
        yield Difference(where, error.code, "a checkpoint that its key signed")
        return
    if known.origin != ended.origin or known.size < ended.size:
        yield Difference(where, _describe(known), f"{ended.origin} size {ended.size} or more")
    leaf = _leaf_at(tx, begin_of(ended.number + 1))
    said = {"event": "restored", "kept": ended.size, "checkpoint": ended.known}
    for name, value in said.items():
        if leaf.get(name) != value:
            yield Difference(f"{where} {name}", str(leaf.get(name)), str(value))


def _entries(tx: Read, first: int) -> Iterator[tuple[int, bytes]]:
    while page := read_entries(tx, first, PAGE):
        yield from page
        first = page[-1][0] + 1


def _check_leaves(page: Sequence[tuple[int, bytes]]) -> Iterator[Difference]:
    for position, raw in page:
        try:
            read_leaf(raw)
        except (ValueError, TypeError):
            yield Difference(f"entry {index_of(position)}", raw[:80].hex(), "a canonical JSON object")


def _check_keys(tx: Read, key: VerifierKey) -> Iterator[Difference]:
    """Follow the changes of keys from the first one: each is a leaf, and its statement holds.

    A restored hub signs its next ledger with the same key, whose name alone is new.
    """
    rows = key_rows(tx)
    if not rows:
        return
    if rows[-1].vkey != str(key):
        yield Difference("keys", rows[-1].vkey, str(key))
    for before, row in pairwise(rows):
        where = f"key {row.position}"
        if is_first_key(row.position):
            same = [read_verifier_key(each.vkey).public_key for each in (before, row)]
            if same[0] != same[1]:
                yield Difference(where, row.vkey, f"the same key as {before.vkey}")
            continue
        try:
            found = str(check_key_change(row.statement or "", read_verifier_key(before.vkey)))
        except SigningError as error:
            found = error.code
        if found != row.vkey:
            yield Difference(where, found, row.vkey)
        leaf = _leaf_at(tx, row.position)
        said = {"old": before.vkey, "new": row.vkey, "statement": row.statement}
        if any(leaf.get(name) != value for name, value in said.items()):
            yield Difference(where, "another leaf, or none", "the leaf that introduced it")


def _leaf_at(tx: Read, position: int) -> dict[str, Any]:
    """Return the members of one leaf; none where it is not there, or cannot be read."""
    raw = queries.read_leaf(tx, position)
    try:
        return {} if raw is None else read_leaf(raw)
    except (ValueError, TypeError):
        return {}


def _check_checkpoints(
    tx: Read, keys: Sequence[LedgerKey], ledger: int, before: Frontier | None, hashes: Sequence[bytes]
) -> Iterator[Difference]:
    """Compare the checkpoints of the sizes that these leaves lead through with the recomputed roots.

    `before`: the tree before these leaves; None for the checkpoint of the empty tree.
    """
    begin, frontier = begin_of(ledger), before or Frontier()
    done = first = frontier.size
    above = begin - 1 if before is None else begin + done
    for end, note in read_checkpoints(tx, above, begin + first + len(hashes)):
        size = end - begin
        frontier = frontier.append(hashes[done - first : size - first]).frontier
        done = size
        key = key_at(keys, end)
        expected = Checkpoint(key.name, size, frontier.root())
        try:
            found = read_checkpoint(open_note(note, key))
        except SigningError as error:
            yield Difference(f"checkpoint {size}", error.code, f"signed by {key}")
            continue
        if found != expected:
            yield Difference(f"checkpoint {size}", _describe(found), _describe(expected))


def _check_tiles(tx: Read, ledger: int, level: int, first: int, row: Sequence[bytes]) -> Iterator[Difference]:
    """Compare consecutive nodes, the first with this index, with a ledger's tiles of a level."""
    wanted: dict[TileName, tuple[int, bytes]] = {}
    done = 0
    while done < len(row):
        number, start = divmod(first + done, TILE_WIDTH)
        part = row[done : done + TILE_WIDTH - start]
        wanted[level, number] = (start, b"".join(part))
        done += len(part)
    stored = read_tiles(tx, ledger, wanted) if wanted else {}
    for name, (start, hashes) in wanted.items():
        where = f"tile {level}/{tile_path(name[1])}"
        found = stored.get(name, b"")[start * HASH_BYTES :][: len(hashes)]
        if found != hashes:
            place = next(
                at for at in range(0, len(hashes), HASH_BYTES) if found[at:][:32] != hashes[at:][:32]
            )
            index = start + place // HASH_BYTES
            found_hash = found[place:][:HASH_BYTES].hex() or "nothing"
            yield Difference(f"{where} hash {index}", found_hash, hashes[place:][:HASH_BYTES].hex())


def _check_extent(tx: Read, ledger: int, size: int, *, grows: bool) -> Iterator[Difference]:
    """Yield what is outside the tree: more hashes, entries or checkpoints than its size has."""
    end = begin_of(ledger) + size
    lengths = measure_tiles(tx, ledger)
    entries, checkpoints = count_beyond(tx, end, None if grows else begin_of(ledger + 1))
    if size and not read_checkpoints(tx, end - 1, end):
        yield Difference(f"checkpoint {size}", "nothing", "a checkpoint of the whole ledger")
    now = read_head(tx)
    if grows and now is not None and now[0] > end:
        return  # it grew while it was read, so more than its size may be right
    if entries:
        yield Difference("entries", f"{size + entries}", f"{size}")
    if checkpoints:
        yield Difference("checkpoints", f"{checkpoints} beyond the head", "none")
    for level, length in sorted(lengths.items()):
        expected = (size >> level * TILE_HEIGHT) * HASH_BYTES
        if length > expected:
            yield Difference(f"tiles of level {level}", f"{length} bytes", f"{expected} bytes")


def _describe(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.origin} size {checkpoint.size} root {checkpoint.root.hex()}"
