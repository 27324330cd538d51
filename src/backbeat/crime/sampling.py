"""Audit by random sample: who is looked at, and how far the result can be trusted.

The draw is a pure function of what there is, the size and a seed, so that anybody can draw the same sample again and
see that nothing was left out. Error rates carry an interval; an inspector's sample is a sample.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import NormalDist

from backbeat.errors import Bug

__all__ = ["Checked", "Interval", "Tally", "allocate", "clopper_pearson", "draw", "draw_by_stratum", "tally", "wilson"]

CONFIDENCE = 0.95
_NEGLIGIBLE = 1e-18
"""Share of a sum below which a further term changes no digit of it."""
_HALVINGS = 60
"""Of [0, 1] in the search for an exact bound: more than the digits of a float."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends included, between 0 and 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What a reviewer found in one report of a sample."""

    recorded: int
    """Crimes that stand recorded, >= 0."""
    should: int
    """Crimes that should stand recorded, >= 0."""
    class_right: bool = True
    """Whether every class is the right one."""

    def __post_init__(self) -> None:
        if self.recorded < 0 or self.should < 0:
            raise Bug("a count of crimes is never negative")

    @property
    def over(self) -> int:
        """Crimes too many."""
        return max(0, self.recorded - self.should)

    @property
    def under(self) -> int:
        """Crimes too few."""
        return max(0, self.should - self.recorded)

    @property
    def wrong(self) -> bool:
        """Whether the report counts as an error."""
        return bool(self.over or self.under or not self.class_right)


@dataclass(frozen=True, slots=True)
class Tally:
    """The result of a sample. Over- and under-recording never cancel out: each is counted apart."""

    items: int
    errors: int
    wrong_class: int
    over_items: int
    over_crimes: int
    under_items: int
    under_crimes: int
    recorded: int
    should: int

    @property
    def rate(self) -> float | None:
        """Share of reports in error; None while nothing is checked."""
        return self.errors / self.items if self.items else None

    @property
    def wilson(self) -> Interval | None:
        """95 % interval of `rate` by Wilson's score; None while nothing is checked."""
        return wilson(self.errors, self.items) if self.items else None

    @property
    def exact(self) -> Interval | None:
        """95 % interval of `rate` by Clopper and Pearson, never too narrow; None while nothing is checked."""
        return clopper_pearson(self.errors, self.items) if self.items else None

    @property
    def accuracy(self) -> float | None:
        """Of the crimes that should be recorded, the share that is: what inspectors publish. None without any."""
        return (self.should - self.under_crimes) / self.should if self.should else None


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


def tally(checked: Iterable[Checked]) -> Tally:
    """Everything found so far, added up."""
    found = list(checked)
    return Tally(
        items=len(found),
        errors=sum(item.wrong for item in found),
        wrong_class=sum(not item.class_right for item in found),
        over_items=sum(item.over > 0 for item in found),
        over_crimes=sum(item.over for item in found),
        under_items=sum(item.under > 0 for item in found),
        under_crimes=sum(item.under for item in found),
        recorded=sum(item.recorded for item in found),
        should=sum(item.should for item in found),
    )


def _require_share(errors: int, items: int) -> None:
    if not 0 <= errors <= items or items < 1:
        raise Bug(f"{errors} of {items} is no share")


def wilson(errors: int, items: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval of a share.

    Raises:
        Bug: not 0 <= errors <= items, or no items.

    >>> interval = wilson(0, 10)
    >>> interval.low, round(interval.high, 4)
    (0.0, 0.2775)
    """
    _require_share(errors, items)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = errors / items, z * z / items
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / items + spread / (4 * items)) / (1 + spread)
    # The ends are exact there; arithmetic leaves them a last digit away.
    low = 0.0 if errors == 0 else max(0.0, middle - half)
    high = 1.0 if errors == items else min(1.0, middle + half)
    return Interval(low, high)


def _at_most(errors: int, items: int, share: float) -> float:
    """P(X <= errors) of a binomial: the tail that holds no peak is summed outwards, each term from the one before."""
    if share <= 0:
        return 1.0
    if share >= 1 or errors >= items:
        return float(errors >= items)
    odds = share / (1 - share)
    below = errors < items * share
    at = errors if below else errors + 1
    term = math.exp(
        math.lgamma(items + 1)
        - math.lgamma(at + 1)
        - math.lgamma(items - at + 1)
        + at * math.log(share)
        + (items - at) * math.log1p(-share)
    )
    tail = 0.0
    while term > tail * _NEGLIGIBLE:
        tail += term
        term *= at / (items - at + 1) / odds if below else (items - at) / (at + 1) * odds
        at += -1 if below else 1
    return min(1.0, tail) if below else max(0.0, 1 - tail)


def clopper_pearson(errors: int, items: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a share: it holds the truth in at least `confidence` of samples.

    Raises:
        Bug: not 0 <= errors <= items, or no items.
    """
    _require_share(errors, items)
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else _solve(lambda share: 1 - _at_most(errors - 1, items, share) < tail)
    high = 1.0 if errors == items else _solve(lambda share: _at_most(errors, items, share) > tail)
    return Interval(low, high)


def _solve(is_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2
