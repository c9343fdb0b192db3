"""The Merkle tree of RFC 6962 over SHA-256: roots, appending, proofs of inclusion and of consistency.

Hashes of the tree are read through a `NodeReader`. A *node* is named by its height (0 for leaves) and its
index among the nodes of that height. RFC 6962 section 2.1, RFC 9162 sections 2.1.3.2 and 2.1.4.2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from signing.errors import SigningError

# Appending needs the right edge of the tree (`Frontier`), and returns the inclusion proof of every appended
# leaf, so that a log can give receipts at once. A node is *complete* when its 2^height leaves are there.

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""Returns the hash of a complete node by its height and index."""

Proof = tuple[bytes, ...]
"""Hashes from the leaf's sibling up to the root's child."""


class OutsideTree(SigningError):
    """A proof was asked for a leaf or a size that the tree does not have."""

    code = "outside-tree"


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf's bytes (RFC 6962: prefix 0x00)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node from its two children (RFC 6962: prefix 0x01)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Compute the root of the tree over these leaf hashes; the hash of nothing when there are none."""
    return Frontier().append(leaf_hashes).frontier.root()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to append to it and to know its root."""

    size: int = 0
    """Number of leaves."""
    hashes: tuple[bytes, ...] = ()
    """One hash for every set bit of `size`, from the lowest bit up: the complete subtrees, smallest first."""

    def __post_init__(self) -> None:
        """Refuse a state that no tree can have, as from a damaged store."""
        if self.size < 0 or self.size.bit_count() != len(self.hashes):
            raise OutsideTree(size=self.size, hashes=len(self.hashes))

    @classmethod
    def from_bytes(cls, size: int, blob: bytes) -> "Frontier":
        """Read what `to_bytes` wrote. Raises `OutsideTree` when the two do not belong together."""
        hashes = tuple(blob[at : at + HASH_BYTES] for at in range(0, len(blob), HASH_BYTES))
        if len(blob) % HASH_BYTES:
            raise OutsideTree(size=size, hashes=len(hashes))
        return cls(size, hashes)

    def to_bytes(self) -> bytes:
        """Concatenate the hashes, 32 bytes each."""
        return b"".join(self.hashes)

    def by_height(self) -> dict[int, bytes]:
        """Return the complete subtrees by their height."""
        heights = (height for height in range(self.size.bit_length()) if self.size >> height & 1)
        return dict(zip(heights, self.hashes, strict=True))

    def root(self) -> bytes:
        """Compute the root hash of the tree (RFC 6962 section 2.1)."""
        if not self.hashes:
            return EMPTY_ROOT
        digest = self.hashes[0]
        for left in self.hashes[1:]:
            digest = node_hash(left, digest)
        return digest

    def append(self, leaf_hashes: Sequence[bytes]) -> "Growth":
        """Add leaves at the right, in order; return the grown tree with its new nodes."""
        size = self.size + len(leaf_hashes)
        old = self.by_height()
        edge: list[bytes] = []
        rows: list[list[bytes]] = []
        row = list(leaf_hashes)
        for height in range(size.bit_length()):
            rows.append(row)
            # The last complete node of this height is on the new edge when the size has this bit.
            if size >> height & 1:
                edge.append(row[-1] if row else old[height])
            lone = self.size >> height & 1
            nodes = [old[height], *row] if lone and row else row
            pairs = iter(nodes)
            row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        return Growth(self, Frontier(size, tuple(edge)), rows)


@dataclass(frozen=True, slots=True)
class Growth:
    """A tree before and after leaves were appended to it."""

    before: Frontier
    frontier: Frontier
    """The tree as it is now."""
    rows: Sequence[Sequence[bytes]]
    """By height, the nodes that became complete; the first of them has the index `before.size >> height`."""

    def proofs(self) -> list[Proof]:
        """Return the inclusion proof of every appended leaf, in order, in the grown tree.

        Paths are built from the root downwards, so that neighbours share the work of their common part.
        """
        size, start = self.frontier.size, self.before.size
        if size == start:
            return []
        old = self.before.by_height()
        edges = _edges(self.frontier)
        above: list[Proof] = [()]
        for height in range((size - 1).bit_length() - 1, -1, -1):
            first, complete = start >> height, size >> height
            row = self.rows[height]
            parents_first = first >> 1
            paths: list[Proof] = []
            for index in range(first, (size - 1 >> height) + 1):
                rest = above[(index >> 1) - parents_first]
                sibling = index ^ 1
                if sibling < first:
                    paths.append((old[height], *rest))
                elif sibling < complete:
                    paths.append((row[sibling - first], *rest))
                elif sibling == complete and (edge := edges[height]) is not None:
                    paths.append((edge, *rest))
                else:
                    paths.append(rest)
            above = paths
        return above


def _edges(frontier: Frontier) -> list[bytes | None]:
    """Return, by height, the hash of the incomplete node at the right edge; None where there is none."""
    complete = frontier.by_height()
    edges: list[bytes | None] = []
    digest: bytes | None = None
    for height in range(frontier.size.bit_length() + 1):
        edges.append(digest)
        if (left := complete.get(height)) is not None:
            digest = left if digest is None else node_hash(left, digest)
    return edges


def frontier_of(read: NodeReader, size: int) -> Frontier:
    """Read the right edge that the tree had when it held `size` leaves."""
    heights = (height for height in range(size.bit_length()) if size >> height & 1)
    return Frontier(size, tuple(read(height, (size >> height) - 1) for height in heights))


def inclusion_proof(read: NodeReader, position: int, size: int) -> Proof:
    """Prove that the leaf at `position` (from 0) is in the tree of `size` leaves (RFC 6962 section 2.1.1).

    Raises `OutsideTree` when that tree has no such leaf; whatever `read` raises goes through.
    """
    if not 0 <= position < size:
        raise OutsideTree(position=position, size=size)
    edges = _edges(frontier_of(read, size))
    proof: list[bytes] = []
    for height in range((size - 1).bit_length()):
        sibling = position >> height ^ 1
        complete = size >> height
        if sibling < complete:
            proof.append(read(height, sibling))
        elif sibling == complete and (edge := edges[height]) is not None:
            proof.append(edge)
    return tuple(proof)


def consistency_proof(read: NodeReader, old_size: int, new_size: int) -> Proof:
    """Prove that a tree of `old_size` leaves is the beginning of one of `new_size` (RFC 6962 section 2.1.2).

    Empty when the sizes are equal or the old tree was empty. Raises `OutsideTree` when the sizes are in the
    wrong order.
    """
    if not 0 <= old_size <= new_size:
        raise OutsideTree(old_size=old_size, new_size=new_size)
    if old_size in (0, new_size):
        return ()
    edges = _edges(frontier_of(read, new_size))
    # The proof starts from the largest complete subtree that ends exactly where the old tree ended.
    height = (old_size & -old_size).bit_length() - 1
    index = (old_size >> height) - 1
    proof = [] if old_size == 1 << height else [read(height, index)]
    while height < (new_size - 1).bit_length():
        sibling, complete = index ^ 1, new_size >> height
        if sibling < complete:
            proof.append(read(height, sibling))
        elif sibling == complete and (edge := edges[height]) is not None:
            proof.append(edge)
        index >>= 1
        height += 1
    return tuple(proof)


def verify_inclusion(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Tell whether the proof places a leaf of this *hash* at `position` of a tree of this size and root.

    What has not the length of a hash proves nothing (RFC 9162 section 2.1.3.2).
    """
    if not 0 <= position < size or len(leaf) != HASH_BYTES:
        return False
    sides = _sides(position, size - 1, proof)
    if sides is None:
        return False
    digest = leaf
    for on_left, sibling in zip(sides, proof, strict=True):
        digest = node_hash(sibling, digest) if on_left else node_hash(digest, sibling)
    return digest == root_hash


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the proof shows that the old tree is the beginning of the new one.

    A tree without leaves has one root, the hash of nothing; no other tree has it (RFC 9162 section 2.1.1).
    """
    if not 0 <= old_size <= new_size:
        return False
    if not (_may_be_root(old_root, old_size) and _may_be_root(new_root, new_size)):
        return False
    if old_size in (0, new_size):
        return not proof and (old_size == 0 or old_root == new_root)
    # An old tree that is one complete subtree begins the proof itself, and is left out of it.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    # The part below the largest subtree that ends where the old tree ended is the same in both.
    shared = (old_size & -old_size).bit_length() - 1
    sides = _sides(old_size - 1 >> shared, new_size - 1 >> shared, path[1:])
    if sides is None or not path or len(path[0]) != HASH_BYTES:
        return False
    old_digest = new_digest = path[0]
    for on_left, sibling in zip(sides, path[1:], strict=True):
        if on_left:
            old_digest = node_hash(sibling, old_digest)
            new_digest = node_hash(sibling, new_digest)
        else:
            new_digest = node_hash(new_digest, sibling)
    return old_digest == old_root and new_digest == new_root


def _may_be_root(digest: bytes, size: int) -> bool:
    """Tell whether a tree of this size can have this root at all."""
    return len(digest) == HASH_BYTES and (digest == EMPTY_ROOT) == (size == 0)


def _sides(index: int, last: int, proof: Sequence[bytes]) -> list[bool] | None:
    """Tell for each sibling on the way to the root whether it stands left; None when their number is wrong.

    `index` is where the way begins and `last` the rightmost index of the same height (RFC 9162 section
    2.1.3.2).
    """
    sides: list[bool] = []
    for sibling in proof:
        if last == 0 or len(sibling) != HASH_BYTES:
            return None
        on_left = index & 1 == 1 or index == last
        # At the right edge, heights at which there is no sibling are passed over.
        while on_left and index and not index & 1:
            index >>= 1
            last >>= 1
        sides.append(on_left)
        index >>= 1
        last >>= 1
    return sides if last == 0 else None
