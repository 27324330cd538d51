"""How far a share, or a difference of shares, may be trusted: closed forms, the same on every machine."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from backbeat.canonical import Json
from backbeat.errors import Bug

__all__ = [
    "CONFIDENCE",
    "Interval",
    "at_most_when_none",
    "clopper_pearson",
    "paired_difference",
    "per_10000",
    "wilson",
]

CONFIDENCE = 0.95
_NEGLIGIBLE = 1e-18
"""Share of a sum below which a further term changes no digit of it."""
_HALVINGS = 60
"""Of [0, 1] in the search for an exact bound: more than the digits of a float."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends are included."""

    low: float
    high: float

    def to_json(self) -> Json:
        """Ten-thousandths, rounded outwards so that writing down never narrows it."""
        return [math.floor(self.low * 10_000), math.ceil(self.high * 10_000)]


def per_10000(part: int, whole: int) -> int | None:
    """A share in ten-thousandths, rounded to the nearest; None of nothing."""
    return (part * 20_000 + whole) // (2 * whole) if whole else None


def wilson(part: int, whole: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval of a share.

    Raises:
        Bug: not 0 <= part <= whole, or the whole is nothing.

    >>> interval = wilson(0, 10)
    >>> interval.low, round(interval.high, 4)
    (0.0, 0.2775)
    """
    _require_share(part, whole)
    z = _z(confidence)
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    # The ends are exact there; arithmetic leaves them a last digit away.
    low = 0.0 if part == 0 else max(0.0, middle - half)
    high = 1.0 if part == whole else min(1.0, middle + half)
    return Interval(low, high)


def _at_most(part: int, whole: int, share: float) -> float:
    """P(X <= part) of a binomial: the tail that holds no peak is summed outwards, each term from the one before."""
    if share <= 0:
        return 1.0
    if share >= 1 or part >= whole:
        return float(part >= whole)
    odds = share / (1 - share)
    below = part < whole * share
    at = part if below else part + 1
    term = math.exp(
        math.lgamma(whole + 1)
        - math.lgamma(at + 1)
        - math.lgamma(whole - at + 1)
        + at * math.log(share)
        + (whole - at) * math.log1p(-share)
    )
    tail = 0.0
    while term > tail * _NEGLIGIBLE:
        tail += term
        term *= at / (whole - at + 1) / odds if below else (whole - at) / (at + 1) * odds
        at += -1 if below else 1
    return min(1.0, tail) if below else max(0.0, 1 - tail)


def clopper_pearson(part: int, whole: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a share: it holds the truth in at least `confidence` of samples.

    Raises:
        Bug: not 0 <= part <= whole, or no whole.
    """
    _require_share(part, whole)
    tail = (1 - confidence) / 2
    low = 0.0 if part == 0 else _solve(lambda share: 1 - _at_most(part - 1, whole, share) < tail)
    high = 1.0 if part == whole else _solve(lambda share: _at_most(part, whole, share) > tail)
    return Interval(low, high)


def _solve(is_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def at_most_when_none(whole: int, confidence: float = CONFIDENCE) -> float:
    """The share that cannot be ruled out when none of `whole` was found (exact, one-sided): `1 - (1 - c)^(1/n)`.

    Raises:
        Bug: the whole is nothing.

    >>> round(at_most_when_none(1000), 5)
    0.00299
    """
    _require_share(0, whole)
    return -math.expm1(math.log1p(-confidence) / whole)


def paired_difference(only_old: int, only_new: int, pairs: int, confidence: float = CONFIDENCE) -> Interval:
    """Interval of `share new - share old` where the same calls are decided twice (Bonett and Price, 2012).

    Args:
        only_old: calls where only the old policy has it.
        only_new: calls where only the new policy has it.
        pairs: all calls.
        confidence: two-sided.

    Raises:
        Bug: the counts do not fit into the pairs, or there are none.

    >>> interval = paired_difference(20, 5, 100)
    >>> round(interval.low, 3), round(interval.high, 3)
    (-0.245, -0.049)
    """
    if min(only_old, only_new) < 0:
        raise Bug("a count of pairs is negative")
    _require_share(only_old + only_new, pairs)
    old, new = (only_old + 1) / (pairs + 2), (only_new + 1) / (pairs + 2)
    difference = new - old
    half = _z(confidence) * math.sqrt(max(0.0, old + new - difference * difference) / (pairs + 2))
    return Interval(max(-1.0, difference - half), min(1.0, difference + half))


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _require_share(part: int, whole: int) -> None:
    if not 0 <= part <= whole or whole < 1:
        raise Bug(f"{part} of {whole} is no share")
