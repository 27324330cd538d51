"""No hidden count can be worked out from what is shown: held against linear algebra over the published sums."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backbeat.triage.rates import SMALLEST, OutcomeTable, tabulate

OUTCOMES = ("a", "b", "c")


@st.composite
def tables(draw: st.DrawFn) -> tuple[OutcomeTable, list[list[int]]]:
    count = draw(st.integers(1, 5))
    small = st.integers(0, 6)
    rows = draw(st.lists(st.tuples(*[st.one_of(small, st.integers(0, 60))] * 3), min_size=count, max_size=count))
    people = [
        (f"g{group}", outcome) for group, row in enumerate(rows) for outcome, n in zip(OUTCOMES, row, strict=True)
        for _ in range(n)
    ]  # fmt: skip
    found = tabulate("x", people, outcomes=OUTCOMES, groups=tuple(f"g{n}" for n in range(count)))
    whole = [[*row, sum(row)] for row in rows]
    whole.append([sum(column) for column in zip(*whole, strict=True)])
    return found, whole


def equations(lines: int, columns: int) -> np.ndarray:
    """One row for each sum: the parts less the total are nought."""
    made = []
    for line in range(lines):
        row = np.zeros((lines, columns))
        row[line, :] = 1
        row[line, -1] = -1
        made.append(row.ravel())
    for column in range(columns):
        row = np.zeros((lines, columns))
        row[:, column] = 1
        row[-1, column] = -1
        made.append(row.ravel())
    return np.array(made)


@given(tables())
@settings(max_examples=150, deadline=None)
def test_no_hidden_count_follows_from_those_shown(made: tuple[OutcomeTable, list[list[int]]]) -> None:
    found, _whole = made
    hidden = np.array([[cell.hidden for cell in cells] for _group, cells in found.rows])
    sums = equations(*hidden.shape)[:, hidden.ravel()]
    if not sums.shape[1]:
        return
    # A count is determined where no solution of "all sums change by nothing" moves it.
    _u, values, vectors = np.linalg.svd(sums)
    rank = int((values > 1e-9).sum())
    free = vectors[rank:]
    assert (np.abs(free) > 1e-9).any(axis=0).all()


@given(tables())
@settings(max_examples=150, deadline=None)
def test_what_is_shown_is_true_and_nothing_small_is(made: tuple[OutcomeTable, list[list[int]]]) -> None:
    found, whole = made
    for (_group, cells), row in zip(found.rows, whole, strict=True):
        for cell, count in zip(cells, row, strict=True):
            assert cell.hidden or cell.count == count
            assert cell.hidden or count >= SMALLEST
            assert cell.share_per_10000 is None or not cells[-1].hidden


@given(tables())
@settings(max_examples=100, deadline=None)
def test_what_a_line_leaves_open_is_never_little(made: tuple[OutcomeTable, list[list[int]]]) -> None:
    found, whole = made
    for (_group, cells), row in zip(found.rows, whole, strict=True):
        left = [count for cell, count in zip(cells[:-1], row[:-1], strict=True) if cell.hidden]
        if left and not cells[-1].hidden:
            assert sum(left) >= SMALLEST
