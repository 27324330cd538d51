"""Outcomes by characteristic: the sums, the shares, and what is hidden, by hand."""

import pytest

from backbeat.errors import Bug
from backbeat.triage.rates import NOT_RECORDED, SMALLEST, OutcomeTable, tabulate

OUTCOMES = ("attended", "partner", "supervisor")


def table(counts: dict[str | None, tuple[int, ...]], **more: tuple[str, ...]) -> OutcomeTable:
    people = [
        (group, outcome)
        for group, row in counts.items()
        for outcome, count in zip(OUTCOMES, row, strict=True)
        for _ in range(count)
    ]
    return tabulate("ethnicity", people, outcomes=OUTCOMES, **more)


def shown(found: OutcomeTable) -> dict[str, list[int | None]]:
    return {group: [cell.count for cell in cells] for group, cells in found.rows}


def test_large_counts_are_shown_with_totals_and_shares() -> None:
    found = table({"B": (10, 20, 10), "A": (30, 60, 10), None: (5, 5, 10)})
    assert shown(found) == {
        "A": [30, 60, 10, 100],
        "B": [10, 20, 10, 40],
        NOT_RECORDED: [5, 5, 10, 20],
        "total": [45, 85, 30, 160],
    }
    assert found.hidden == 0
    cell = dict(found.rows)["A"][1]
    assert cell.share_per_10000 == 6000
    assert cell.interval is not None
    assert (round(cell.interval.low, 3), round(cell.interval.high, 3)) == (0.502, 0.691)


def test_a_small_count_takes_others_with_it_so_that_no_sum_gives_it_away() -> None:
    found = shown(table({"A": (30, 60, 10), "B": (10, 20, 4), "C": (40, 50, 60)}))
    assert found["B"][2] is None
    # Its row and its column each hide another, and that one again: the corners of a rectangle.
    for line in (list(found.values()), list(zip(*found.values(), strict=True))):
        assert all(sum(cell is None for cell in cells) != 1 for cells in line)
    assert found["total"][3] == 284


def test_nought_is_hidden_too() -> None:
    # A group of which nobody was attended says as much of each of its people as a small count does.
    assert shown(table({"A": (0, 60, 10), "B": (20, 20, 20)}))["A"][0] is None


def test_several_small_counts_that_add_up_to_little_hide_a_larger_one() -> None:
    found = shown(table({"A": (1, 2, 40), "B": (20, 30, 40), "C": (20, 30, 50)}))
    assert found["A"][:2] == [None, None]
    assert None in (found["A"][2], found["A"][3])


@pytest.mark.parametrize("counts", [{}, {"A": (1, 1, 1)}, {"A": (1, 1, 1), "B": (0, 1, 0)}])
def test_a_table_of_almost_nobody_shows_nothing(counts: dict[str | None, tuple[int, ...]]) -> None:
    assert {cell for row in shown(table(counts)).values() for cell in row} == {None}


def test_groups_asked_for_stand_first_and_not_recorded_last() -> None:
    found = table({None: (9, 9, 9), "Z": (9, 9, 9), "A": (9, 9, 9)}, groups=("White", "Z"))
    assert [group for group, _cells in found.rows] == ["White", "Z", "A", NOT_RECORDED, "total"]


def test_what_is_hidden_is_null_in_json_and_has_no_share() -> None:
    found = table({"A": (1, 60, 10), "B": (20, 20, 20)}).to_json()
    assert found["smallest_shown"] == SMALLEST
    assert found["groups"][0]["cells"][0] == {"count": None, "share_per_10000": None, "interval_per_10000": None}


def test_an_outcome_without_a_column_is_a_bug() -> None:
    with pytest.raises(Bug):
        tabulate("sex", [("female", "elsewhere")], outcomes=OUTCOMES)
    with pytest.raises(Bug):
        tabulate("sex", [("total", "partner")], outcomes=OUTCOMES)
