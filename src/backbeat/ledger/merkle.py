"""The Merkle tree of RFC 6962 and RFC 9162, section 2.1, over SHA-256: hash rules, proofs and their checks.

    empty tree = SHA-256("")    leaf = SHA-256(00 || data)    node = SHA-256(01 || left || right)

A tree of n > 1 leaves splits at the largest power of two below n. Everything here is pure; where the hashes of whole
subtrees come from is the caller's business (`Subtrees`).
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "Frontier",
    "Subtrees",
    "consistency_path",
    "hash_leaf",
    "hash_node",
    "hash_range",
    "inclusion_path",
    "is_consistent",
    "is_included",
]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Subtrees: TypeAlias = Callable[[int, int], bytes]
"""`subtrees(level, index)`: hash over the 2**level leaves from leaf index * 2**level on."""

_sha256 = hashlib.sha256


def hash_leaf(data: bytes) -> bytes:
    """Hash of one leaf."""
    return _sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash of an interior node."""
    return _sha256(b"\x01" + left + right).digest()


class Frontier:
    """The complete subtrees of a growing tree, largest first: all that is needed to add a leaf or tell the root.

    It holds one hash for every 1 in the binary spelling of the size, so it is a few hundred bytes for any log.
    """

    __slots__ = ("completed", "keep_level", "peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = (), *, keep_level: int = 64) -> None:
        self.size = size
        self.peaks = list(peaks)
        self.keep_level = keep_level
        self.completed: list[tuple[int, int, bytes]] = []
        """(level, index, hash) of subtrees completed by `add` at or above `keep_level`; the caller empties it."""

    def add(self, leaf: bytes) -> None:
        """Take in the hash of the next leaf."""
        index, level, node = self.size, 0, leaf
        while index & 1:
            node = _sha256(b"\x01" + self.peaks.pop() + node).digest()
            index >>= 1
            level += 1
            if level >= self.keep_level:
                self.completed.append((level, index, node))
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root as it stands."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = hash_node(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """The peaks, one after the other."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, data: bytes, *, keep_level: int = 64) -> "Frontier | None":
        """The frontier spelt by `data`, or None when it cannot be one of a tree of this size."""
        if size < 0 or len(data) != HASH_BYTES * size.bit_count():
            return None
        peaks = [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]
        return cls(size, peaks, keep_level=keep_level)


def _split(size: int) -> int:
    """The largest power of two below `size` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def hash_range(subtrees: Subtrees, start: int, end: int) -> bytes:
    """MTH(D[start:end]) for a range that occurs in a tree, so `start` is a multiple of its left subtree's size."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtrees(level, start >> level)
    middle = start + _split(size)
    return hash_node(hash_range(subtrees, start, middle), hash_range(subtrees, middle, end))


def inclusion_path(subtrees: Subtrees, index: int, size: int) -> list[bytes]:
    """PATH(index, D[0:size]) of RFC 9162 2.1.3.1, nearest sibling first; needs 0 <= index < size."""
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(hash_range(subtrees, middle, end))
            end = middle
        else:
            path.append(hash_range(subtrees, start, middle))
            start = middle
    return path[::-1]


def consistency_path(subtrees: Subtrees, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[0:new]) of RFC 9162 2.1.4.1; empty for old = 0 and old = new."""
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(hash_range(subtrees, middle, end))
            end = middle
        else:
            path.append(hash_range(subtrees, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(hash_range(subtrees, start, end))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the leaf hash stands at `index` of the tree (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = hash_node(sibling, node)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            node = hash_node(node, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and node == root


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the old tree is the beginning of the new one (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    siblings = list(path)
    if old & (old - 1) == 0:
        siblings.insert(0, old_root)
    if not siblings:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    first = second = siblings[0]
    for sibling in siblings[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = hash_node(sibling, first), hash_node(sibling, second)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            second = hash_node(second, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root
