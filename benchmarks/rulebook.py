"""Deciding from a 60-row table, warm: no answer remembered, and an answer remembered.

The ladder has 60 rows over 60 yes/no/unknown facts, which is the shape of the counting rules' ladder of precedence;
the policy table has 60 rows over role, kind and four flags, which is the shape of a redaction profile. The peer is the
plainest correct way: walk the rows under every completion of the unknown facts, here with only eight facts unknown.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from itertools import product

from backbeat.rulebook import NO, YES
from backbeat.rulebook.conditions import Condition
from backbeat.rulebook.edition import Edition
from backbeat.rulebook.table import Hit, Input, Output, Row, Table
from backbeat.rulebook.values import ValueType
from benchmarks.figure import Figure

TRI = ValueType.parse("tri")
TEXT = ValueType.parse("text")
FLAGS = ("child", "anonymity", "evidential", "protected")


def ladder() -> Table:
    inputs = [Input(f"o{n}", TRI) for n in range(60)]
    rows = []
    for n in range(60):
        cells = tuple(Condition.parse("yes" if i == n else "-", TRI, unknown_answers=False) for i in range(60))
        rows.append(Row(f"r{n}", cells, (f"offence {n}",), "doc", "14", "why", n))
    default = Row("default", (), ("none",), "doc", "14", "why")
    return Table("t", Hit.RANKED, inputs, [Output("out", TEXT)], rows, default=default)


def policy() -> Table:
    role = ValueType.parse("enum[suspect, victim, witness, third, officer]")
    kind = ValueType.parse("enum[" + ", ".join(f"k{n}" for n in range(12)) + "]")
    inputs = [Input("role", role, unknown_answers=True), Input("kind", kind), *(Input(f, TRI) for f in FLAGS)]
    rows = []
    for n, (r, k) in enumerate(product(role.choices, kind.choices)):
        cells = [r, k, *("yes" if n % 5 == f + 1 else "-" for f in range(4))]
        conditions = tuple(
            Condition.parse(cell, i.type, unknown_answers=i.unknown_answers)
            for cell, i in zip(cells, inputs, strict=True)
        )
        rows.append(Row(f"r{n}", conditions, (("keep", "redact", "ask")[n % 3],), "doc", "1", "why"))
    default = Row("default", (), ("ask",), "doc", "1", "why")
    return Table("t", Hit.FIRST, inputs, [Output("out", TEXT)], rows, default=default)


def median_us(work: Callable[[], object], times: int = 200) -> float:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1e6)
    return statistics.median(spent)


def enumerate_naively(table: Table, known: dict[str, object]) -> set[str]:
    """Outcome ids over every completion: 2^8 walks of the rows."""
    outcomes = set()
    unknown = [i.name for i in table.inputs if i.name not in known]
    for answers in product((YES, NO), repeat=len(unknown)):
        facts = {**known, **dict(zip(unknown, answers, strict=True))}
        outcomes.add(next((row.id for row in table.rows if facts[f"o{row.rank}"] is YES), "default"))
    return outcomes


def run() -> list[Figure]:
    figures = []
    mostly = {f"o{n}": NO for n in range(52)}
    ladder_table = ladder()
    peer = median_us(lambda: enumerate_naively(ladder_table, mostly), 20)
    for name, table, facts in (
        ("ladder, 60 facts unknown", ladder_table, {}),
        ("ladder, 8 facts unknown", ladder_table, mostly),
        ("policy, flags unknown", policy(), {"role": "victim", "kind": "k3"}),
        ("policy, everything unknown", policy(), {}),
    ):
        table.compile()
        edition = Edition("e", "f", "t", date(2026, 1, 1), None, {}, {"t": table}, "0")

        def afresh(edition: Edition = edition, table: Table = table, facts: dict[str, object] = facts) -> object:
            table.forget()
            return edition.decide("t", facts).outcome

        def again(edition: Edition = edition, facts: dict[str, object] = facts) -> object:
            return edition.decide("t", facts).outcome

        cold, warm = median_us(afresh), median_us(again)
        beside = f"enumerating completions {peer:,.0f} µs" if "8 facts" in name else ""
        figures.append(Figure(f"decide, 60 rows, {name}, computed", cold, "µs", 1000, "lower", beside))
        figures.append(Figure(f"decide, 60 rows, {name}, remembered", warm, "µs", 100, "lower"))
    return figures
