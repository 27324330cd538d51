"""Points to prove, where the rules print what an offence consists of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from backbeat.crime.assist.corpus import rows_of
from backbeat.crime.assist.proposals import Point
from backbeat.crime.rules import Rules, source_of

__all__ = ["points_by_offence", "points_of"]

Pair = tuple[str, str]


def points_by_offence(rules: Rules) -> Mapping[Pair, tuple[Point, ...]]:
    """Points by code and class, in the order of the page."""
    found: dict[Pair, list[Point]] = defaultdict(list)
    for row in rows_of(rules, "points_to_prove"):
        key = (row["code"], row["class"])
        found[key].append(Point(row["code"], row["class"], row["point"], source_of(row), row["law"]))
    return {key: tuple(points) for key, points in found.items()}


def points_of(points: Mapping[Pair, tuple[Point, ...]], offences: Iterable[Pair]) -> tuple[Point, ...]:
    """Points of several offences, one offence after the other."""
    return tuple(point for pair in offences for point in points.get(pair, ()))
