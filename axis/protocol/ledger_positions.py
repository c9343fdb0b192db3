"""Says which ledger of a hub a position is of, and which entry of it.

A hub that was restored from a backup has a ledger more (docs/ledger.md#ledgers-of-a-restored-hub). Positions
go on across ledgers, with room between them for what came after the backup.
"""

from typing import Final

LEDGER_BITS: Final = 40
"""A ledger has room for 2^40 entries, which is five whole levels of tiles (C2SP tlog-tiles)."""
FIRST_LEDGER: Final = 1
MOST_LEDGERS: Final = 512
"""So many have cursors and positions that JSON's numbers hold exactly (2^53), and the store's do (2^63)."""


def begin_of(ledger: int) -> int:
    """Return the position of the first entry of a ledger; ledgers are numbered from 1."""
    return (ledger - FIRST_LEDGER) << LEDGER_BITS


def ledger_of(position: int) -> int:
    """Return the number of the ledger that has this position, or that a checkpoint up to it is of."""
    return (position >> LEDGER_BITS) + FIRST_LEDGER


def index_of(position: int) -> int:
    """Return the index of an entry in its ledger; of the position after the last entry: the ledger's size."""
    return position & ((1 << LEDGER_BITS) - 1)
