"""What changes between two versions of a policy: table, row, cell, old and new, in plain words."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backbeat.canonical import Json
from backbeat.rulebook import Hit
from backbeat.rulebook.table import Table
from backbeat.triage.policy.proposing import DEFAULT, TIE, columns_of, text_rows_of

__all__ = ["CellChange", "Moved", "RowChange", "TableChange", "compare_tables"]

_ORDERED = frozenset({Hit.FIRST, Hit.GATES})
"""Hit policies in which the place of a row decides."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that reads otherwise."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is new (`old` is None), gone (`new` is None), or reads otherwise in some cells."""

    row: str
    old: Mapping[str, str] | None
    new: Mapping[str, str] | None
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that stands elsewhere among the rows that both versions have. Places count from 1 in the whole table."""

    row: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class TableChange:
    """Everything that changes in one table."""

    table: str
    title: str
    locked: bool
    rows: tuple[RowChange, ...]
    moved: tuple[Moved, ...]
    order_decides: bool

    def lines(self) -> tuple[str, ...]:
        """The change in plain words, the table first."""
        made = [f"Table {self.table}{f' ({self.title})' if self.title else ''}{', locked' if self.locked else ''}:"]
        for row in self.rows:
            made.append(_row_line(row))
            made += [f"    {cell.column}: {_shown(cell.old)} → {_shown(cell.new)}" for cell in row.cells]
        why = "which may change what is decided" if self.order_decides else "which changes nothing that is decided"
        made += [f"  row {one.row} moves from place {one.old} to place {one.new}, {why}" for one in self.moved]
        return tuple(made)

    def to_json(self) -> dict[str, Json]:
        """The change as JSON."""
        return {
            "table": self.table,
            "title": self.title,
            "locked": self.locked,
            "rows": [
                {
                    "row": row.row,
                    "change": "added" if row.old is None else "removed" if row.new is None else "changed",
                    "cells": [{"column": c.column, "old": c.old, "new": c.new} for c in row.cells],
                }
                for row in self.rows
            ],
            "moved": [{"row": one.row, "old": one.old, "new": one.new} for one in self.moved],
        }


def compare_tables(before: Mapping[str, Table], after: Mapping[str, Table]) -> tuple[TableChange, ...]:
    """What changes from `before` to `after`, in the order of `before`; empty when nothing does.

    Compared are rows by their id and cells as text; how words are spaced does not count. A table that one side does not
    have counts as one without rows.
    """
    changes = (_compare(before.get(name), after.get(name)) for name in dict.fromkeys((*before, *after)))
    return tuple(change for change in changes if change is not None)


def _compare(before: Table | None, after: Table | None) -> TableChange | None:
    shown = after or before
    if shown is None:
        return None
    old, new = _rows(before), _rows(after)
    columns = list(dict.fromkeys((*(columns_of(before) if before else ()), *(columns_of(after) if after else ()))))
    rows = []
    for id_ in dict.fromkeys((*old, *new)):
        was, is_ = old.get(id_), new.get(id_)
        cells = tuple(
            CellChange(name, (was or {}).get(name, ""), (is_ or {}).get(name, ""))
            for name in columns
            if name != "id" and (was or {}).get(name, "") != (is_ or {}).get(name, "")
        )
        if cells or was is None or is_ is None:
            rows.append(RowChange(id_, was, is_, cells))
    moved = _moved([i for i in old if i not in (DEFAULT, TIE)], [i for i in new if i not in (DEFAULT, TIE)])
    if not rows and not moved:
        return None
    return TableChange(shown.id, shown.title, shown.locked, tuple(rows), moved, shown.hit in _ORDERED)


def _rows(table: Table | None) -> dict[str, dict[str, str]]:
    if table is None:
        return {}
    return {row["id"]: {name: " ".join(text.split()) for name, text in row.items()} for row in text_rows_of(table)}


def _moved(old: Sequence[str], new: Sequence[str]) -> tuple[Moved, ...]:
    """The fewest rows that must move for the rows both have to stand in the new order."""
    common = [id_ for id_ in new if id_ in set(old)]
    was = {id_: place for place, id_ in enumerate(old)}
    stay = _longest_rising([was[id_] for id_ in common])
    return tuple(Moved(id_, was[id_] + 1, new.index(id_) + 1) for id_ in common if was[id_] not in stay)


def _longest_rising(places: Sequence[int]) -> frozenset[int]:
    """Members of one longest rising subsequence of distinct numbers."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, place)
        before[place] = ends[at - 1] if at else None
        ends[at:] = [place, *ends[at + 1 :]]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return frozenset(kept)


def _row_line(row: RowChange) -> str:
    kind = {DEFAULT: "the row for everything else", TIE: "the row for ties"}.get(row.row, f"row {row.row}")
    if row.old is None:
        return f"  {kind} is new"
    if row.new is None:
        return f"  {kind} goes"
    return f"  {kind} changes"


def _shown(text: str) -> str:
    return text or "(empty)"
