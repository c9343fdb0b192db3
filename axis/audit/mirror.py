"""Copies one ledger of a hub, and proves that it has grown from what was copied before.

Tiles of hashes are fetched first and have to give the root of the newest signed checkpoint. Then each entry
has to hash to its leaf. Entries are counted by `axis.audit.recount`; `axis.audit.ledgers` has all ledgers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from axis.audit.audit_folder import State
from axis.audit.errors import HubRefusedError, LedgerBrokenError, StateRefusedError
from axis.audit.findings import Finding
from axis.audit.hub_client import HubClient
from axis.audit.ledger_keys import Keys, keep_keys, newest_checkpoint
from axis.protocol.ledger_positions import FIRST_LEDGER, begin_of
from signing.errors import SigningError
from signing.merkle import HASH_BYTES, Frontier, frontier_of, leaf_hash
from signing.notes import Checkpoint
from signing.tiles import TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, tile_node, tile_path

MAX_ENTRY_BYTES: Final = 65_535
BUNDLE_BYTES: Final = TILE_WIDTH * (2 + MAX_ENTRY_BYTES)
TILES_AT_ONCE: Final = 64
"""The tiles whose hashes are in memory together."""
BUNDLES_AT_ONCE: Final = 16
"""The bundles after which what was counted is committed, so that a killed audit does little twice."""
OLD_CHECKPOINT_SECONDS: Final = (1.0, 2.0, 4.0)
"""What is waited before a checkpoint is asked for again that is older than the one seen before."""
ENTRIES: Final = "entries"
CONTRADICTION: Final = "contradiction.txt"
"""In the state's folder: the checkpoint of the last visit, then the one that does not follow from it."""

Take = Callable[[int, bytes], None]
"""Is handed an entry's position and bytes, in order. Positions go on from one ledger to the next."""
Seen = Callable[[int, int], object]
"""Is told how many entries of how many are counted."""


@dataclass(frozen=True, slots=True)
class MirroredLedger:
    """Which ledger of the hub is mirrored."""

    number: int
    origin: str
    """Its name."""
    place: str = "/v1/ledger"
    """The path under which the hub has it."""

    def fact(self, name: str) -> str:
        """Return the name of one of its facts in the state."""
        return name if self.number == FIRST_LEDGER else f"{name}.{self.number}"


