"""Appends leaves to the ledger inside a transaction, and seals them with one checkpoint.

It holds the lock on the tree's head until the transaction ends, so positions are in the order of commits,
across replicas too.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from axis.clock import Clock, Microseconds, rfc3339
from axis.database import Write
from axis.ledger.errors import LedgerKeyChangedError, LedgerNotOpenedError
from axis.ledger.leaves import MAX_LEAF_BYTES, VERSION, Leaf, canonical_json
from axis.ledger.queries import add_checkpoint, add_entries, lock_head, put_tiles, set_head
from axis.ledger.tiles import extended_tiles
from axis.protocol.errors import Place, TooLarge
from axis.protocol.ledger_positions import begin_of, index_of, ledger_of
from signing.merkle import Frontier, Proof, leaf_hash
from signing.notes import Checkpoint, NoteSigner, write_receipt

SALT_BYTES = 16
"""So many that nobody who sees a leaf's hash can guess the leaf."""
SALTS_AT_ONCE = 16
"""Asking the system for randomness costs as much for one as for these."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one group appended, with all that its receipts need.

    It is valid once the transaction has committed.
    """

    first: int
    """The position of the group's first leaf."""
    leaves: Sequence[bytes]
    proofs: Sequence[Proof]
    note: str
    """The signed checkpoint; empty when the group appended nothing."""

    def receipt(self, position: int) -> str:
        """Give the receipt (C2SP tlog-proof) of a leaf of this group. Raises `LookupError` for any other."""
        place = position - self.first
        if not 0 <= place < len(self.leaves):
            raise LookupError(position)
        return write_receipt(self.leaves[place], index_of(position), self.proofs[place], self.note)


class Journal:
    """The end of the ledger, while its head is locked for appending."""

    __slots__ = ("_first", "_frontier", "_leaves", "_ledger", "_moved", "_salts", "_signer", "at")

    def __init__(
        self, ledger: int, frontier: Frontier, signer: NoteSigner, at: Microseconds, *, moved: bool
    ) -> None:
        self._ledger = ledger
        self._frontier = frontier
        self._first = begin_of(ledger) + frontier.size
        self._signer = signer
        self._moved = moved
        self._leaves: list[bytes] = []
        self._salts: list[str] = []
        self.at = at
        """Business time at the opening: the time of this group's events, unless they give their own."""

    @property
    def next_position(self) -> int:
        """The position that the next leaf will have."""
        return self._first + len(self._leaves)

    def append(self, leaf: Leaf, at: Microseconds | None = None) -> int:
        """Add a leaf, completed with version, time, clock and salt; return its position.

        Raises:
            TooLarge: when the leaf has more bytes than an entry can have; nothing was added.

        """
        moment = self.at if at is None else at
        raw = canonical_json(
            {
                **leaf,
                "v": VERSION,
                "at": rfc3339(moment),
                "clock": "moved" if self._moved else "real",
                "salt": self._salt(),
            }
        )
        if len(raw) > MAX_LEAF_BYTES:
            place = Place(
                "", found=f"a ledger entry of {len(raw)} bytes", expected=f"≤ {MAX_LEAF_BYTES} bytes"
            )
            raise TooLarge(place, limit=MAX_LEAF_BYTES)
        position = self.next_position
        self._leaves.append(raw)
        return position

    def _salt(self) -> str:
        """Return one of the salts that are drawn for many leaves at once."""
        if not self._salts:
            drawn = secrets.token_hex(SALT_BYTES * SALTS_AT_ONCE)
            self._salts = [drawn[at : at + 2 * SALT_BYTES] for at in range(0, len(drawn), 2 * SALT_BYTES)]
        return self._salts.pop()

    def seal(self, tx: Write) -> Sealed:
        """Write leaves, tiles, head and one signed checkpoint; once, in the transaction that opened this."""
        first, leaves = self._first, self._leaves
        if not leaves:
            return Sealed(first, (), (), "")
        growth = self._frontier.append([leaf_hash(leaf) for leaf in leaves])
        frontier = growth.frontier
        checkpoint = Checkpoint(self._signer.name, frontier.size, frontier.root())
        note = self._signer.sign(checkpoint.text())
        add_entries(tx, first, leaves)
        put_tiles(tx, self._ledger, extended_tiles(tx, self._ledger, growth))
        end = first + len(leaves)
        set_head(tx, end, frontier.to_bytes())
        add_checkpoint(tx, end, note, self.at)
        return Sealed(first, tuple(leaves), growth.proofs(), note)


def open_journal(tx: Write, signer: NoteSigner, clock: Clock) -> Journal:
    """Lock the ledger's head and return a journal that appends after it.

    Raises:
        LedgerNotOpenedError: when the store has no ledger.
        LedgerKeyChangedError: when another key signs it by now.

    """
    head = lock_head(tx)
    if head is None:
        raise LedgerNotOpenedError("this store has no ledger yet")
    # The time is read under the lock, so that the ledger's order and its times agree.
    end, hashes, key_id = head
    if key_id is not None and key_id != signer.verifier.key_id.hex():
        raise LedgerKeyChangedError(key_id)
    frontier = Frontier.from_bytes(index_of(end), hashes)
    return Journal(ledger_of(end), frontier, signer, clock.now(), moved=clock.moved)
