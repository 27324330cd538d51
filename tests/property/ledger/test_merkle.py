"""The fast tree against the definition read aloud."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.ledger.merkle import (
    Frontier,
    consistency_path,
    hash_leaf,
    inclusion_path,
    is_consistent,
    is_included,
)

LEAVES = [hash_leaf(n.to_bytes(2)) for n in range(200)]


def mth(leaves: list[bytes]) -> bytes:
    """Merkle tree hash over leaf hashes, word for word from the RFC; naive on purpose."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]), word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b), word for word."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def subtrees(level: int, place: int) -> bytes:
    return mth(LEAVES[place << level : (place + 1) << level])


sizes = st.integers(1, len(LEAVES))


@given(st.integers(0, len(LEAVES)))
def test_the_frontier_gives_the_root(size):
    tree = Frontier()
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    assert tree.root() == mth(LEAVES[:size])
    again = Frontier.from_bytes(size, tree.to_bytes())
    assert again is not None
    assert again.root() == tree.root()
    assert Frontier.from_bytes(size, tree.to_bytes() + b"x") is None


@given(sizes, st.integers(0, 5))
def test_completed_subtrees_are_told_once_and_right(size, keep_level):
    tree = Frontier(keep_level=keep_level or 1)
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    told = {(level, place): value for level, place, value in tree.completed}
    assert len(told) == len(tree.completed) == sum(size >> level for level in range(keep_level or 1, 9))
    assert all(value == subtrees(*where) for where, value in told.items())


@given(sizes, st.data())
def test_inclusion(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_path(subtrees, index, size)
    assert proof == path(index, LEAVES[:size])
    root = mth(LEAVES[:size])
    assert is_included(LEAVES[index], index, size, proof, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index) if size > 1 else st.just(size))
    assert not is_included(LEAVES[index], other, size, proof, root)
    assert not is_included(LEAVES[(index + 1) % 200], index, size, proof, root)
    assert not is_included(LEAVES[index], index, size, [*proof, root], root)
    assert not (proof and is_included(LEAVES[index], index, size, proof[:-1], root))


@given(sizes, st.data())
def test_consistency(new, data):
    old = data.draw(st.integers(0, new))
    proof = consistency_path(subtrees, old, new)
    assert proof == (subproof(old, LEAVES[:new], True) if old else [])
    roots = mth(LEAVES[:old]), mth(LEAVES[:new])
    assert is_consistent(old, new, *roots, proof)
    forked = mth([*LEAVES[: max(old - 1, 0)], hash_leaf(b"another")])
    if old:
        assert not is_consistent(old, new, forked, roots[1], proof)
    if old < new:
        assert not is_consistent(old, new, roots[0], mth([*LEAVES[: new - 1], hash_leaf(b"x")]), proof) or old == 0
    assert not is_consistent(old, new, *roots, [*proof, roots[0]])


@pytest.mark.parametrize("index", [-1, 5])
def test_a_place_outside_the_tree_proves_nothing(index):
    assert not is_included(LEAVES[0], index, 5, inclusion_path(subtrees, 0, 5), mth(LEAVES[:5]))
