"""The tree against RFC 6962: published vectors, and a naive recursive reading of the text."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.merkle import (
    EMPTY_ROOT,
    Frontier,
    OutsideTree,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The inputs and roots that the reference implementations of RFC 6962 test themselves with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def split(count: int) -> int:
    """The largest power of two smaller than the count."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def make_leaves(count: int) -> list[bytes]:
    return [number.to_bytes(4, "big") for number in range(count)]


def reader_of(leaves: Sequence[bytes]):
    def read(height: int, index: int) -> bytes:
        part = leaves[index << height : (index + 1) << height]
        assert len(part) == 1 << height, "only complete nodes may be asked for"
        return naive_root(part)

    return read


@pytest.mark.parametrize("size", range(1, 9))
def test_root_is_that_of_the_published_vectors(size):
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_root_of_nothing_is_the_hash_of_nothing():
    assert root([]) == EMPTY_ROOT == Frontier().root() == sha256(b"").digest()


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_appending_in_groups_gives_the_roots_and_proofs_of_the_naive_tree(groups):
    leaves = make_leaves(sum(groups))
    frontier = Frontier()
    for count in groups:
        before, size = frontier.size, frontier.size + count
        growth = frontier.append([leaf_hash(leaf) for leaf in leaves[before:size]])
        frontier = growth.frontier
        assert frontier.size == size
        assert frontier.root() == naive_root(leaves[:size])
        assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier
        expected = [tuple(naive_path(position, leaves[:size])) for position in range(before, size)]
        assert growth.proofs() == expected


@given(st.integers(0, 300), st.integers(0, 70))
def test_appending_names_every_node_that_became_complete(before, count):
    leaves = make_leaves(before + count)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    growth = Frontier().append(hashes[:before]).frontier.append(hashes[before:])
    read = reader_of(leaves)
    for height, row in enumerate(growth.rows):
        first = before >> height
        assert len(row) == (len(leaves) >> height) - first
        assert list(row) == [read(height, first + place) for place in range(len(row))]


@given(st.integers(1, 200).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_inclusion_proof_is_the_path_of_the_rfc_and_verifies(case):
    position, size = case
    leaves = make_leaves(200)
    proof = inclusion_proof(reader_of(leaves), position, size)
    assert list(proof) == naive_path(position, leaves[:size])
    digest = leaf_hash(leaves[position])
    assert verify_inclusion(digest, position, size, proof, naive_root(leaves[:size]))


@given(st.integers(1, 60).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))), st.data())
def test_inclusion_fails_when_anything_about_it_is_altered(case, data):
    position, size = case
    leaves = make_leaves(size)
    digest, top = leaf_hash(leaves[position]), naive_root(leaves)
    proof = list(inclusion_proof(reader_of(leaves), position, size))
    other = data.draw(st.integers(-1, 80).filter(lambda number: number != position))
    assert not verify_inclusion(digest, other, size, proof, top)
    assert not verify_inclusion(sha256(digest).digest(), position, size, proof, top)
    assert not verify_inclusion(digest, position, size, [*proof, top], top)
    assert not verify_inclusion(digest, position, size, proof, sha256(top).digest())
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_inclusion(digest, position, size, proof[:place] + proof[place + 1 :], top)
        altered = [*proof[:place], sha256(proof[place]).digest(), *proof[place + 1 :]]
        assert not verify_inclusion(digest, position, size, altered, top)
        short = [*proof[:place], proof[place][:-1], *proof[place + 1 :]]
        assert not verify_inclusion(digest, position, size, short, top)


@given(st.integers(0, 130).flatmap(lambda new: st.tuples(st.integers(0, new), st.just(new))))
def test_consistency_proof_is_that_of_the_rfc_and_verifies(case):
    old, new = case
    leaves = make_leaves(new)
    proof = consistency_proof(reader_of(leaves), old, new)
    if old:
        assert list(proof) == naive_subproof(old, leaves, True)
    assert verify_consistency(old, naive_root(leaves[:old]), new, naive_root(leaves), proof)


