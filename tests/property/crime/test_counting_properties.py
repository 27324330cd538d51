"""What holds for every report: order and repetition never matter, nothing is lost, nothing unknown counts as no."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from counting_cases import counting_rules, offence, report_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backbeat.crime.grouping import groups_of, pieces_of
from backbeat.crime.how_many import HowMany, how_many, separate_count
from backbeat.crime.model import Allegation, NamedOffence, Offence, Recorded, Report
from backbeat.crime.principal import key_of
from backbeat.crime.supposing import Key, Suppositions, every_way, relevant
from backbeat.rulebook import NO, UNKNOWN, YES, Answer

# Table, ladder, off-table, state-based, additional, swallowed, and every kind of unit.
LABELS = (
    "8N 008/06", "8N 008/77", "8N 008/01", "8N 008/52", "5D 005/01", "105A 105/01", "8S 008/06", "8R 008/72",
    "8R 005/28", "8Q 008/65", "8Q 195/12", "8L 195/94", "8L 008/31", "8M 008/56", "8U 008/67", "19C 019/08",
    "19J 019/08", "20A 020/05", "34B 034/01", "28I 028/03", "28M 028/03", "30C 030/02", "58A 149/00", "58B 149/00",
    "44 044/00", "46 046/00", "49A 053/25", "37/1 037/01", "48 048/01", "106 036/06", "66 066/01", "66 066/39",
    "33 033/00", "10D 008/26", "92A 092/30", "92D 092/53", "92E 092/61", "88E 088/09", "802 802/00", "59 059/11",
    "36 036/01", "27 167/01",
)  # fmt: skip
FACTS = (
    "weapon_used", "violence_connected_with_affray", "injured_at_robbery", "force_of_the_robbery", "same_time_as_home",
    "part_of_course_of_conduct", "driving_evidence_beyond_injury", "taking_already_recorded", "continues_conduct",
)  # fmt: skip
ANSWERS = st.sampled_from((YES, NO, UNKNOWN))
PEOPLE = ("v1", "v2", "v3", "v4")
SUSPECTS = ("o1", "o2", "o3")
DAY = date(2026, 4, 1)


@pytest.fixture(scope="module", autouse=True)
def opened() -> None:
    """Open the edition before any example is timed."""
    counting_rules()


def some(of: tuple[str, ...], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), max_size=most, unique=True).map(lambda chosen: tuple(sorted(chosen)))


@st.composite
def reports(draw: st.DrawFn, *, answered: bool = False) -> Report:
    made = []
    for number in range(draw(st.integers(1, 5))):
        class_, code = draw(st.sampled_from(LABELS)).split()
        facts = (
            {name: draw(st.sampled_from((YES, NO))) for name in FACTS}
            if answered
            else draw(st.dictionaries(st.sampled_from(FACTS), ANSWERS, max_size=3))
        )
        made.append(
            Allegation(
                f"a{number}",
                "named",
                NamedOffence(code, class_),
                draw(some(PEOPLE, 3)),
                draw(some(SUSPECTS, 2)),
                on=draw(st.sampled_from((DAY, DAY + timedelta(3)) if answered else (None, DAY, DAY + timedelta(3)))),
                place=draw(st.sampled_from(("here", "there") if answered else (None, "here", "there"))),
                force=draw(st.sampled_from((None, "a", "b"))),
                facts={**facts, "offenders_defined": draw(st.sampled_from(("all", "some", "none")))},
            )
        )
    homes = {one: draw(st.sampled_from(("h1", "h2") if answered else ("h1", "h2", None))) for one in PEOPLE}
    together = draw(st.sampled_from((YES, NO) if answered else (YES, NO, UNKNOWN)))
    report = report_of(*made, parties={one: home for one, home in homes.items() if home})
    return replace(report, facts={"offenders_acted_together": together})


def recordable(report: Report) -> dict[str, Offence]:
    return {one.id: offence(f"{one.named.class_} {one.named.code}") for one in report.allegations if one.named}


def decide(report: Report) -> HowMany:
    return how_many(counting_rules(), report, recordable(report))


def total(found: HowMany) -> int:
    """Crimes recorded, a point referred as the one it will become."""
    return sum(crime.count for crime in found.crimes) + len(found.referrals)


@given(reports(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_input_never_change_the_result(report: Report, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(report.allegations)
    random.shuffle(shuffled)
    mixed = tuple(
        replace(
            one, victims=tuple(reversed((*one.victims, *one.victims))), offenders=tuple(reversed(one.offenders)) * 2
        )
        for one in shuffled
    )
    assert decide(replace(report, allegations=mixed)) == decide(report)


@given(reports())
def test_the_same_allegation_twice_never_makes_more_crimes(report: Report) -> None:
    """The finished incident rule: a repeated allegation of the same people, place and day is the same incident."""
    again = tuple(replace(one, id=f"{one.id}-again") for one in report.allegations)
    found, twice = decide(report), decide(replace(report, allegations=(*report.allegations, *again)))
    if not found.questions and not twice.questions:
        assert sum(crime.count for crime in twice.crimes) == sum(crime.count for crime in found.crimes)


@given(reports())
def test_every_allegation_is_accounted_for_once(report: Report) -> None:
    found = decide(report)
    counted = [name for crime in found.crimes for name in crime.allegations]
    under = [one.allegation for one in found.not_counted]
    referred = {name for one in found.referrals for name in one.about}
    assert {*counted, *under, *referred, *found.open} == {one.id for one in report.allegations}
    assert len(under) == len(set(under))
    for name in under:
        assert name not in {*counted, *referred, *found.open}
    for name in found.open:
        assert name not in {*counted, *referred}
    for one in report.allegations:
        if max(len(one.victims), len(one.offenders)) < 2:  # else it may be counted for one and referred for another
            assert not (one.id in counted and one.id in referred)


@given(reports())
def test_open_allegations_come_with_questions_and_questions_with_open_facts(report: Report) -> None:
    found = decide(report)
    assert bool(found.questions) or not found.open
    given_facts = {
        (f"allegation:{one.id}", name)
        for one in report.allegations
        for name, value in one.facts.items()
        if value is not UNKNOWN
    }
    assert not given_facts & {(one.about, one.fact) for one in found.questions}


@given(reports(answered=True))
def test_nothing_is_asked_where_everything_is_answered(report: Report) -> None:
    found = decide(report)
    assert found.questions == ()
    assert found.open == ()


@given(reports(answered=True), st.integers(0, 4), st.sampled_from(("h1", "h9")))
def test_one_more_victim_never_lowers_the_count(report: Report, which: int, home: str) -> None:
    chosen = report.allegations[which % len(report.allegations)]
    if not chosen.victims:
        return  # an offence without a victim becomes another offence by having one
    wider = replace(chosen, victims=(*chosen.victims, "v9"))
    allegations = tuple(wider if one is chosen else one for one in report.allegations)
    more = report_of(
        *allegations,
        parties={**{one.id: one.household for one in report.parties.values() if one.household}, "v9": home},
    )
    more = replace(more, facts=report.facts)
    assert total(decide(more)) >= total(decide(report))
    rules = counting_rules()
    assert separate_count(rules, more, recordable(more)) >= separate_count(rules, report, recordable(report))


@given(reports())
def test_the_principal_crime_is_among_the_candidates(report: Report) -> None:
    rules, suppose = counting_rules(), Suppositions({})
    for group in groups_of(pieces_of(report, recordable(report), rules.units, suppose), report, suppose):
        offences = [piece.offence for piece in group.pieces]
        contest = rules.precedence.principal(offences)
        labels = {one.label for one in offences}
        if contest.winner is not None:
            assert contest.winner in {key_of(one) for one in offences}
        else:
            assert len(contest.candidates) >= 2
            assert {one.label for one in contest.candidates} <= labels
        assert contest == rules.precedence.principal(list(reversed(offences)) * 2)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(reports())
def test_what_is_certain_holds_however_the_questions_are_answered(report: Report) -> None:
    found = decide(report)
    tri = [one for one in found.questions if one.type == "tri"][:3]
    for answers in product((YES, NO), repeat=len(tri)):
        settled = report
        for question, answer in zip(tri, answers, strict=True):
            settled = answer_to(settled, question.about, question.fact, answer)
        then = decide(settled)
        for crime in found.crimes:
            alike = [
                one for one in then.crimes if one.allegations == crime.allegations and one.offence == crime.offence
            ]
            assert alike
            assert alike[0].count >= crime.count
        assert {one.allegation for one in found.not_counted} <= {one.allegation for one in then.not_counted}


def answer_to(report: Report, about: str, fact: str, answer: Answer) -> Report:
    if about == "report":
        return replace(report, facts={**report.facts, fact: answer})
    name = about.removeprefix("allegation:")
    return replace(
        report,
        allegations=tuple(
            replace(one, facts={**one.facts, fact: answer}) if one.id == name else one for one in report.allegations
        ),
    )


@given(
    st.sampled_from(("8Q 008/65", "8R 008/72", "8N 008/06", "8M 008/56")),
    st.dictionaries(
        st.sampled_from(("offender_dealt_with", "course_ended", "exceptional_gap", "continues_conduct")), ANSWERS
    ),
    st.one_of(st.none(), st.dates(date(2026, 4, 1), date(2026, 12, 1))),
)
def test_after_a_record_everything_is_accounted_for_too(label: str, facts: dict[str, Answer], on: date | None) -> None:
    class_, code = label.split()
    record = Recorded("CR/1", NamedOffence("008/65", "8Q"), "v1", ("o1",), DAY, DAY)
    again = Allegation("a1", "named", NamedOffence(code, class_), ("v1",), ("o1",), on=on, facts=facts)
    found = decide(report_of(again, recorded=(record,)))
    ends = [bool(found.crimes), bool(found.not_counted), bool(found.referrals), bool(found.open)]
    assert ends.count(True) == 1
    assert found.questions or not found.open


# --- supposing --------------------------------------------------------------------------------------------------------


@given(st.lists(st.booleans(), min_size=8, max_size=8))
def test_supposing_finds_exactly_the_facts_that_matter(truth: list[bool]) -> None:
    """Against a plain table of all eight cases of three facts."""
    keys = [Key("report", name) for name in "abc"]
    table = dict(zip(product((False, True), repeat=3), truth, strict=True))
    leaves, complete = every_way(lambda s: table[s.suppose(keys[0]), s.suppose(keys[1]), s.suppose(keys[2])])
    assert complete
    assert {leaf.result for leaf in leaves} == set(truth)
    expected = {
        keys[i]
        for i in range(3)
        for case, value in table.items()
        if table[tuple(not one if j == i else one for j, one in enumerate(case))] is not value  # type: ignore[index]
    }
    assert set(relevant(leaves, lambda result: result)) == expected


def test_supposing_stops_in_time_and_says_so() -> None:
    keys = [Key("report", str(number)) for number in range(10)]
    leaves, complete = every_way(lambda s: sum(s.suppose(key) for key in keys))
    assert not complete
    assert len(leaves) == 128


@pytest.mark.parametrize(("value", "asked"), [(YES, 0), (NO, 0), (UNKNOWN, 1), (None, 1)])
def test_only_what_is_not_given_is_supposed(value: Answer | None, asked: int) -> None:
    suppose = Suppositions({})
    facts = {} if value is None else {"x": value}
    assert suppose.holds(Key("report", "x"), facts) is (value is YES)
    assert len(suppose.made) == asked
