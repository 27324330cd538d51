"""RFC 6962 / RFC 9162, section 2.1: the published roots, and the proofs of the RFC's own worked example."""

import json
from pathlib import Path
from typing import ClassVar

import pytest

from backbeat.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    hash_leaf,
    hash_node,
    hash_range,
    inclusion_path,
)

VECTORS = Path(__file__).parent / "data" / "merkle_rfc6962.json"


def root_of(leaves_hex: list[str]) -> str:
    tree = Frontier()
    for leaf in leaves_hex:
        tree.add(hash_leaf(bytes.fromhex(leaf)))
    return tree.root().hex()


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text())["merkle_rfc6962"], ids=lambda v: v["root"][:8])
def test_published_roots(vector):
    assert root_of(vector["leaves_hex"]) == vector["root"]


def test_our_copy_of_the_roots_is_the_reference_folders(shared_data: Path):
    reference = json.loads((shared_data / "lfr" / "vectors.json").read_text())["merkle_rfc6962"]
    assert json.loads(VECTORS.read_text())["merkle_rfc6962"] == reference
    assert [root_of(vector["leaves_hex"]) for vector in reference] == [vector["root"] for vector in reference]


class Example:
    """The tree of seven leaves drawn in RFC 9162, section 2.1.5, with its names for the nodes."""

    leaves: ClassVar = [hash_leaf(bytes([n])) for n in range(7)]
    a, b, c, d, e, f, j = leaves
    g, h, i = hash_node(a, b), hash_node(c, d), hash_node(e, f)
    k, l = hash_node(g, h), hash_node(i, j)  # noqa: E741  # the RFC's own letters
    root = hash_node(k, l)

    @classmethod
    def subtrees(cls, level: int, place: int) -> bytes:
        return [cls.leaves, [cls.g, cls.h, cls.i], [cls.k]][level][place]


def test_the_empty_tree_is_the_hash_of_nothing():
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Frontier().root() == EMPTY_ROOT


def test_the_examples_root():
    assert hash_range(Example.subtrees, 0, 7) == Example.root


@pytest.mark.parametrize(
    ("leaf", "path"),
    [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")],
)
def test_the_examples_inclusion_paths(leaf, path):
    assert inclusion_path(Example.subtrees, leaf, 7) == [getattr(Example, name) for name in path]


@pytest.mark.parametrize(
    ("old", "path"),
    [(3, "cdgl"), (4, "l"), (6, "ijk")],
)
def test_the_examples_consistency_paths(old, path):
    assert consistency_path(Example.subtrees, old, 7) == [getattr(Example, name) for name in path]
