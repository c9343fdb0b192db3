"""Makes the receipt of a leaf, byte for byte as it was first given.

It is made from the checkpoint of the leaf's own group. C2SP tlog-proof.
"""

from axis.database import Read
from axis.ledger.errors import LedgerDamagedError
from axis.ledger.queries import covering_checkpoint, read_leaf
from axis.ledger.tiles import node_reader, tiles_of_proof
from axis.protocol.errors import NotFound
from axis.protocol.ledger_positions import index_of, ledger_of
from signing.merkle import inclusion_proof
from signing.notes import write_receipt


def receipt(tx: Read, position: int) -> str:
    """Return the receipt of the leaf at a position; it names the ledger and the leaf's index in it.

    Raises:
        NotFound: when the ledger is shorter.
        LedgerDamagedError: when the store lacks what the proof is made from.

    """
    covering = covering_checkpoint(tx, position)
    leaf = read_leaf(tx, position)
    if covering is None and leaf is None:
        raise NotFound
    if covering is None or leaf is None:
        raise LedgerDamagedError(f"entry {position} or its checkpoint is missing")
    end, note = covering
    index, size = index_of(position), index_of(end)
    nodes = node_reader(tx, ledger_of(position), tiles_of_proof(index, size))
    return write_receipt(leaf, index, inclusion_proof(nodes, index, size), note)