class Mirror:
    """One ledger of a hub as far as it was mirrored."""

    def __init__(
        self, state: State, hub: HubClient, keys: Keys, ledger: MirroredLedger, take: Take, seen: Seen
    ) -> None:
        self._state = state
        self._hub = hub
        self.keys = keys
        """Those that are believed, with those that were introduced meanwhile."""
        self.ledger = ledger
        self._begin = begin_of(ledger.number)
        self._take = take
        self._seen = seen
        self._roots: dict[int, bytes] = {}
        self.note = ""
        """The newest checkpoint as it was fetched last."""

    @property
    def size(self) -> int:
        """How many entries were proven to be there and counted."""
        return int(self._state.get(self.ledger.fact("counted")) or 0)

    @property
    def copied(self) -> int:
        """How many hashes were proven to be the ledger's; entries are counted after them."""
        return self._frontier().size

    def cut(self, size: int) -> None:
        """Go on from a smaller tree than was mirrored: all that the hub has of a ledger that ended."""
        frontier = frontier_of(self._node, size)
        self._state.set(self.ledger.fact("frontier"), [size, frontier.to_bytes().hex()])
        self._state.set(self.ledger.fact("counted"), 0)

    def fetch_checkpoint(self) -> Checkpoint:
        """Return the newest checkpoint that the hub has of the ledger. Raises `LedgerBrokenError`."""
        checkpoint, self.note, self.keys = newest_checkpoint(
            self._hub, self.keys, self.ledger.place, self.ledger.origin
        )
        return checkpoint

    def entries(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield mirrored entries from this folder, by their index. Raises `LookupError` where one is not."""
        for number in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
            first = number * TILE_WIDTH
            width = min(TILE_WIDTH, end - first)
            blob = self._state.tile(self.ledger.number, ENTRIES, number)
            for index, entry in enumerate(_split(blob, width), first):
                if index >= start:
                    yield index, entry

    def catch_up(self) -> Checkpoint:
        """Mirror and count what is new; return the checkpoint that covers all that was counted.

        Raises:
            LedgerBrokenError: when the ledger did not only grow.

        """
        checkpoint = self.fetch_checkpoint()
        for wait in OLD_CHECKPOINT_SECONDS:  # a cache's, or of a replica that is behind
            if checkpoint.size >= self._frontier().size:
                break
            self._hub.sleep(wait)
            checkpoint = self.fetch_checkpoint()
        try:
            self._follow(checkpoint, self.note)
        except LedgerBrokenError:
            self._state.rows.rollback()
            self._require_whole()
            self.keep_contradiction()
            raise
        return checkpoint

    def _follow(self, checkpoint: Checkpoint, note: str) -> None:
        frontier = self._frontier()
        if checkpoint.size < frontier.size:
            found = f"size {checkpoint.size}, {self._as_it_was(checkpoint)}"
            raise LedgerBrokenError(Finding("rewind", "checkpoint", found, f"at least {frontier.size}"))
        if checkpoint.size > frontier.size or checkpoint.root != frontier.root():
            self._grow(frontier, checkpoint, note)
        if self.size < checkpoint.size:
            self._count(self.size, checkpoint.size)

    def _as_it_was(self, checkpoint: Checkpoint) -> str:
        try:
            is_same = checkpoint.root == self.root_at(checkpoint.size)
        except LookupError:
            is_same = False
        return "the tree as it was then" if is_same else "another tree than it was then"

    def _require_whole(self) -> None:
        """See that the kept hashes are the tree of the last visit, so that no hub is blamed for this folder.

        Raises:
            StateRefusedError: when they are not.

        """
        kept, again = self._frontier(), Frontier()
        while again.size < kept.size:
            number = again.size // TILE_WIDTH
            width = min(TILE_WIDTH, kept.size - again.size)
            blob = self._state.tile(self.ledger.number, "0", number)[: width * HASH_BYTES]
            if len(blob) != width * HASH_BYTES:
                break
            hashes = [blob[at : at + HASH_BYTES] for at in range(0, len(blob), HASH_BYTES)]
            again = again.append(hashes).frontier
        if again.size != kept.size or (kept.size and again.root() != kept.root()):
            raise StateRefusedError(
                f"{self._state.folder} is damaged: its hashes are not those of its last visit. "
                "Audit into a new folder, and compare with the checkpoints that this one keeps"
            )

    def keep_contradiction(self) -> None:
        """Keep both signed checkpoints: of a ledger that did not only grow, they prove it to anyone."""
        row = self._state.rows.execute("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
        kept = "" if row is None else f"{row[0]}\n"
        (self._state.folder / CONTRADICTION).write_text(kept + self.note, encoding="utf-8")

    def root_at(self, size: int) -> bytes:
        """Return the root that the mirrored tree had at a size. Raises `LookupError` where it has none."""
        if size not in self._roots:
            self._roots[size] = frontier_of(self._node, size).root()
        return self._roots[size]

    def _frontier(self) -> Frontier:
        kept = self._state.get(self.ledger.fact("frontier"))
        try:
            return Frontier() if kept is None else Frontier.from_bytes(kept[0], bytes.fromhex(kept[1]))
        except (ValueError, TypeError, LookupError, SigningError) as error:
            raise StateRefusedError(f"{self._state.folder} is damaged: {error}") from error

    def _node(self, height: int, index: int) -> bytes:
        found = tile_node(
            lambda level, number: self._state.tile(self.ledger.number, str(level), number), height, index
        )
        if found is None:
            raise LookupError(height, index)
        return found

    def _grow(self, frontier: Frontier, checkpoint: Checkpoint, note: str) -> None:
        """Take over the new hashes, if they lead from the kept tree to the checkpoint's."""
        while frontier.size < checkpoint.size:
            hashes = self._new_hashes(frontier.size, checkpoint.size)
            growth = frontier.append(hashes)
            for level in range(1, (len(growth.rows) - 1) // TILE_HEIGHT + 1):
                self._extend(level, frontier.size >> level * TILE_HEIGHT, growth.rows[level * TILE_HEIGHT])
            frontier = growth.frontier
        if frontier.root() != checkpoint.root:
            raise LedgerBrokenError(self._fork(checkpoint))
        self._check_upper_tiles(checkpoint.size)
        self._state.set(self.ledger.fact("frontier"), [frontier.size, frontier.to_bytes().hex()])
        keep_keys(self._state, self.keys)
        seen_at = datetime.now(UTC).isoformat(timespec="seconds")
        kept = (self._begin + checkpoint.size, note, seen_at)
        self._state.rows.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)", kept)
        self._state.rows.commit()

    def _new_hashes(self, start: int, size: int) -> list[bytes]:
        """Fetch tiles of level 0 from a leaf on, and keep them."""
        hashes: list[bytes] = []
        first = start // TILE_WIDTH
        for number in range(first, min(first + TILES_AT_ONCE, -(-size // TILE_WIDTH))):
            width = min(TILE_WIDTH, size - number * TILE_WIDTH)
            blob = self._hash_tile(0, number, width)
            kept = max(start - number * TILE_WIDTH, 0)
            old = self._state.tile(self.ledger.number, "0", number)[: kept * HASH_BYTES]
            if not blob.startswith(old):
                place = next(at for at in range(kept) if blob[at * 32 :][:32] != old[at * 32 :][:32])
                position = number * TILE_WIDTH + place
                raise LedgerBrokenError(
                    Finding(
                        "fork",
                        f"entry {position}",
                        blob[place * 32 :][:32].hex(),
                        old[place * 32 :][:32].hex(),
                    )
                )
            self._state.put_tile(self.ledger.number, "0", number, width, blob)
            hashes += [blob[at : at + HASH_BYTES] for at in range(kept * HASH_BYTES, len(blob), HASH_BYTES)]
        return hashes

    def _hash_tile(self, level: int, number: int, width: int) -> bytes:
        path = f"{self.ledger.place}/tile/{level}/{tile_path(number, width)}"
        try:
            blob = self._hub.fetch(path, TILE_BYTES)
        except HubRefusedError as error:
            raise LedgerBrokenError(
                Finding("tile", path, f"{error.status} {error.code}", "a tile")
            ) from error
        if len(blob) != width * HASH_BYTES:
            expected = f"{width * HASH_BYTES} bytes"
            raise LedgerBrokenError(Finding("tile", path, f"{len(blob)} bytes", expected))
        return blob

    def _extend(self, level: int, start: int, row: Sequence[bytes]) -> None:
        """Keep nodes of a higher level, computed from the hashes below them."""
        done = 0
        while done < len(row):
            number, kept = divmod(start + done, TILE_WIDTH)
            part = row[done : done + TILE_WIDTH - kept]
            old = self._state.tile(self.ledger.number, str(level), number)[: kept * HASH_BYTES]
            self._state.put_tile(
                self.ledger.number, str(level), number, kept + len(part), old + b"".join(part)
            )
            done += len(part)

    def _check_upper_tiles(self, size: int) -> None:
        """Compare the hub's newest tile of each higher level with what the hashes below it come to."""
        level = 1
        while (complete := size >> level * TILE_HEIGHT) > 0:
            number, over = divmod(complete, TILE_WIDTH)
            names = [(number - 1, TILE_WIDTH)] if number else []
            names += [(number, over)] if over else []
            for at, width in names:
                if (
                    self._hash_tile(level, at, width)
                    != self._state.tile(self.ledger.number, str(level), at)[: width * HASH_BYTES]
                ):
                    where = f"tile {level}/{tile_path(at, width)}"
                    raise LedgerBrokenError(
                        Finding("tile", where, "other hashes", "those of the tiles below it")
                    )
            level += 1

    def _fork(self, checkpoint: Checkpoint) -> Finding:
        """Say where the hub's tree leaves the one that was mirrored before, as far as its tiles tell."""
        known = self._frontier().size
        for number in range(-(-known // TILE_WIDTH)):
            width = min(TILE_WIDTH, known - number * TILE_WIDTH)
            old, now = self._state.tile(self.ledger.number, "0", number), self._hash_tile(0, number, width)
            for at in range(0, width * HASH_BYTES, HASH_BYTES):
                if old[at : at + HASH_BYTES] != now[at : at + HASH_BYTES]:
                    position = number * TILE_WIDTH + at // HASH_BYTES
                    found, expected = now[at : at + HASH_BYTES].hex(), old[at : at + HASH_BYTES].hex()
                    return Finding("fork", f"entry {position}", found, expected)
        expected = f"the root of its {checkpoint.size} hashes"
        return Finding("fork", f"checkpoint {checkpoint.size}", checkpoint.root.hex(), expected)

    def _count(self, start: int, size: int) -> None:
        """Hand on the entries from a position on, each once; commit now and then."""
        bundles = range(start // TILE_WIDTH, -(-size // TILE_WIDTH))
        for done, number in enumerate(bundles, start=1):
            first = number * TILE_WIDTH
            width = min(TILE_WIDTH, size - first)
            for position, entry in self._entries(number, width):
                if position >= start:
                    self._take(self._begin + position, entry)
            self._state.set(self.ledger.fact("counted"), first + width)
            if done % BUNDLES_AT_ONCE == 0 or first + width == size:
                self._state.rows.commit()
                self._seen(first + width, size)

    def _entries(self, number: int, width: int) -> Iterator[tuple[int, bytes]]:
        """Fetch a bundle. Raises `LedgerBrokenError` at the first entry that does not hash to its tile."""
        path = f"{self.ledger.place}/tile/entries/{tile_path(number, width)}"
        blob = self._hub.fetch(path, BUNDLE_BYTES)
        hashes = self._state.tile(self.ledger.number, "0", number)
        found: list[tuple[int, bytes]] = []
        at = 0
        for place in range(width):
            length = int.from_bytes(blob[at : at + 2], "big")
            entry = blob[at + 2 : at + 2 + length]
            at += 2 + length
            position = number * TILE_WIDTH + place
            expected = hashes[place * HASH_BYTES :][:HASH_BYTES]
            if at > len(blob) or leaf_hash(entry) != expected:
                broken = "nothing" if at > len(blob) else f"bytes that hash to {leaf_hash(entry).hex()}"
                raise LedgerBrokenError(Finding("entry", f"entry {position}", broken, expected.hex()))
            found.append((position, entry))
        if at != len(blob):
            raise LedgerBrokenError(Finding("entry", path, "bytes after the last entry", f"{width} entries"))
        self._state.put_tile(self.ledger.number, ENTRIES, number, width, blob)
        yield from found


def _split(blob: bytes, width: int) -> Iterator[bytes]:
    """Yield the first entries of a bundle. Raises `LookupError` where it has fewer."""
    at = 0
    for _ in range(width):
        length = int.from_bytes(blob[at : at + 2], "big")
        entry = blob[at + 2 : at + 2 + length]
        at += 2 + length
        if at > len(blob):
            raise LookupError(width)
        yield entry