@given(st.integers(2, 70).flatmap(lambda new: st.tuples(st.integers(1, new - 1), st.just(new))), st.data())
def test_consistency_fails_for_a_rewritten_past_and_for_an_altered_proof(case, data):
    old, new = case
    leaves = make_leaves(new)
    old_root, new_root = naive_root(leaves[:old]), naive_root(leaves)
    proof = list(consistency_proof(reader_of(leaves), old, new))
    rewritten = [*leaves]
    rewritten[data.draw(st.integers(0, old - 1))] = b"rewritten"
    other = consistency_proof(reader_of(rewritten), old, new)
    assert not verify_consistency(old, old_root, new, naive_root(rewritten), other)
    assert not verify_consistency(old, old_root, new, new_root, proof[:-1])
    assert not verify_consistency(old, old_root, new, new_root, [*proof, old_root])
    assert not verify_consistency(new, new_root, old, old_root, proof)
    place = data.draw(st.integers(0, len(proof) - 1))
    altered = [*proof[:place], sha256(proof[place]).digest(), *proof[place + 1 :]]
    assert not verify_consistency(old, old_root, new, new_root, altered)


def test_equal_and_empty_trees_need_an_empty_proof():
    top = naive_root(make_leaves(5))
    assert verify_consistency(5, top, 5, top, [])
    assert not verify_consistency(5, top, 5, EMPTY_ROOT, [])
    assert not verify_consistency(5, top, 5, top, [top])
    assert verify_consistency(0, EMPTY_ROOT, 5, top, [])
    assert not verify_consistency(0, top, 5, top, [])


@given(st.integers(0, 200))
def test_right_edge_of_an_earlier_size_can_be_read_back(size):
    leaves = make_leaves(200)
    built = Frontier().append([leaf_hash(leaf) for leaf in leaves[:size]]).frontier
    assert frontier_of(reader_of(leaves), size) == built


def test_what_the_tree_does_not_have_is_refused():
    read = reader_of(make_leaves(8))
    for position, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(OutsideTree):
            inclusion_proof(read, position, size)
    with pytest.raises(OutsideTree):
        consistency_proof(read, 5, 4)


@pytest.mark.parametrize(("size", "blob"), [(3, bytes(32)), (1, bytes(31)), (-1, b""), (0, bytes(32))])
def test_a_damaged_right_edge_is_refused(size, blob):
    with pytest.raises(OutsideTree):
        Frontier.from_bytes(size, blob)


NOT_HASHES = [b"", bytes(31), bytes(33)]


@pytest.mark.parametrize("bad", NOT_HASHES, ids=len)
def test_what_has_not_the_length_of_a_hash_is_never_included(bad):
    right = leaf_hash(b"leaf")
    assert verify_inclusion(right, 0, 1, (), right)
    assert not verify_inclusion(bad, 0, 1, (), bad)
    assert not verify_inclusion(bad, 0, 2, (right,), node_hash(bad, right))
    assert not verify_inclusion(right, 0, 2, (bad,), node_hash(right, bad))


@pytest.mark.parametrize("bad", [*NOT_HASHES, bytes(32)], ids=len)
@pytest.mark.parametrize("size", [0, 1, 5])
def test_an_empty_tree_has_no_root_but_the_hash_of_nothing(bad, size):
    top = root([leaf_hash(b"%d" % number) for number in range(size)])
    assert verify_consistency(0, EMPTY_ROOT, size, top, ())
    assert not verify_consistency(0, bad, size, top, ())
    assert not verify_consistency(0, bad, 0, bad, ())
    assert not verify_consistency(0, EMPTY_ROOT, 0, bad, ())


@pytest.mark.parametrize("bad", [*NOT_HASHES, EMPTY_ROOT], ids=len)
def test_a_tree_with_leaves_has_a_root_of_its_own(bad):
    right = leaf_hash(b"leaf")
    assert verify_consistency(1, right, 1, right, ())
    assert not verify_consistency(1, bad, 1, bad, ())
    assert not verify_consistency(0, EMPTY_ROOT, 1, bad, ())
    assert not verify_consistency(1, bad, 2, node_hash(bad, right), (right,))


def test_no_tree_has_less_than_no_leaf():
    assert not verify_consistency(-1, EMPTY_ROOT, -1, EMPTY_ROOT, ())
    assert not verify_consistency(0, EMPTY_ROOT, -1, EMPTY_ROOT, ())
