"""The rulebook against an oracle that enumerates every completion of the unknown facts.

The oracle is naive on purpose: it reads cells its own way, walks rows in order, and tries everything. Domains that are
infinite for the rulebook are sampled here beyond every bound that a generated cell can mention, so that the sample
meets every case.
"""

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backbeat.rulebook.checks import check_table
from backbeat.rulebook.conditions import Condition
from backbeat.rulebook.edition import Edition
from backbeat.rulebook.sources import Faults
from backbeat.rulebook.table import Hit, Input, Output, Row, Table
from backbeat.rulebook.values import UNKNOWN, Answer, ValueType

DEFAULT, TIE = "default", "tie"


@dataclass(frozen=True)
class Domain:
    """A type, the literals cells may use, and values that meet every case those literals can make."""

    type: str
    literals: tuple[str, ...]
    values: tuple[object, ...]


NUMBERS = tuple(str(n) for n in range(4))
DOMAINS = (
    Domain("tri", ("yes", "no"), (Answer.YES, Answer.NO)),
    Domain("enum[a, b, c]", ("a", "b", "c"), ("a", "b", "c")),
    Domain("text", ("x", "y"), ("x", "y", "never mentioned")),
    Domain("int", NUMBERS, tuple(range(-1, 5))),
    Domain("int[0..3]", NUMBERS, tuple(range(4))),
    Domain(
        "date",
        tuple(f"2026-04-0{n}" for n in range(1, 4)),
        (date(2026, 3, 31), *(date(2026, 4, n) for n in range(1, 5))),
    ),
    Domain(
        "duration-hours", ("0", "1", "24"), tuple(timedelta(seconds=s) for s in (0, 1, 3599, 3600, 9999, 86400, 86401))
    ),
)
SIGNS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def literal(text: str, like: object) -> object:
    match like:
        case Answer():
            return Answer(text)
        case timedelta():
            return timedelta(hours=int(text))
        case date():
            return date.fromisoformat(text)
        case int():
            return int(text)
    return text


def holds(cell: str, value: object) -> bool:
    """Whether a cell matches a value: the oracle's own reading of the grammar."""
    if cell == "-":
        return True
    if cell.startswith("!"):
        return value is not UNKNOWN and not holds(cell[1:], value)
    for part in cell.split("|"):
        if part == "unknown" or value is UNKNOWN:
            if part == "unknown" and value is UNKNOWN:
                return True
        elif found := re.match(r"(>=|<=|>|<)(.*)", part):
            if SIGNS[found[1]](value, literal(found[2], value)):  # type: ignore[no-untyped-call]
                return True
        elif ".." in part:
            low, high = part.split("..")
            if literal(low, value) <= value <= literal(high, value):  # type: ignore[operator]
                return True
        elif literal(part, value) == value:
            return True
    return False


@st.composite
def cells(draw: st.DrawFn, domain: Domain, unknown_answers: bool) -> str:
    if draw(st.booleans()):
        return "-"
    one = st.sampled_from(domain.literals)
    parts: list[st.SearchStrategy[str]] = [one]
    if ValueType.parse(domain.type).ordered:
        parts.append(st.builds(operator.add, st.sampled_from(sorted(SIGNS)), one))
        parts.append(st.lists(one, min_size=2, max_size=2).map(lambda ends: "..".join(sorted(ends, key=_order))))
    chosen = draw(st.lists(st.one_of(parts), min_size=1, max_size=2))
    negated = draw(st.sampled_from((False, False, True)))
    if unknown_answers and not negated and draw(st.booleans()):
        chosen.append("unknown")
    return ("!" if negated else "") + "|".join(chosen)


