"""DMN export: another reader of the XML agrees with the rulebook on every combination of facts, and never says more."""

import random
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from dmn_reader import MODEL, Decisions

from backbeat.rulebook import UNKNOWN, Answer, Edition, Hit, Shelf
from backbeat.rulebook.table import Table
from backbeat.rulebook.values import Shape
from backbeat.triage.assessing import assess
from backbeat.triage.model import Outcome
from backbeat.triage.policies import open_policies
from backbeat.triage.policy.dmn import export_dmn, export_tables

RULES = Path(__file__).parents[1] / "rulebook" / "data"
DAY = date(2026, 11, 22)
MOST = 6_000
"""Combinations tried whole; of a larger table as many are drawn."""

LADDER = """
id: ladder-1
family: ladder
title: A ladder with ties, gates, text and every ordered type
valid_from: 2026-01-01
valid_to: none
documents: [{id: d, title: "Made <up> & \\"quoted\\"", date: 2026-01-01, citation: none}]
tables:
  - {file: tables/ladder.yaml}
  - {file: tables/gates.yaml}
"""
LADDER_TABLE = """
id: ladder
title: Ladder
hit: ranked
inputs:
  - {name: kind, type: text}
  - {name: age, type: "int[0..120]", unknown: answer}
  - {name: since, type: duration-hours}
  - {name: for, type: tri}
outputs:
  - {name: who, type: text}
  - {name: by, type: duration-hours, optional: yes}
default: {who: nobody, by: "-", document: d, page: "9", why: Nothing matches.}
tie: {who: registrar, by: "0:30", document: d, page: "8", why: Two of one rank.}
rows:
  - {id: a, rank: "1", kind: "!x|y", age: ">= 18", who: "a \\"quoted\\" a", by: "24", document: d, page: "1", why: One.}
  - {id: b, rank: "1", age: "10..20|unknown", since: "> 24", who: b, by: "-", document: d, page: "2", why: Same rank.}
  - {id: c, rank: "2", kind: x, for: yes, who: c, by: "1:30", document: d, page: "3", why: Later.}
  - {id: d, rank: "2", age: "!5|60..70", for: no, who: d, by: "-", document: d, page: "4", why: Negated.}
examples: [{id: l1, facts: {kind: x, age: 5, since: "1", for: yes}, expect: {who: c}}]
"""
GATES_TABLE = """
id: for
title: Gates
hit: gates
inputs:
  - {name: kind, type: text}
  - {name: on, type: date}
  - {name: fit, type: tri, unknown: answer}
outputs: [{name: state, type: "enum[stop, wait, go]"}]
default: {state: go, document: d, page: "9", why: All passed.}
rows:
  - {id: known, fit: "yes|no", state: wait, document: d, page: "1", why: Must be known.}
  - {id: day, on: ">= 2026-04-01", kind: "!x", state: stop, document: d, page: "2", why: Not before.}
  - {id: fit, fit: yes, on: "!2026-05-01", state: wait, document: d, page: "3", why: Must be fit.}
examples: [{id: g1, facts: {kind: y, on: 2026-06-01, fit: yes}, expect: {state: go}}]
"""


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("rules") / "ladder"
    (folder / "tables").mkdir(parents=True)
    for name, text in (("edition", LADDER), ("tables/ladder", LADDER_TABLE), ("tables/gates", GATES_TABLE)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return Shelf.load(folder.parent).on(DAY)


@pytest.fixture(scope="module", params=["triage-like", "crime-like", "ladder", "national"])
def edition(request: pytest.FixtureRequest, ladder: Edition) -> Edition:
    if request.param == "national":
        return open_policies().on(DAY).edition
    return ladder if request.param == "ladder" else Shelf.load(RULES / request.param).on(DAY)


def plain(fact: object) -> object:
    return fact.value if isinstance(fact, Answer) else fact


def of_type(fact: object, shape: Shape) -> object:
    if not isinstance(fact, int):
        return fact
    return {Shape.DATE: date.fromordinal, Shape.DURATION: lambda s: timedelta(seconds=s)}.get(shape, int)(fact)


def cases(table: Table):
    """Facts by name; None is open. A type's own edges stand for its classes, so do words that no cell has."""
    values = []
    for input_, partition in zip(table.inputs, table.partitions, strict=True):
        values.append([*(of_type(fact, input_.type.shape) for fact in partition.representatives()), None])
    total = 1
    for one in values:
        total *= len(one)
    names = [i.name for i in table.inputs]
    if total <= MOST:
        yield from (dict(zip(names, one, strict=True)) for one in product(*values))
        return
    draw = random.Random(7)
    for _ in range(MOST):
        yield {name: draw.choice(one) for name, one in zip(names, values, strict=True)}


def names_in(model: Decisions, table: Table) -> dict[str, str]:
    """Names of the table's facts in the model, found by their place."""
    name = next(
        n
        for n in model.tables
        if n in (table.id, f"{table.id}_", f"{table.id}_table", f"{table.id}__table", table.id.replace("-", "_"))
    )
    return {"": name, **dict(zip([i.name for i in table.inputs], model.tables[name].inputs, strict=True))}


def test_every_table_decides_alike_and_is_null_where_the_rulebook_is_undecided(edition: Edition) -> None:
    model = Decisions(export_tables(edition))
    assert len(model.tables) == len(edition.tables)
    decided = 0
    for table in edition.tables.values():
        names = names_in(model, table)
        for case in cases(table):
            facts = {name: fact for name, fact in case.items() if fact is not None}
            expected = edition.decide(table.id, facts).outcome
            got = model.decide(names[""], {names[name]: plain(fact) for name, fact in facts.items()})
            if table.hit is Hit.COLLECT:
                rows = got if isinstance(got, list) else []
                rows = [one if isinstance(one, dict) else {table.outputs[0].name: one} for one in rows]
                if len(facts) == len(case):
                    wanted = zip(*(expected[o.name] for o in table.outputs), strict=True)
                    assert sorted(map(repr, wanted)) == sorted(repr(tuple(one.values())) for one in rows)
                elif expected is None:
                    assert any(None in one.values() for one in rows)
                continue
            outcome = got if isinstance(got, dict) else {table.outputs[0].name: got}
            if len(table.outputs) > 1 and got is None:
                outcome = {o.name: None for o in table.outputs}
            required = [o.name for o in table.outputs if not o.optional]
            if len(facts) == len(case):
                assert expected is not None
                assert list(outcome.values()) == [plain(value) for value in expected.values()], (table.id, case)
                decided += 1
            elif any(v is not None for v in outcome.values()):
                # It may stay undecided longer than the rulebook, which sees that rows agree; it never decides earlier.
                assert expected is not None, (table.id, case, outcome)
                assert list(outcome.values()) == [plain(value) for value in expected.values()]
            else:
                assert required
    assert decided > 20


def test_a_word_that_says_not_known_is_open_where_the_table_has_no_such_answer(edition: Edition) -> None:
    model = Decisions(export_tables(edition))
    for table in edition.tables.values():
        names = names_in(model, table)
        for at, input_ in enumerate(table.inputs):
            if input_.unknown_answers or input_.type.shape is Shape.TEXT or table.hit is Hit.COLLECT:
                continue
            for case in list(cases(table))[:200]:
                told = {names[n]: plain(f) for n, f in case.items() if f is not None}
                left_out = {name: value for name, value in told.items() if name != names[input_.name]}
                unknown = {**left_out, names[input_.name]: "unknown"}
                assert model.decide(names[""], unknown) == model.decide(names[""], left_out), (table.id, at)


GOOD = ("partner_available", "ambulance_accepted", "location_known")


def every_fact(policy, draw: random.Random) -> dict[str, object]:
    facts: dict[str, object] = {}
    for name, type_ in policy.types.items():
        if type_.shape is Shape.INT:
            facts[name] = draw.choice(
                [1, 2, 2, 20, 40, UNKNOWN] if name != "risk_window_minutes" else [30, 40, UNKNOWN]
            )
        else:
            words = [*type_.choices, "unknown"]
            # What speaks for a partner is drawn more often, or nothing but the core would ever decide.
            good = "yes" if name in GOOD else "no"
            facts[name] = draw.choices(words, [25 if word == good else 1 for word in words])[0]
            facts[name] = Answer(facts[name]) if type_.shape is Shape.TRI else facts[name]
            facts[name] = UNKNOWN if facts[name] == "unknown" else facts[name]
    return facts


def test_the_combined_decision_agrees_with_the_assessment() -> None:
    policy = open_policies().on(DAY)
    model = Decisions(export_dmn(policy))
    draw, seen = random.Random(11), set()
    for _ in range(4_000):
        facts = every_fact(policy, draw)
        assessment = assess(policy, facts)
        got = model.decide("owner", {name: plain(fact) for name, fact in facts.items()})
        assert got["outcome"] == assessment.outcome.value, facts
        lead = assessment.lead
        assert (got["lead"], got["urgency"]) == ((lead.agency, lead.urgency.value) if lead else ("", "")), facts
        seen.add((assessment.outcome, got["lead"]))
    assert {outcome for outcome, _ in seen} == set(Outcome) - {Outcome.ASK_MORE}
    assert len(seen) > 8


def test_with_facts_left_out_the_combined_decision_is_the_assessment_or_null() -> None:
    policy = open_policies().on(DAY)
    model = Decisions(export_dmn(policy))
    draw, decided = random.Random(13), 0
    for _ in range(3_000):
        facts = {name: fact for name, fact in every_fact(policy, draw).items() if draw.random() < 0.8}
        got = model.decide("owner", {name: plain(fact) for name, fact in facts.items()})
        if got is None or got["outcome"] is None:
            continue
        decided += 1
        assert got["outcome"] == assess(policy, facts).outcome.value, facts
    assert decided > 100


def test_the_bytes_depend_on_the_policy_alone_and_hold_its_sources() -> None:
    policy = open_policies().on(DAY)
    first = export_dmn(policy)
    assert first == export_dmn(policy)
    root = ElementTree.fromstring(first)
    assert root.tag == f"{MODEL}definitions"
    assert policy.hash in root.findtext(f"{MODEL}description")
    assert len(root.findall(f"{MODEL}knowledgeSource")) == len(policy.edition.documents)
    labels = {node.get("label") for node in root.iter(f"{MODEL}input")}
    table = policy.edition.tables["gate_risk"]
    assert {i.question for i in table.inputs if i.question} <= labels
    annotations = {node.findtext(f"{MODEL}text") for node in root.iter(f"{MODEL}annotationEntry")}
    assert {row.why for row in table.rows} <= annotations
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_every_reference_inside_leads_somewhere(edition: Edition) -> None:
    root = ElementTree.fromstring(export_tables(edition))
    ids = {f"#{node.get('id')}" for node in root.iter() if node.get("id")}
    assert {node.get("href") for node in root.iter() if node.get("href")} <= ids
