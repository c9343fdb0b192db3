"""Reads a ledger as it is published: its newest checkpoint, tiles of hashes, and bundles of entries.

C2SP tlog-checkpoint and tlog-tiles.
"""

from axis.database import Read
from axis.ledger.cosignatures import newest_note
from axis.ledger.errors import LedgerDamagedError, LedgerNotOpenedError
from axis.ledger.queries import current_ledger, read_entries, read_tile, size_of
from axis.protocol.errors import NotFound
from axis.protocol.ledger_positions import begin_of
from signing.merkle import HASH_BYTES
from signing.tiles import TILE_WIDTH, tile_path


def checkpoint(tx: Read, ledger: int | None = None) -> str:
    """Return the newest signed checkpoint of a ledger, else of the one that grows, with its cosignatures.

    Raises:
        LedgerNotOpenedError: when there is none.

    """
    note = newest_note(tx, ledger or current_ledger(tx))
    if note is None:
        raise LedgerNotOpenedError("this store has no ledger yet")
    return note


def tile(tx: Read, ledger: int, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
    """Return the first `width` hashes of a tile. A partial tile is served for ever, from its longer form.

    Raises:
        NotFound: when the tile has fewer hashes.

    """
    blob = read_tile(tx, ledger, level, number)
    if len(blob) < width * HASH_BYTES:
        raise NotFound
    return blob[: width * HASH_BYTES]


def bundle(tx: Read, ledger: int, number: int, width: int = TILE_WIDTH) -> bytes:
    """Return the entries under a tile of level 0, each after its length in two bytes.

    Raises:
        NotFound: when the ledger is not that long.
        LedgerDamagedError: when it is long enough, and entries are missing.

    """
    index = number * TILE_WIDTH
    if size_of(tx, ledger) < index + width:
        raise NotFound
    first = begin_of(ledger) + index
    entries = read_entries(tx, first, width)
    if [position for position, _ in entries] != list(range(first, first + width)):
        raise LedgerDamagedError(f"entries of bundle {tile_path(number, width)} are missing")
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for _, leaf in entries)
