"""What holds of every assessment, whatever the facts."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from backbeat.rulebook import NO, UNKNOWN, YES, Fact
from backbeat.rulebook.values import Shape
from backbeat.triage.assessing import assess
from backbeat.triage.assessment_json import assessment_bytes
from backbeat.triage.model import Assessment, Outcome
from backbeat.triage.policies import Policy, open_policies

POLICY: Policy = open_policies().on(date(2026, 11, 22))


def values(name: str) -> st.SearchStrategy[Fact]:
    type_ = POLICY.types[name]
    if type_.shape is Shape.TRI:
        return st.sampled_from((YES, NO, UNKNOWN))
    if type_.shape is Shape.ENUM:
        return st.sampled_from((*type_.choices, UNKNOWN))
    return st.sampled_from((1, 2, 3, 10, 30, UNKNOWN))


@st.composite
def calls(draw: st.DrawFn) -> tuple[dict[str, Fact], dict[str, Fact]]:
    """Some facts, and the rest of them."""
    given_: dict[str, Fact] = {}
    rest: dict[str, Fact] = {}
    for name in POLICY.types:
        (given_ if draw(st.booleans()) else rest)[name] = draw(values(name))
    return given_, rest


@settings(max_examples=300, deadline=None)
@given(calls())
def test_what_is_reachable_holds_whatever_the_rest_turns_out_to_be(
    call: tuple[dict[str, Fact], dict[str, Fact]],
) -> None:
    facts, rest = call
    before = assess(POLICY, facts)
    after = assess(POLICY, {**facts, **rest})

    assert after.outcome is not Outcome.ASK_MORE
    assert after.questions == ()
    assert after.outcome in before.reachable
    assert after.outcome.response >= before.floor.response
    if before.outcome is not Outcome.ASK_MORE:
        assert (after.outcome, after.lead) == (before.outcome, before.lead)


@settings(max_examples=200, deadline=None)
@given(calls(), st.randoms())
def test_the_order_of_facts_changes_nothing(call: tuple[dict[str, Fact], dict[str, Fact]], random: object) -> None:
    facts, _ = call
    shuffled = list(facts.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert assessment_bytes(assess(POLICY, dict(shuffled))) == assessment_bytes(assess(POLICY, facts))


@settings(max_examples=150, deadline=None)
@given(calls())
def test_a_question_is_asked_only_if_it_can_change_the_answer_and_answering_ends_them(
    call: tuple[dict[str, Fact], dict[str, Fact]],
) -> None:
    facts, rest = call
    assessment = assess(POLICY, facts)
    asked = 0
    while assessment.questions:
        question = assessment.questions[0]
        assert not set(question.facts) & set(facts)
        facts = {**facts, **{name: rest[name] for name in question.facts}}
        assessment = assess(POLICY, facts)
        asked += 1
    assert asked <= len(POLICY.groups)
    assert assessment.outcome is not Outcome.ASK_MORE
    assert assessment.statement


@settings(max_examples=150, deadline=None)
@given(calls())
def test_if_unknown_is_what_answering_unknown_comes_to(call: tuple[dict[str, Fact], dict[str, Fact]]) -> None:
    facts, _ = call
    assessment = first = assess(POLICY, facts)
    while assessment.questions:
        facts = {**facts, **{name: UNKNOWN for question in assessment.questions for name in question.facts}}
        assessment = assess(POLICY, facts)

    assert assessment.outcome is first.if_unknown


def may_change(facts: dict[str, Fact], question_facts: tuple[str, ...], rest: dict[str, Fact]) -> set[object]:
    """What one question's answers make of the call, everything else being as in `rest`."""
    settled = {**rest, **facts}
    found: set[object] = set()
    for answer in (YES, NO, UNKNOWN):
        changed = {**settled, **{name: answer for name in question_facts if POLICY.types[name].shape is Shape.TRI}}
        one: Assessment = assess(POLICY, changed)
        found.add((one.outcome, one.lead))
    return found


def test_each_question_of_an_ordinary_call_can_change_its_owner() -> None:
    """A first call: for every question that is asked there are answers to the others with which it matters."""
    quiet: dict[str, Fact] = {
        "crime": NO, "crime_live": NO, "risk_life_now": NO, "serious_harm_now": NO, "medical": NO, "police_need": NO,
        "attendance_promised": NO, "risk_created": NO, "officers_on_scene": NO, "s136_custody": NO,
        "handover_agreed": NO, "strand": "transport", "partner_available": YES, "contact_number": 1,
    }  # fmt: skip
    ill: dict[str, Fact] = {**quiet, "risk_life_now": YES, "medical": YES}
    ill |= {"ambulance_accepted": YES, "ambulance_eta_minutes": 5, "risk_window_minutes": 9, "partner_eta_minutes": 5}
    facts: dict[str, Fact] = {"contact_number": 1, "handover_agreed": NO}
    for question in assess(POLICY, facts).questions:
        tri = tuple(name for name in question.facts if POLICY.types[name].shape is Shape.TRI)
        if question.group == "planned":
            ways = [{**quiet, "strand": "s136"}]
        else:
            ways = [quiet, ill]
        if tri:
            assert any(len(may_change(facts, (name,), rest)) > 1 for name in tri for rest in ways), question.group
