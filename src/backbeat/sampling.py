"""Random samples that anybody can draw again: which of what there is is looked at, by size and seed.

The draw is a pure function of what there is, the size and a seed, so that nothing can have been left out unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from backbeat.errors import Bug

__all__ = ["allocate", "draw", "draw_by_stratum"]


def _order(seed: str, key: str) -> bytes:
    return sha256(f"{seed}\n{key}".encode()).digest()


def draw(keys: Iterable[str], size: int, seed: str) -> tuple[str, ...]:
    """A simple random sample without replacement, in random order; all of them if there are fewer than `size`.

    Each key is ranked by the SHA-256 of seed, line feed and key, so neither order nor repetition of `keys` matters.

    Raises:
        Bug: size below 1.

    >>> draw(["a", "b", "c"], 2, "s") == draw(["c", "b", "a", "a"], 2, "s")
    True
    """
    if size < 1:
        raise Bug("a sample needs a size of at least 1")
    return tuple(sorted(set(keys), key=lambda key: _order(seed, key))[:size])


def allocate(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many of `size` fall to each stratum: in proportion, by largest remainder, ties by name.

    Every stratum that has anything gets one at least as long as `size` allows; none gets more than it has.

    >>> allocate({"8N": 90, "1": 1, "40": 9}, 10)
    {'1': 1, '40': 1, '8N': 8}
    """
    names = sorted(name for name, count in sizes.items() if count > 0)
    total = sum(sizes[name] for name in names)
    size = min(size, total)
    if size < len(names):
        largest = sorted(names, key=lambda name: (-sizes[name], name))[:size]
        return {name: int(name in largest) for name in names}
    given = dict.fromkeys(names, 1)
    for _ in range(size - len(names)):
        open_names = [name for name in names if given[name] < sizes[name]]
        short = max(open_names, key=lambda name: (sizes[name] * size / total - given[name], -names.index(name)))
        given[short] += 1
    return given


def draw_by_stratum(strata: Mapping[str, Sequence[str]], size: int, seed: str) -> dict[str, tuple[str, ...]]:
    """A sample of each stratum, sizes as `allocate` says. A key that stands in several strata may be drawn in each."""
    distinct = {name: sorted(set(keys)) for name, keys in strata.items()}
    shares = allocate({name: len(keys) for name, keys in distinct.items()}, size)
    return {name: draw(distinct[name], count, f"{seed}\n{name}") for name, count in shares.items() if count}
