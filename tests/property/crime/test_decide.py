"""What holds for every report that can be told: from random FACTS.json through the whole engine.

Order and repetition never matter; one more victim never makes fewer crimes; an answer taken back never decides against
recording; whatever is told is accounted for; and the same bytes come out, again and in any process.
"""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crime_facts import ORDINARY, decided, facts_of, load_yaml, offence_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backbeat.crime.deciding import decide
from backbeat.crime.decision import Decision
from backbeat.crime.errors import FactsRefused
from backbeat.crime.fact_types import fact_types
from backbeat.crime.facts_json import read_facts
from backbeat.crime.model import Basis
from backbeat.crime.resolving import DERIVED, STEP
from backbeat.crime.rules import open_rules
from backbeat.rulebook.values import Shape, ValueType

RULES = open_rules().on(date(2026, 5, 1))
TYPES = fact_types(RULES)
ROOT = Path(__file__).resolve().parents[3]
LABELS = (
    "008/06 8N", "008/77 8N", "008/01 8N", "008/52 8N", "005/01 5D", "105/01 105A", "008/72 8R", "005/28 8R",
    "008/65 8Q", "195/94 8L", "008/31 8L", "008/56 8M", "008/67 8U", "019/08 19C", "034/01 34B", "028/03 28I",
    "028/03 28M", "030/02 30C", "149/00 58A", "149/00 58C", "044/00 44", "046/00 46", "048/01 48", "036/06 106",
    "066/01 66", "066/39 66", "066/21 66", "033/00 33", "008/26 10D", "092/53 92D", "092/61 92E", "802/00 802",
    "059/11 59", "167/01 27", "125/11 9A",
)  # fmt: skip
ACTS = tuple(RULES.acts)
VICTIMS, OFFENDERS = ("v1", "v2", "v3"), ("o1", "o2")
REPORT_FACTS = ("amounts_to_crime", "contrary_evidence", "another_force_recording", "school_premises_and_hours")
BETWEEN = (
    "weapon_used", "violence_connected_with_affray", "injured_at_robbery", "force_of_the_robbery",
    "same_time_as_home", "former_partner",
    "part_of_course_of_conduct", "driving_evidence_beyond_injury",
)  # fmt: skip
TRI = ("yes", "no", "unknown")
MOSTLY_KNOWN = (*("yes", "no") * 4, "unknown")
SETTINGS = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def values_of(type_: ValueType) -> st.SearchStrategy[Any]:
    if type_.shape in (Shape.TRI, Shape.ENUM):
        return st.sampled_from((*type_.choices * 4, "unknown"))
    if type_.shape is Shape.INT:
        return st.integers(type_.low or 0, min(type_.high or 20, 40))
    return st.nothing()


ASKED = {
    act.id: tuple(
        input_.name
        for input_ in RULES.edition.tables[act.table].inputs
        if input_.name not in DERIVED and not input_.name.startswith(STEP) and input_.name in TYPES
        if input_.type.shape in (Shape.TRI, Shape.ENUM, Shape.INT) and "allegation" in TYPES[input_.name].places
    )
    for act in RULES.acts.values()
}
"""Facts that the table of an act asks for and an allegation may carry."""


def some(of: tuple[str, ...], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), min_size=least, max_size=most, unique=True).map(sorted)


@st.composite
def allegations(draw: st.DrawFn, number: int) -> dict[str, Any]:
    made: dict[str, Any] = {"id": f"a{number}", "offenders": draw(some(OFFENDERS, 0, 2))}
    facts: dict[str, Any] = {name: draw(st.sampled_from(MOSTLY_KNOWN)) for name in BETWEEN if draw(st.integers(0, 4))}
    if draw(st.integers(0, 3)):
        label = draw(st.sampled_from(LABELS))
        state = RULES.offences.find(*label.split(" ")).basis is Basis.STATE  # type: ignore[union-attr]
        made |= {"act": "named", "offence": offence_of(label)}
        made["victims"] = draw(some(VICTIMS, 0 if state else 1, 2))
        facts["offenders_defined"] = draw(st.sampled_from(("all", "some", "none")))
    else:
        act = draw(st.sampled_from(ACTS))
        made |= {"act": act, "victims": draw(some(VICTIMS, 1, 2))}
        for name in ASKED[act]:
            if draw(st.integers(0, 19)):
                facts[name] = draw(values_of(TYPES[name].type))
    made["facts"] = {name: value for name, value in facts.items() if "allegation" in TYPES[name].places}
    made["on"] = draw(st.sampled_from(("2026-04-01", "2026-04-04")))
    made["place"] = draw(st.sampled_from(("here", "there")))
    force = draw(st.sampled_from((None, None, "northshire", "westvale")))
    return {**made, **({"force": force} if force else {})}


