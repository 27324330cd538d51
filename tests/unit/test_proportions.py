"""Intervals against figures worked out elsewhere."""

import math

import pytest

from backbeat.errors import Bug
from backbeat.proportions import Interval, at_most_when_none, paired_difference, per_10000, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(69, 160, 0.357, 0.509), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (1, 1, 0.2065, 1)],  # Newcombe's tables
)
def test_wilson(part: int, whole: int, low: float, high: float) -> None:
    found = wilson(part, whole)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-4)


def test_none_found_leaves_three_over_n() -> None:
    assert at_most_when_none(1000) == pytest.approx(3 / 1000, rel=0.01)
    assert (1 - at_most_when_none(50)) ** 50 == pytest.approx(0.05)


def test_a_difference_of_pairs_turns_round_with_its_sides_and_narrows() -> None:
    one, other = paired_difference(30, 10, 400), paired_difference(10, 30, 400)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert one.low < -20 / 400 < one.high < 0
    wide = paired_difference(3, 1, 40)
    assert wide.high - wide.low > one.high - one.low


def test_nothing_is_no_share() -> None:
    for call in (
        lambda: wilson(0, 0),
        lambda: wilson(2, 1),
        lambda: at_most_when_none(0),
        lambda: paired_difference(1, 1, 1),
        lambda: paired_difference(-1, 1, 5),
    ):
        with pytest.raises(Bug):
            call()
    assert per_10000(0, 0) is None


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 3, 3333), (2, 3, 6667), (1, 20_000, 1), (1, 20_001, 0)])
def test_a_share_is_rounded_to_the_nearest(part: int, whole: int, share: int) -> None:
    assert per_10000(part, whole) == share


def test_written_down_an_interval_is_never_narrower() -> None:
    assert Interval(1 / 3, 2 / 3).to_json() == [math.floor(10_000 / 3), math.ceil(20_000 / 3)]
