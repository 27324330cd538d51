"""Outcomes by a characteristic of the person, with care for small numbers: who is not attended more often than others.

A cell below `SMALLEST` is hidden, and so is whatever else it takes that no hidden cell can be worked out from the rest:
the totals are published, so one hidden cell in a line is no hidden cell. Cells and totals are looked at together as a
graph (lines are its points, hidden cells its edges): a cell can be worked out exactly where its edge is a bridge.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.proportions import Interval, per_10000, wilson

__all__ = ["NOT_RECORDED", "SMALLEST", "Cell", "OutcomeTable", "tabulate"]

SMALLEST = 5
"""Counts below this, nought included, are not shown."""
NOT_RECORDED = "not recorded"
"""The group of people about whom nobody wrote the characteristic down; always shown as a group of its own."""
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Cell:
    """One count with its share of the group; everything None where it is hidden."""

    count: int | None
    share_per_10000: int | None = None
    interval: Interval | None = None
    """Wilson, 95 %."""

    @property
    def hidden(self) -> bool:
        """Whether it is held back."""
        return self.count is None

    def to_json(self) -> Json:
        """Plain values; hidden is null, never nought."""
        return {
            "count": self.count,
            "share_per_10000": self.share_per_10000,
            "interval_per_10000": None if self.interval is None else self.interval.to_json(),
        }


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """Groups down, outcomes across, totals last in both directions."""

    characteristic: str
    outcomes: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    """`(group, one cell for each outcome, then the group's total)`; the last group is `total`."""

    @property
    def hidden(self) -> int:
        """Cells held back."""
        return sum(cell.hidden for _group, cells in self.rows for cell in cells)

    def to_json(self) -> dict[str, Json]:
        """Plain values."""
        return {
            "characteristic": self.characteristic,
            "outcomes": [*self.outcomes, TOTAL],
            "smallest_shown": SMALLEST,
            "groups": [{"group": group, "cells": [cell.to_json() for cell in cells]} for group, cells in self.rows],
        }


def tabulate(
    characteristic: str,
    people: Iterable[tuple[str | None, str]],
    *,
    outcomes: Sequence[str],
    groups: Sequence[str] = (),
) -> OutcomeTable:
    """Count outcomes by group and hide what is too small.

    Args:
        characteristic: its name, as the page shows it.
        people: `(group, outcome)`, one for each call; None or empty is `NOT_RECORDED`.
        outcomes: columns, in order; every outcome that occurs must be among them.
        groups: rows that are shown first and also where nobody belongs to them; others follow by name.

    Raises:
        Bug: an outcome is no column, or a group is called `total`.
    """
    counts: Counter[tuple[str, str]] = Counter((group or NOT_RECORDED, outcome) for group, outcome in people)
    for group, outcome in counts:
        if outcome not in outcomes or group == TOTAL:
            raise Bug(f"{outcome} is no column, or a group is called {TOTAL}")
    found = {group for group, _outcome in counts} - set(groups)
    names = [*groups, *sorted(found - {NOT_RECORDED}), *sorted(found & {NOT_RECORDED})]
    grid = [[counts[group, outcome] for outcome in outcomes] for group in names]
    for row in grid:
        row.append(sum(row))
    grid.append([sum(column) for column in zip(*grid, strict=True)] if grid else [0] * (len(outcomes) + 1))
    hidden = _hide(grid)
    rows = tuple(
        (name, tuple(_cell(grid, hidden, line, column) for column in range(len(outcomes) + 1)))
        for line, name in enumerate([*names, TOTAL])
    )
    return OutcomeTable(characteristic, tuple(outcomes), rows)


def _cell(grid: Sequence[Sequence[int]], hidden: set[tuple[int, int]], line: int, column: int) -> Cell:
    count, whole = grid[line][column], grid[line][-1]
    if (line, column) in hidden:
        return Cell(None)
    if (line, len(grid[line]) - 1) in hidden or not whole:
        return Cell(count)
    return Cell(count, per_10000(count, whole), wilson(count, whole))


def _hide(grid: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
    """Cells to hold back, totals among them: the small ones, and others until none of them can be worked out."""
    size = {(line, column): count for line, row in enumerate(grid) for column, count in enumerate(row)}
    hidden = {cell for cell, count in size.items() if count < SMALLEST}
    while exposed := _exposed(hidden, size, (len(grid) - 1, len(grid[0]) - 1)):
        line, column = min(exposed)
        beside = [cell for cell in size if (cell[0] == line or cell[1] == column) and cell not in hidden]
        if not beside:
            # Both lines are hidden whole: only a table with everything hidden says nothing of the rest.
            return set(size)
        hidden.add(min(beside, key=lambda cell: (size[cell], cell)))
    return hidden


def _exposed(
    hidden: set[tuple[int, int]], size: Mapping[tuple[int, int], int], corner: tuple[int, int]
) -> set[tuple[int, int]]:
    """Hidden cells that can be worked out exactly, or that are known to be small because their line leaves little."""
    found = _bridges(hidden)
    for way in (0, 1):
        lines: dict[int, list[tuple[int, int]]] = {}
        for cell in hidden:
            lines.setdefault(cell[way], []).append(cell)
        for cells in lines.values():
            # What stands open is the total less what is shown; with the total itself hidden nothing stands open.
            if all(cell[1 - way] != corner[1 - way] for cell in cells) and sum(size[cell] for cell in cells) < SMALLEST:
                found.update(cells)
    return found


def _bridges(hidden: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Edges without which their two ends would lie apart. Tables are small, so each is tried out."""
    return {cell for cell in hidden if not _joined(cell, hidden - {cell})}


def _joined(cell: tuple[int, int], edges: set[tuple[int, int]]) -> bool:
    """Whether a row and a column are joined by some of the edges."""
    reached, waiting = {("row", cell[0])}, [("row", cell[0])]
    while waiting:
        kind, number = waiting.pop()
        for line, column in edges:
            here, there = (("row", line), ("column", column)) if kind == "row" else (("column", column), ("row", line))
            if here == (kind, number) and there not in reached:
                reached.add(there)
                waiting.append(there)
    return ("column", cell[1]) in reached
