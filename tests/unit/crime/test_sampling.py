"""Audit samples: the draw, the strata, the intervals, and what counts as an error."""

import json
import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.crime.sampling import Checked, tally
from backbeat.errors import Bug
from backbeat.proportions import clopper_pearson, wilson
from backbeat.sampling import allocate, draw, draw_by_stratum

KEYS = st.lists(st.text("abcdef", min_size=1, max_size=4), max_size=30)


@given(KEYS, st.integers(1, 40), st.text(max_size=5), st.randoms(use_true_random=False))
def test_a_draw_depends_on_what_there_is_and_not_on_its_order(keys, size, seed, random):
    shuffled = [*keys, *keys[:3]]
    random.shuffle(shuffled)
    drawn = draw(keys, size, seed)
    assert drawn == draw(shuffled, size, seed)
    assert len(drawn) == min(size, len(set(keys)))
    assert set(drawn) <= set(keys)
    assert len(set(drawn)) == len(drawn)


def test_every_pair_is_drawn_about_as_often_as_every_other():
    seen = dict.fromkeys(combinations("abcde", 2), 0)
    for seed in range(5000):
        seen[tuple(sorted(draw("abcde", 2, str(seed))))] += 1
    # 10 pairs, 500 each expected; 4 standard deviations are 85.
    assert all(415 <= count <= 585 for count in seen.values()), seen


@pytest.mark.parametrize(
    ("sizes", "size", "shares"),
    [
        ({"8N": 90, "1": 1, "40": 9}, 10, {"1": 1, "40": 1, "8N": 8}),
        ({"a": 1, "b": 1}, 10, {"a": 1, "b": 1}),  # asked for more than there is
        ({"a": 0, "b": 4}, 2, {"b": 2}),  # an empty stratum gets none
        ({"a": 5, "b": 50, "c": 20}, 2, {"a": 0, "b": 1, "c": 1}),  # fewer than strata: the largest
        ({}, 5, {}),
    ],
)
def test_strata_share_a_sample_in_proportion(sizes, size, shares):
    assert allocate(sizes, size) == shares


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=2), st.integers(0, 40), max_size=6), st.integers(1, 120))
def test_shares_add_up_and_no_stratum_gives_more_than_it_has(sizes, size):
    shares = allocate(sizes, size)
    assert sum(shares.values()) == min(size, sum(sizes.values()))
    assert all(0 <= share <= sizes[name] for name, share in shares.items())


def test_a_sample_by_stratum_holds_keys_of_their_own_stratum():
    strata = {"8N": [f"n{i}" for i in range(60)], "40": [f"t{i}" for i in range(20)]}
    drawn = draw_by_stratum(strata, 8, "seed")
    assert {name: len(keys) for name, keys in drawn.items()} == {"8N": 6, "40": 2}
    assert all(key in strata[name] for name, keys in drawn.items() for key in keys)


@pytest.mark.parametrize(
    ("errors", "items", "low", "high"),
    [
        # Newcombe 1998, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_values(errors, items, low, high):
    interval = wilson(errors, items)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("errors", "items", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0000, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_clopper_pearson_agrees_with_published_values(errors, items, low, high):
    interval = clopper_pearson(errors, items)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_exact_interval_agrees_with_the_vectors_of_the_reference_data(shared_data):
    vectors = json.loads((shared_data / "lfr" / "vectors.json").read_text())["proportions"]
    for case in vectors:
        interval = clopper_pearson(case["k"], case["n"])
        assert (interval.low, interval.high) == pytest.approx(case["clopper_pearson_95"], abs=1e-6)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_share_and_the_exact_ends_are_exact(share):
    errors, items = share
    for interval in (wilson(errors, items), clopper_pearson(errors, items)):
        assert 0 <= interval.low <= errors / items <= interval.high <= 1
    exact = clopper_pearson(errors, items)
    if errors < items:
        below = math.fsum(
            math.comb(items, k) * exact.high**k * (1 - exact.high) ** (items - k) for k in range(errors + 1)
        )
        assert below == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(("errors", "items"), [(1, 0), (-1, 5), (6, 5), (0, 0)])
def test_what_is_no_share_has_no_interval(errors, items):
    for function in (wilson, clopper_pearson):
        with pytest.raises(Bug, match="no share"):
            function(errors, items)


def test_over_and_under_recording_do_not_cancel_out():
    found = tally([Checked(2, 1), Checked(1, 3), Checked(1, 1), Checked(1, 1, class_right=False)])
    assert (found.items, found.errors, found.wrong_class) == (4, 3, 1)
    assert (found.over_items, found.over_crimes) == (1, 1)
    assert (found.under_items, found.under_crimes) == (1, 2)
    assert (found.recorded, found.should) == (5, 6)
    assert found.rate == 0.75
    assert found.accuracy == pytest.approx(4 / 6)


def test_nothing_checked_has_no_rate():
    nothing = tally([])
    assert (nothing.rate, nothing.wilson, nothing.exact, nothing.accuracy) == (None, None, None, None)
    with pytest.raises(Bug):
        Checked(-1, 0)
    with pytest.raises(Bug):
        draw(["a"], 0, "s")
