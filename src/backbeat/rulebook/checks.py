"""Checks of a whole table: overlap, reach, ties, defaults. All are exact, for infinite domains too.

Exact because a table only sees classes (`conditions.py`). What is checked:

- every hit policy: a row whose own cells contradict the type can never match (`never matches`);
- unique: any two rows that some facts match together (`overlap`);
- first, unique, gates: a row that no facts reach, whether one earlier row covers it or only several together do;
- ranked: two rows of one rank that some facts reach together need a `tie`. A row that never prevails is no fault: a
  ladder also reports what is swallowed;
- all but collect: a default, unless the rows cover every combination of facts.
"""

from itertools import combinations

from backbeat.rulebook.diagram import TooEntangled
from backbeat.rulebook.sources import Faults
from backbeat.rulebook.table import Hit, Table

__all__ = ["check_table"]


def check_table(table: Table, faults: Faults) -> None:
    """Compile a table and report what is wrong with its rows as a whole."""
    dead = [i for i in range(len(table.rows)) if any(mask == 0 for _, mask in table.boxes[i])]
    for index in dead:
        faults.add(f"row {table.rows[index].id} never matches: a cell holds no value of its type")
    if table.hit is Hit.UNIQUE:
        for one, other in combinations(range(len(table.rows)), 2):
            if _overlap(table, one, other):
                faults.add(f"rows {table.rows[one].id} and {table.rows[other].id} overlap")
    try:
        table.compile()
        if table.hit is Hit.COLLECT:
            return
        diagram, root = table.hits
    except TooEntangled:
        faults.add("is too entangled to be decided exactly; split it into smaller tables")
        return
    reached = diagram.restrict(root, [None] * len(table.inputs)).labels
    if table.hit in (Hit.FIRST, Hit.GATES):
        for index, row in enumerate(table.rows):
            if index not in reached and index not in dead:
                faults.add(f"row {row.id} is never reached: earlier rows cover it")
    if table.tie_at in reached and table.tie is None:
        for one, other in combinations(range(len(table.rows)), 2):
            if table.rows[one].rank == table.rows[other].rank and _overlap(table, one, other):
                faults.add(f"rows {table.rows[one].id} and {table.rows[other].id} can tie in rank; declare a tie")
    if table.default_at in reached and table.default is None:
        faults.add("default is missing, and the rows do not cover every combination of facts")


def _overlap(table: Table, one: int, other: int) -> bool:
    theirs = dict(table.boxes[other])
    both = [mask & theirs.pop(i, table.partitions[i].everything) for i, mask in table.boxes[one]]
    return all(both) and all(theirs.values())
