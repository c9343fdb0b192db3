"""Reads the log as it is published: the newest checkpoint, tiles of hashes, and bundles of entries.

C2SP tlog-checkpoint and tlog-tiles.
"""

from axis.database import Read
from axis.ledger.cosignatures import newest_note
from axis.ledger.errors import LedgerDamagedError, LedgerNotOpenedError
from axis.ledger.queries import read_entries, read_head, read_tile
from axis.protocol.errors import NotFound
from signing.merkle import HASH_BYTES
from signing.tiles import TILE_WIDTH, tile_path


def checkpoint(tx: Read) -> str:
    """Return the newest signed checkpoint, with the cosignatures of it.

    Raises:
        LedgerNotOpenedError: when there is none.

    """
    note = newest_note(tx)
    if note is None:
        raise LedgerNotOpenedError("this store has no ledger yet")
    return note


def tile(tx: Read, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
    """Return the first `width` hashes of a tile. A partial tile is served for ever, from its longer form.

    Raises:
        NotFound: when the tile has fewer hashes.

    """
    blob = read_tile(tx, level, number)
    if len(blob) < width * HASH_BYTES:
        raise NotFound
    return blob[: width * HASH_BYTES]


def bundle(tx: Read, number: int, width: int = TILE_WIDTH) -> bytes:
    """Return the entries under a tile of level 0, each after its length in two bytes.

    Raises:
        NotFound: when the ledger is not that long.
        LedgerDamagedError: when it is long enough, and entries are missing.

    """
    first = number * TILE_WIDTH
    head = read_head(tx)
    if head is None or head[0] < first + width:
        raise NotFound
    entries = read_entries(tx, first, width)
    if [position for position, _ in entries] != list(range(first, first + width)):
        raise LedgerDamagedError(f"entries of bundle {tile_path(number, width)} are missing")
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for _, leaf in entries)
