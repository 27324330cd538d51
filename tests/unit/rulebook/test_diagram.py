"""Diagrams: what cannot be decided exactly in bounded space is refused, never approximated."""

import pytest

from backbeat.rulebook import diagram
from backbeat.rulebook.checks import check_table
from backbeat.rulebook.conditions import Condition
from backbeat.rulebook.diagram import Diagram, TooEntangled, terminal
from backbeat.rulebook.sources import Faults
from backbeat.rulebook.table import Hit, Input, Output, Row, Table
from backbeat.rulebook.values import ValueType

TRI = ValueType.parse("tri")


def pairs(count: int) -> Table:
    """Rows `a_i and b_i`, with all a's declared before all b's: the classic bad order, 2^count nodes."""
    inputs = [Input(f"{side}{n}", TRI) for side in "ab" for n in range(count)]
    rows = []
    for n in range(count):
        cells = ["yes" if i.name in (f"a{n}", f"b{n}") else "-" for i in inputs]
        conditions = tuple(Condition.parse(cell, TRI, unknown_answers=False) for cell in cells)
        rows.append(Row(f"r{n}", conditions, (f"o{n}",), "doc", "1", "why"))
    default = Row("default", (), ("none",), "doc", "1", "why")
    return Table("pairs", Hit.FIRST, inputs, [Output("out", ValueType.parse("text"))], rows, default=default)


def test_a_table_too_entangled_to_be_exact_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "MAX_NODES", 500)
    faults = Faults()
    check_table(pairs(4), faults)
    assert faults.found == []
    check_table(pairs(12), faults)
    assert faults.found == ["is too entangled to be decided exactly; split it into smaller tables"]
    with pytest.raises(TooEntangled):
        _ = pairs(12).hits


def test_restricting_leaves_only_what_still_matters() -> None:
    # 7 where input 0 is class 1 and input 1 is class 0 or 2, else 3
    made = Diagram([2, 3])
    root = made.box([(0, 0b10), (1, 0b101)], terminal(7), terminal(3))
    everything = made.restrict(root, [None, None])
    assert (everything.labels, everything.inputs) == ({3, 7}, {0, 1})
    assert made.restrict(root, [0, None]).inputs == set()
    assert made.restrict(root, [1, None]).inputs == {1}
    assert made.restrict(root, [1, 2]).labels == {7}
    assert made.restrict(root, [None, 1]).labels == {3}
