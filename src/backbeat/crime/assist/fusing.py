"""Two orders of the same entries made one by reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

__all__ = ["fuse"]

K = 60
"""The constant of the paper: the first of one order does not beat what both have near the top."""

Name = TypeVar("Name", bound=Hashable)


def fuse(orders: Iterable[Sequence[Name]]) -> dict[Name, float]:
    """Score of every name, more is better: the sum of 1 / (60 + rank) over the orders that have it, ranks from 1."""
    scores: dict[Name, float] = defaultdict(float)
    for order in orders:
        for rank, name in enumerate(order, start=1):
            scores[name] += 1 / (K + rank)
    return dict(scores)