@st.composite
def reports(draw: st.DrawFn) -> dict[str, Any]:
    """FACTS.json that contradicts nothing and can be decided."""
    told = [draw(allegations(number)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    parties: list[dict[str, Any]] = []
    for one in (*VICTIMS, *OFFENDERS):
        age = draw(st.sampled_from((None, 8, 14, 17, 30, 30, 30)))
        sex = draw(st.sampled_from((None, "female", "male", "female", "male")))
        household = draw(st.sampled_from((None, "h1", "h2", "h2")))
        given_ = {"id": one, "age": age, "sex": sex, "household": household, "facts": {"victim_role": "other"}}
        parties.append({name: value for name, value in given_.items() if value is not None})
    usual = ("usual",) * 16
    facts = {name: draw(st.sampled_from((*usual, "-", *TRI))) for name in REPORT_FACTS}
    facts = {name: ORDINARY[name] if value == "usual" else value for name, value in facts.items()}
    facts["reported_by"] = draw(st.sampled_from((*("victim",) * 6, "third-party", "professional", "police")))
    facts["victim_found"] = draw(st.sampled_from(("-", "yes")))
    facts["appropriate_without_confirmation"] = draw(st.sampled_from(TRI))
    # Of the report: two allegations that say different things of it say nothing that can be decided.
    facts["offenders_acted_together"] = draw(st.sampled_from(MOSTLY_KNOWN))
    facts["status_in_doubt"] = draw(st.sampled_from(TRI))
    recorded = []
    if draw(st.integers(0, 3)) == 0:
        entry = {"reference": "CR-1", "victim": "v1", "offenders": ["o1"], "recorded_on": "2026-03-01"}
        record_facts = draw(
            st.dictionaries(st.sampled_from(("offender_dealt_with", "course_ended")), st.sampled_from(TRI))
        )
        label = draw(st.sampled_from(("008/65 8Q", "195/94 8L", "008/06 8N")))
        recorded.append({**entry, "offence": offence_of(label), "facts": record_facts})
    made = facts_of(told, parties, facts=facts, recorded=recorded)
    try:
        read_facts(made, open_rules())
    except FactsRefused:
        assume(False)
    return made


def decide_plainly(facts: dict[str, Any]) -> Decision:
    report, rules = read_facts(facts, open_rules())
    return decide(rules, report)


def whole(name: str) -> str:
    """The allegation as told, of one that the engine took apart by victims."""
    return name.partition(" ")[0]


def counted(decision: Decision) -> set[str]:
    return {whole(one) for crime in decision.crimes for one in crime.allegations}


def against_recording(decision: Decision) -> set[str]:
    """Allegations of which something makes an incident or stands under another's record."""
    incidents = {whole(one) for incident in decision.incidents for one in incident.allegations}
    return incidents | {whole(one.allegation) for one in decision.not_counted}


# --- order, repetition, replay ----------------------------------------------------------------------------------------


@SETTINGS
@given(reports(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_input_never_change_the_bytes(facts: dict[str, Any], random: Any) -> None:
    other = copy.deepcopy(facts)
    for name in ("parties", "allegations", "recorded"):
        random.shuffle(other[name])
    for one in other["allegations"]:
        one["victims"] = [*reversed(one["victims"]), *one["victims"]]
        one["offenders"] = [*one["offenders"], *reversed(one["offenders"])]
        items = list(one["facts"].items())
        random.shuffle(items)
        one["facts"] = dict(items)

    assert decide_plainly(other).to_json() == decide_plainly(facts).to_json()


@SETTINGS
@given(reports())
def test_every_decision_replays_and_can_be_read_back(facts: dict[str, Any]) -> None:
    decision = decided(facts)  # replays
    plain = json.loads(decision.to_json())

    assert plain["facts"]["format"] == "backbeat.crime.facts/1"
    assert decide_plainly(plain["facts"]).to_json() == decision.to_json()


@SETTINGS
@given(reports(), st.integers(0, 3))
def test_the_same_thing_told_twice_never_makes_more_crimes(facts: dict[str, Any], which: int) -> None:
    twice = copy.deepcopy(facts)
    again = copy.deepcopy(twice["allegations"][which % len(twice["allegations"])])
    twice["allegations"].append({**again, "id": "b9"})
    once, then = decide_plainly(facts), decide_plainly(twice)

    assert sum(crime.count for crime in then.crimes) == sum(crime.count for crime in once.crimes)


# --- nothing is lost --------------------------------------------------------------------------------------------------


@SETTINGS
@given(reports())
def test_every_allegation_is_accounted_for(facts: dict[str, Any]) -> None:
    decision = decide_plainly(facts)
    referred = {about.partition(":")[2] for one in decision.referrals for about in one.about}
    accounted = counted(decision) | against_recording(decision) | {whole(one) for one in referred}
    missing = {one["id"] for one in facts["allegations"]} - accounted

    chapters = {chapter.title.split(" ")[1].rstrip(":") for chapter in decision.chapters}
    assert {one["id"] for one in facts["allegations"]} <= {whole(one) for one in chapters}
    if missing and not decision.questions:
        # A table may say that there is nothing to record at all: a natural death, a matter of intelligence.
        told = {one["id"]: one["act"] for one in facts["allegations"]}
        assert {told[one] for one in missing} <= NOTHING_TO_RECORD


def acts_that_may_record_nothing() -> Iterator[str]:
    for act in RULES.acts.values():
        table = RULES.edition.tables[act.table]
        at = next(number for number, output in enumerate(table.outputs) if output.name == "incident")
        if any(row.outputs[at] == "none" for row in table.rows):
            yield act.id


NOTHING_TO_RECORD = set(acts_that_may_record_nothing())


@SETTINGS
@given(reports())
def test_a_crime_counted_is_one_that_was_alleged(facts: dict[str, Any]) -> None:
    decision = decide_plainly(facts)
    told = {one["id"]: one for one in facts["allegations"]}
    for crime in decision.crimes:
        allegation = told[whole(crime.allegations[0])]
        assert set(crime.victims) <= set(allegation["victims"])
        if allegation["act"] == "named" and not RULES.offences.matches(crime.offence, "@conduct"):
            assert crime.offence.code == allegation["offence"]["code"]
            assert crime.offence.class_ in (allegation["offence"]["class"], "19J")


@SETTINGS
@given(reports())
def test_whatever_is_said_has_a_document_and_a_page(facts: dict[str, Any]) -> None:
    decision = decide_plainly(facts)
    documents = set(RULES.edition.documents)
    every: list[Any] = [*decision.crimes, *decision.incidents, *decision.not_counted, *decision.duties]
    every += [*decision.flags, *decision.deadlines, *(one for ref in decision.referrals for one in ref.candidates)]

    assert all(one.source.document in documents and one.source.page for one in every)
    assert all(len(referral.candidates) >= 2 for referral in decision.referrals)


# --- victims and unknowns ---------------------------------------------------------------------------------------------


@SETTINGS
@given(reports(), st.integers(0, 3))
def test_one_more_victim_never_lowers_the_count(facts: dict[str, Any], which: int) -> None:
    more = copy.deepcopy(facts)
    allegation = more["allegations"][which % len(more["allegations"])]
    assume(allegation["victims"])
    like = next(one for one in more["parties"] if one["id"] == allegation["victims"][0])
    more["parties"].append({**like, "id": "v9", "household": "h9"})
    allegation["victims"].append("v9")

    assert decide_plainly(more).recorded_count >= decide_plainly(facts).recorded_count


UNKNOWN_ANSWERS = {
    input_.name for table in RULES.edition.tables.values() for input_ in table.inputs if input_.unknown_answers
}
"""Where a rule itself says what to do when nobody can tell; there unknown is an answer like any other."""


@SETTINGS
@given(reports(), st.data())
def test_an_answer_taken_back_never_decides_against_recording(facts: dict[str, Any], data: st.DataObject) -> None:
    less = copy.deepcopy(facts)
    holders = [("report", less["report"]["facts"]), *((one["id"], one["facts"]) for one in less["allegations"])]
    choices = [
        (where, holder, name)
        for where, holder in holders
        for name in holder
        if holder[name] != "unknown" and name not in UNKNOWN_ANSWERS and TYPES[name].type.shape is not Shape.INT
    ]
    assume(choices)
    _, holder, name = data.draw(st.sampled_from(choices), label="taken back")
    holder[name] = "unknown"
    full, left = decide_plainly(facts), decide_plainly(less)

    assert not (against_recording(left) - against_recording(full)) & counted(full), name
    incidents = [{whole(one) for incident in each.incidents for one in incident.allegations} for each in (left, full)]
    assert incidents[0] <= incidents[1], name


# --- processes --------------------------------------------------------------------------------------------------------

SCRIPT = """
import hashlib, json, sys
from backbeat.crime.deciding import decide
from backbeat.crime.facts_json import read_facts
from backbeat.crime.rules import open_rules
digest = hashlib.sha256()
for facts in json.load(sys.stdin):
    report, rules = read_facts(facts, open_rules())
    digest.update(decide(rules, report).to_json())
print(digest.hexdigest())
"""


def test_hash_seeds_do_not_reach_a_decision() -> None:
    examples = load_yaml(ROOT / "tests" / "acceptance" / "crime" / "worked_examples.yaml")["examples"]
    told = json.dumps([stage["facts"] for example in examples.values() for stage in example["stages"]])
    seen = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=told,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(done.stdout)

    assert len(seen) == 1


@pytest.mark.parametrize("act", ACTS)
def test_nothing_known_of_an_act_is_open_and_asks(act: str) -> None:
    """With no fact at all there is nothing to record, nothing to keep as an incident, and something to ask."""
    facts = facts_of(
        [{"id": "a1", "act": act, "victims": ["v1"], "offenders": ["o1"]}], facts=dict.fromkeys(ORDINARY, "-")
    )
    decision = decided(facts)

    assert decision.questions
    assert not decision.crimes
    assert not decision.incidents
    assert not decision.not_counted
