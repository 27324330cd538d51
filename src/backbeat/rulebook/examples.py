"""Examples that gate an edition: facts, and what the rules must say to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backbeat.rulebook.edition import Edition
from backbeat.rulebook.explanation import in_words, word
from backbeat.rulebook.node import cite_page
from backbeat.rulebook.sources import Faults, Fields
from backbeat.rulebook.table import Hit, Output, Table
from backbeat.rulebook.values import UNKNOWN, Fact, Value

__all__ = ["Assurance", "Example", "read_examples", "run_examples"]


@dataclass(frozen=True, slots=True)
class Example:
    """One case an expert wrote down."""

    id: str
    table: str
    facts: Mapping[str, Fact]
    expect: Mapping[str, Value] | None
    """Outputs that must come out; None: the table must not be able to say yet."""
    needs: tuple[str, ...] | None = None
    """Facts still needed, in any order, where the example states them."""
    fired: tuple[str, ...] | None = None
    """Ids of the rows that fire, in any order, where the example states them."""


@dataclass(frozen=True, slots=True)
class Assurance:
    """One way in which an example and the rules disagree."""

    example: str
    code: str
    """`unexpected-NAME` for an output, `undecided`, `decided`, `unexpected-needs`, `unexpected-fired`."""
    expected: str
    got: str
    pages: tuple[str, ...] = ()
    """Pages of the rows that fired."""

    def line(self) -> str:
        """`duty-07 unexpected-deadline: expected 2026-05-02, got none (p10)`."""
        pages = f" ({', '.join(cite_page(page) for page in self.pages)})" if self.pages else ""
        return f"{self.example} {self.code}: expected {self.expected}, got {self.got}{pages}"


def read_examples(
    document: object, tables: Mapping[str, Table], faults: Faults, *, table: str = ""
) -> tuple[Example, ...]:
    """The examples of an edition, or those in the file of one `table`; what cannot be read is a fault."""
    if not isinstance(document, list) or not document:
        if document is not None:
            faults.add("an edition needs a list of at least one example")
        return ()
    made = []
    for number, value in enumerate(document, 1):
        if (example := _read(Fields(value, faults.under(f"example {number}")), tables, table)) is not None:
            made.append(example)
    return tuple(made)


def run_examples(edition: Edition, examples: Sequence[Example]) -> tuple[Assurance, ...]:
    """Every disagreement, in the order of the examples; empty when the edition passes."""
    return tuple(found for example in examples for found in _compare(edition, example))


def _compare(edition: Edition, example: Example) -> list[Assurance]:
    result = edition.decide(example.table, example.facts)
    pages = tuple(dict.fromkeys(ref.page for ref in result.fired))
    found = []

    def differ(code: str, expected: str, got: str) -> None:
        found.append(Assurance(example.id, code, expected, got, pages))

    if example.expect is None and result.outcome is not None:
        differ("decided", "undecided", in_words(result.outcome))
    elif example.expect is not None and result.outcome is None:
        differ("undecided", in_words(example.expect), "undecided, needs " + _list(result.needs))
    elif example.expect is not None and result.outcome is not None:
        for name, expected in example.expect.items():
            got = result.outcome[name]
            if got != expected:
                differ(f"unexpected-{name}", word(expected), word(got))
    if example.needs is not None and set(example.needs) != set(result.needs):
        differ("unexpected-needs", _list(example.needs), _list(result.needs))
    if example.fired is not None and set(example.fired) != (fired := {ref.row for ref in result.fired}):
        differ("unexpected-fired", _list(example.fired), _list(sorted(fired)))
    return found


def _read(fields: Fields, tables: Mapping[str, Table], own: str) -> Example | None:
    faults, before = fields.faults, len(fields.faults.found)
    id_, table_name = fields.text("id"), own or fields.text("table")
    facts_raw, expect_raw = fields.raw("facts"), fields.raw("expect")
    needs = _names(fields, "needs")
    fired = _names(fields, "fired")
    fields.done()
    table = tables.get(table_name)
    if table is None:
        if table_name:
            faults.add("names a table the edition does not have")
        return None
    facts = _facts(table, facts_raw, faults)
    expect = None if expect_raw == "undecided" else _expectation(table, expect_raw, faults)
    if len(faults.found) > before:
        return None
    return Example(id_, table_name, facts, expect, needs, fired)


def _facts(table: Table, value: object, faults: Faults) -> dict[str, Fact]:
    given = Fields(value, faults)
    facts: dict[str, Fact] = {}
    for input_ in table.inputs:
        text = given.text(input_.name, required=False)
        with faults.caught(f"fact {input_.name}"):
            if text:
                facts[input_.name] = UNKNOWN if text == "unknown" else input_.type.read(text)
    given.done()
    return facts


def _expectation(table: Table, value: object, faults: Faults) -> dict[str, Value]:
    if not isinstance(value, dict) or not value:
        faults.add("expect must be `undecided` or a map of outputs")
        return {}
    expected: dict[str, Value] = {}
    left = dict(value)
    for output in table.outputs:
        if output.name not in left:
            continue
        with faults.caught(f"output {output.name}"):
            expected[output.name] = _expected(table, output, left.pop(output.name))
    for name in left:
        faults.add(f"the table has no output {name}")
    return expected


def _expected(table: Table, output: Output, value: object) -> Value:
    if table.hit is Hit.COLLECT:
        if not isinstance(value, list):
            raise ValueError("must be a list, because the table collects")
        return tuple(_one(output, item) for item in value)
    return _one(output, value)


def _one(output: Output, value: object) -> Value:
    if not isinstance(value, str):
        raise ValueError("must be one value")
    return None if output.optional and value.strip() in ("", "-") else output.type.read(value)


def _names(fields: Fields, key: str) -> tuple[str, ...] | None:
    value = fields.raw(key)
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    fields.faults.add(f"{key} must be a list of names")
    return None


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
