"""What changes between two versions, in the fewest words that are true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.rulebook.sources import Faults
from backbeat.rulebook.table import Table
from backbeat.rulebook.tables import TableSource, declare, make_table
from backbeat.triage.policy.diffing import compare_tables

IDS = "abcdef"


def table(rows: dict[str, str], hit: str = "first", default: str = "0") -> Table:
    """A table of `id: output`; each row asks for its own word, so that none covers another."""
    ending = {"document": "d", "page": "1", "why": "w"}
    declared = {
        "id": "t",
        "file": "t",
        "title": "Things",
        "hit": hit,
        "inputs": [{"name": "word", "type": "text"}],
        "outputs": [{"name": "out", "type": "int"}],
        "default": {"out": default, **ending},
    }
    faults = Faults()
    texts = tuple(
        (f"row {n}", {"id": id_, "word": id_, "out": out, **ending}) for n, (id_, out) in enumerate(rows.items())
    )
    made = make_table(TableSource(declare(declared, faults), None, texts), {"d"}, faults)
    assert made is not None, faults.found
    return made


def lines(before: Table, after: Table) -> list[str]:
    return [line for change in compare_tables({"t": before}, {"t": after}) for line in change.lines()]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (table({"a": "1", "b": "2"}), []),
        (table({"a": "1", "b": "3"}), ["  row b changes", "    out: 2 → 3"]),
        (table({"a": "1"}), ["  row b goes", "    word: b → (empty)"]),
        (table({"b": "2", "a": "1"}), ["  row b moves from place 2 to place 1, which may change what is decided"]),
        (table({"a": "1", "b": "2"}, default="9"), ["  the row for everything else changes", "    out: 0 → 9"]),
        # A row put in before others does not move them.
        (table({"c": "3", "a": "1", "b": "2"}), ["  row c is new", "    word: (empty) → c"]),
    ],
)
def test_a_change_is_told_in_plain_words(after: Table, expected: list[str]) -> None:
    found = lines(table({"a": "1", "b": "2"}), after)
    assert found[: 1 + len(expected)] == (["Table t (Things):", *expected] if expected else [])


def test_a_moved_row_matters_only_where_order_decides() -> None:
    found = lines(table({"a": "1", "b": "2"}, hit="unique"), table({"b": "2", "a": "1"}, hit="unique"))
    assert found[-1].endswith("which changes nothing that is decided")


@given(st.permutations(IDS))
def test_as_few_rows_move_as_can(order: list[str]) -> None:
    (change,) = compare_tables({"t": table(dict.fromkeys(IDS, "1"))}, {"t": table(dict.fromkeys(order, "1"))}) or (
        None,
    )
    moved = [] if change is None else [one.row for one in change.moved]
    stay = [id_ for id_ in order if id_ not in moved]
    assert stay == sorted(stay)
    longest = max(
        sum(1 for _ in chain)
        for chain in ([c for n, c in enumerate(order) if bits >> n & 1] for bits in range(64))
        if chain == sorted(chain)
    )
    assert len(stay) == longest