def _order(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() else (0, text)


@st.composite
def tables(draw: st.DrawFn, hits: tuple[Hit, ...] = tuple(Hit)) -> tuple[Table, list[tuple[object, ...]]]:
    """A table, and for each input the values of its domain (with UNKNOWN where that is an answer)."""
    hit = draw(st.sampled_from(hits))
    domains = draw(st.lists(st.sampled_from(DOMAINS), min_size=1, max_size=4))
    answers = [draw(st.booleans()) for _ in domains]
    inputs = [Input(f"f{n}", ValueType.parse(d.type), a) for n, (d, a) in enumerate(zip(domains, answers, strict=True))]
    outputs = [Output("out", ValueType.parse("enum[p, q, r]"))]
    out = st.sampled_from("pqr")
    rows = [
        Row(
            f"r{n}",
            tuple(
                Condition.parse(draw(cells(d, a)), i.type, unknown_answers=a)
                for d, a, i in zip(domains, answers, inputs, strict=True)
            ),
            (draw(out),),
            "doc",
            "1",
            "why",
            draw(st.integers(0, 3)) if hit is Hit.RANKED else None,
        )
        for n in range(draw(st.integers(1, 5)))
    ]
    special = [Row(name, (), (draw(out),), "doc", "1", "why") for name in (DEFAULT, TIE)]
    default, tie = (None, None) if hit is Hit.COLLECT else special
    table = Table("t", hit, inputs, outputs, rows, default=default, tie=tie if hit is Hit.RANKED else None)
    values = [(*d.values, UNKNOWN) if a else d.values for d, a in zip(domains, answers, strict=True)]
    return table, values


@st.composite
def asked(
    draw: st.DrawFn, hits: tuple[Hit, ...] = tuple(Hit)
) -> tuple[Table, list[tuple[object, ...]], dict[str, object]]:
    """A table with some facts known."""
    table, values = draw(tables(hits))
    known = {
        i.name: draw(st.sampled_from(domain))
        for i, domain in zip(table.inputs, values, strict=True)
        if draw(st.booleans())
    }
    return table, values, known


def completions(
    table: Table, values: list[tuple[object, ...]], known: dict[str, object]
) -> Iterator[tuple[object, ...]]:
    return product(*((known[i.name],) if i.name in known else d for i, d in zip(table.inputs, values, strict=True)))


def naive(table: Table, facts: tuple[object, ...]) -> tuple[object, str | None, tuple[str, ...]]:
    """Outcome, the row that gives it, and the rows that apply, with every fact known."""
    matching = [row for row in table.rows if all(holds(c.text, f) for c, f in zip(row.cells, facts, strict=True))]
    if table.hit is Hit.COLLECT:
        return sorted(row.outputs for row in matching), None, tuple(row.id for row in matching)
    if table.hit is Hit.GATES:
        stopped = next((row for row in table.rows if row not in matching), table.default)
        assert stopped
        return stopped.outputs, stopped.id, (stopped.id,)
    best = matching[:1]
    if table.hit is Hit.RANKED and matching:
        top = min(row.rank or 0 for row in matching)
        best = [row for row in matching if row.rank == top]
    end = best[0] if len(best) == 1 else table.tie if best else table.default
    assert end
    applying = [row.id for row in matching] if table.hit is Hit.RANKED else [end.id]
    return end.outputs, end.id, tuple({*applying, end.id})


def edition(table: Table) -> Edition:
    return Edition("e", "family", "Edition", date(2026, 1, 1), None, {}, {"t": table}, "0" * 64)


@settings(max_examples=400, deadline=None)
@given(asked())
def test_decision_agrees_with_every_completion(case: tuple[Table, list[tuple[object, ...]], dict[str, object]]) -> None:
    table, values, known = case
    if table.hit is Hit.UNIQUE:
        assume(not _overlaps(table, values))
    ends = {facts: naive(table, facts) for facts in completions(table, values, known)}
    result = edition(table).decide("t", known)

    outcomes = [outcome for outcome, _, _ in ends.values()]
    if all(outcome == outcomes[0] for outcome in outcomes):
        assert result.outcome is not None, "every completion agrees, so it is decided"
        got = result.outcome["out"]
        first = outcomes[0]
        assert isinstance(first, tuple | list)
        assert (sorted((v,) for v in got) == first) if isinstance(got, tuple) else ((got,) == first)
    else:
        assert result.outcome is None

    open_ = [n for n, i in enumerate(table.inputs) if i.name not in known]
    needed = {table.inputs[n].name for n in open_ if _matters(n, ends, values)}
    assert set(result.needs) == needed
    assert len(result.needs) == len(needed)

    always = set.intersection(*(set(applying) for _, _, applying in ends.values()))
    ever = set.union(*(set(applying) for _, _, applying in ends.values()))
    assert {ref.row for ref in result.fired} == always
    assert {ref.row for ref in result.possible} == ever - always
    giving = {row for _, row, _ in ends.values()}
    assert (result.prevails.row if result.prevails else None) == (giving.pop() if len(giving) == 1 else None)


@settings(max_examples=200, deadline=None)
@given(asked(), st.data())
def test_learning_a_fact_never_unsettles(
    case: tuple[Table, list[tuple[object, ...]], dict[str, object]], data: st.DataObject
) -> None:
    table, values, known = case
    before = edition(table).decide("t", known)
    learnt = dict(known)
    for i, domain in zip(table.inputs, values, strict=True):
        if i.name not in known and data.draw(st.booleans()):
            learnt[i.name] = data.draw(st.sampled_from(domain))
    after = edition(table).decide("t", learnt)
    if before.outcome is not None:
        assert after.outcome == before.outcome
    assert set(after.needs) <= set(before.needs)
    assert {r.row for r in before.fired} <= {r.row for r in after.fired}


@settings(max_examples=100, deadline=None)
@given(asked(), st.randoms())
def test_order_of_facts_never_shows(
    case: tuple[Table, list[tuple[object, ...]], dict[str, object]], random: object
) -> None:
    table, _, known = case
    shuffled = list(known.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert edition(table).decide("t", known).to_json() == edition(table).decide("t", dict(shuffled)).to_json()


@settings(max_examples=300, deadline=None)
@given(tables())
def test_faults_of_a_table_are_exactly_those_the_oracle_finds(case: tuple[Table, list[tuple[object, ...]]]) -> None:
    table, values = case
    bare = Table("t", table.hit, table.inputs, table.outputs, table.rows)
    faults = Faults()
    check_table(bare, faults)
    every = list(product(*values))
    matched = {row.id: [f for f in every if all(map(holds, (c.text for c in row.cells), f))] for row in table.rows}
    never = {f"row {row.id} never matches" for row in table.rows if not matched[row.id]}
    giving = {naive(table, facts)[1] for facts in every}
    expected = set(never)
    if table.hit in (Hit.FIRST, Hit.GATES):
        dead = {row.id for row in table.rows if not matched[row.id]}
        expected |= {f"row {row.id} is never reached" for row in table.rows if row.id not in giving | dead}
    if table.hit is Hit.UNIQUE:
        expected |= {f"rows {a} and {b} overlap" for a, b in _overlaps(table, values)}
    if DEFAULT in giving:
        expected.add("default is missing")
    if table.hit is Hit.RANKED and TIE in giving:
        assert any("declare a tie" in fault for fault in faults.found)
    found = {re.split(r":|,| and the rows", fault)[0] for fault in faults.found if "declare a tie" not in fault}
    assert found == expected


def _overlaps(table: Table, values: list[tuple[object, ...]]) -> set[tuple[str, str]]:
    both = set()
    for facts in product(*values):
        ids = [row.id for row in table.rows if all(holds(c.text, f) for c, f in zip(row.cells, facts, strict=True))]
        both |= {(a, b) for n, a in enumerate(ids) for b in ids[n + 1 :]}
    return both


def _matters(
    n: int, ends: dict[tuple[object, ...], tuple[object, str | None, tuple[str, ...]]], values: list[tuple[object, ...]]
) -> bool:
    """Whether changing fact n alone changes the outcome of some completion."""
    return any(ends[facts][0] != ends[(*facts[:n], other, *facts[n + 1 :])][0] for facts in ends for other in values[n])
