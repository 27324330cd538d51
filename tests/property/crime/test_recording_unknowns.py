"""A fact that becomes unknown may leave a report open; it never makes another incident, referral or force of it."""

from datetime import UTC, datetime
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backbeat.crime.classifying import classify
from backbeat.crime.fact_types import FactType, fact_types
from backbeat.crime.model import Allegation, NamedOffence, Party, Report, Verdict
from backbeat.crime.recording import Recording, whether
from backbeat.crime.resolving import scope_of
from backbeat.crime.routing import Place, PlaceVerdict, place
from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import NO, UNKNOWN, YES, Fact

RECEIVED = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
OFFENCES = ("008/06 8N", "019/08 19C", "092/53 92D", "066/01 66", "036/08 106", "001/01 1", "008/52 8N", "008/72 8R")
TABLES = ("held", "reporter", "record", "record_state", "schools", "location", "recording_force")


@cache
def rules() -> Rules:
    return open_rules().on(RECEIVED.date())


@cache
def asked() -> tuple[FactType, ...]:
    """The facts the recording steps ask a person for and that are chosen from words."""
    return tuple(one for one in fact_types(rules()).values() if set(one.tables) & {*TABLES} and values(one))


def values(fact: FactType) -> tuple[Fact, ...]:
    """Every value but unknown."""
    return (YES, NO) if fact.type.shape == "tri" else tuple(fact.type.choices)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for one in asked():
        # Mostly what lets a report through, so that deep steps are reached too.
        value = draw(st.sampled_from((None, *values(one), *values(one))))
        if value is not None:
            facts[one.name] = value
    # Facts that contradict each other are refused before anything is decided.
    assume(not (facts.get("victim_found") is NO and facts.get("victim_confirms") is YES))
    return facts


def decide(offence: str, victims: tuple[str, ...], facts: dict[str, Fact]) -> tuple[Recording, Place]:
    code, class_ = offence.split(" ")
    allegation = Allegation("a1", "named", NamedOffence(code, class_), victims, ("o1",), facts=facts)
    report = Report("R-1", RECEIVED, "northshire", {"v1": Party("v1"), "o1": Party("o1")}, {}, (allegation,))
    classified = classify(rules(), allegation, scope_of(rules(), report, allegation))
    scope = scope_of(rules(), report, allegation, classified.offence)
    return whether(rules(), scope, classified), place(rules(), report, allegation, scope)


@settings(max_examples=500)
@given(st.sampled_from(OFFENCES), st.sampled_from([(), ("v1",)]), answers(), st.data())
def test_less_knowledge_never_decides_otherwise(
    offence: str, victims: tuple[str, ...], facts: dict[str, Fact], data: st.DataObject
) -> None:
    assume(facts)
    name = data.draw(st.sampled_from(sorted(facts)))
    left_out = {key: value for key, value in facts.items() if key != name}
    before, where_before = decide(offence, victims, facts)
    after, where_after = decide(offence, victims, left_out)

    if after.verdict is not Verdict.OPEN:
        assert (after.verdict, after.incident) == (before.verdict, before.incident)
    if where_after.verdict is not PlaceVerdict.OPEN:
        assert (where_after.verdict, where_after.incident) == (where_before.verdict, where_before.incident)


@settings(max_examples=500)
@given(st.sampled_from(OFFENCES), st.sampled_from([(), ("v1",)]), answers(), st.data())
def test_unknown_is_the_same_as_not_given(
    offence: str, victims: tuple[str, ...], facts: dict[str, Fact], data: st.DataObject
) -> None:
    """For every question but those where the rules say what to do when nobody knows: the places of page 15."""
    recording = [one for one in facts if one in {fact.name for fact in asked() if not set(fact.tables) & {"location"}}]
    assume(recording)
    name = data.draw(st.sampled_from(sorted(recording)))
    left_out = {key: value for key, value in facts.items() if key != name}

    assert decide(offence, victims, {**facts, name: UNKNOWN}) == decide(offence, victims, left_out)


@given(st.sampled_from(OFFENCES), st.sampled_from([(), ("v1",)]), answers())
def test_open_asks_for_something(offence: str, victims: tuple[str, ...], facts: dict[str, Fact]) -> None:
    found, where = decide(offence, victims, facts)

    assert (found.verdict is Verdict.OPEN) == bool(found.questions)
    assert where.verdict is not PlaceVerdict.OPEN or where.questions
    assert not {question.fact for question in found.questions} & facts.keys()


@given(st.sampled_from(OFFENCES), st.sampled_from([(), ("v1",)]))
def test_nothing_known_is_no_incident(offence: str, victims: tuple[str, ...]) -> None:
    found, where = decide(offence, victims, {})

    assert found.verdict is Verdict.OPEN
    assert where.verdict is PlaceVerdict.OPEN
