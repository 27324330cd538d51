"""Offending after a conduct crime was recorded: added to it, or new (p38, 52, 57-58)."""

from collections.abc import Mapping
from datetime import date

import pytest
from counting_cases import alleged, count, counting_rules, lines, offence, report_of, rows

from backbeat.crime.continuation import months_after
from backbeat.crime.how_many import CountingRules, how_many
from backbeat.crime.model import NamedOffence, Recorded
from backbeat.errors import Bug
from backbeat.rulebook import NO, YES, Answer

LAST = date(2026, 5, 1)


def on_record(label: str = "8Q 008/65", last: date | None = LAST, **facts: Answer) -> Recorded:
    class_, code = label.split()
    given = {"offender_dealt_with": NO, "course_ended": NO, "exceptional_gap": NO} | facts
    return Recorded("CR/1", NamedOffence(code, class_), "v1", ("o1",), date(2026, 5, 2), last, given)


@pytest.mark.parametrize(
    ("label", "on", "record", "joins"),
    [
        ("8Q 008/65", date(2026, 5, 20), on_record(), True),
        ("8L 195/94", date(2026, 5, 20), on_record(), True),
        ("8U 008/67", date(2026, 5, 20), on_record(), True),
        ("8Q 008/65", date(2026, 7, 31), on_record(), True),
        ("8Q 008/65", date(2026, 8, 1), on_record(), False),  # three months have passed
        ("8Q 008/65", date(2026, 9, 1), on_record(exceptional_gap=YES), True),
        ("8Q 008/65", date(2026, 5, 20), on_record(offender_dealt_with=YES), False),
        ("8Q 008/65", date(2026, 5, 20), on_record(course_ended=YES), False),  # p52
        ("8N 008/06", date(2026, 5, 20), on_record(), False),  # p58: any other notifiable offence
        ("8R 005/28", date(2026, 5, 20), on_record(), False),  # p58: never
        ("8Q 008/65", date(2026, 5, 20), on_record("8N 008/06"), False),  # only a conduct crime takes in
        ("48 048/01", date(2026, 5, 20), on_record("8N 008/06"), False),
    ],
)
def test_what_follows_a_conduct_crime(label: str, on: date, record: Recorded, joins: bool) -> None:
    found = count(report_of(alleged("a1", label, on=on), recorded=(record,)))
    assert found.questions == ()
    if joins:
        assert found.crimes == ()
        [one] = found.not_counted
        assert (one.under, one.rule, one.source.page) == ("CR/1", "continuation", "58")
    else:
        assert lines(found) == [f"1 x {label}"]


@pytest.mark.parametrize("label", ["8R 008/72", "8R 138/52"])
@pytest.mark.parametrize(
    ("continues", "on", "joins"),
    [("yes", date(2026, 5, 20), True), ("no", date(2026, 5, 20), False), ("yes", date(2026, 8, 1), False)],
)
def test_messages_join_only_where_they_clearly_continue_it(label: str, continues: str, on: date, joins: bool) -> None:
    found = count(report_of(alleged("a1", label, on=on, continues_conduct=continues), recorded=(on_record(),)))
    assert [one.rule for one in found.not_counted] == (["continuation"] if joins else [])
    assert len(found.crimes) == (0 if joins else 1)


def test_a_new_notifiable_offence_brings_a_review_of_the_crime_on_record() -> None:
    found = count(report_of(alleged("a1", "8N 008/06", on=date(2026, 5, 20)), recorded=(on_record(),)))
    [duty] = found.duties
    assert "CR/1" in duty.what
    assert "reclassified" in duty.what
    assert duty.source.page == "58"


def test_a_graver_continuation_joins_and_brings_a_review() -> None:
    found = count(report_of(alleged("a1", "8Q 008/65", on=date(2026, 5, 20)), recorded=(on_record("8Q 195/12"),)))
    assert [one.rule for one in found.not_counted] == ["continuation"]
    assert ["higher class" in one.what for one in found.duties] == [True]


def test_an_exceptional_gap_needs_its_reasons_written_down() -> None:
    again = alleged("a1", "8Q 008/65", on=date(2026, 9, 1))
    found = count(report_of(again, recorded=(on_record(exceptional_gap=YES),)))
    assert [one.who.value for one in found.duties] == ["supervisor"]


@pytest.mark.parametrize(("new", "old"), [("8M 008/56", "8Q 008/65"), ("8Q 008/65", "8M 008/58")])
def test_aggravated_conduct_is_not_named_and_goes_to_the_registrar(new: str, old: str) -> None:
    found = count(report_of(alleged("a1", new, on=date(2026, 5, 20)), recorded=(on_record(old),)))
    [referral] = found.referrals
    assert {one.source.page for one in referral.candidates} == {"57", "58"}


@pytest.mark.parametrize("drop", ["offender_dealt_with", "course_ended"])
def test_what_is_not_said_of_the_record_is_asked_and_nothing_is_dropped(drop: str) -> None:
    record = on_record()
    facts = {name: value for name, value in record.facts.items() if name != drop}
    again = alleged("a1", "8Q 008/65", on=date(2026, 5, 20))
    asked = Recorded("CR/1", record.offence, "v1", ("o1",), record.recorded_on, LAST, facts)
    found = count(report_of(again, recorded=(asked,)))
    assert (found.crimes, found.not_counted, found.open) == ((), (), ("a1",))
    assert [(one.about, one.fact) for one in found.questions] == [("recorded:CR/1", drop)]


def test_days_not_known_are_asked() -> None:
    no_day = count(report_of(alleged("a1", "8Q 008/65"), recorded=(on_record(),)))
    assert [(one.about, one.fact, one.type) for one in no_day.questions] == [("allegation:a1", "on", "date")]
    no_last = count(report_of(alleged("a1", "8Q 008/65", on=date(2026, 7, 31)), recorded=(on_record(last=None),)))
    assert [(one.about, one.fact) for one in no_last.questions] == [("recorded:CR/1", "last_incident_on")]
    # The last incident came no later than its record: three months after that they have passed in any case.
    late = count(report_of(alleged("a1", "8Q 008/65", on=date(2026, 8, 2)), recorded=(on_record(last=None),)))
    assert (lines(late), late.questions) == (["1 x 8Q 008/65"], ())


def test_an_offender_nobody_knows_may_be_the_one_on_record() -> None:
    found = count(report_of(alleged("a1", "8Q 008/65", "v1", "", on=date(2026, 5, 20)), recorded=(on_record(),)))
    assert found.open == ("a1",)
    assert [one.fact for one in found.questions] == ["same_offender_as_recorded"]


def test_another_victim_or_offender_is_a_new_crime() -> None:
    for who in (("v2", "o1"), ("v1", "o2")):
        found = count(report_of(alleged("a1", "8Q 008/65", *who, on=date(2026, 5, 20)), recorded=(on_record(),)))
        assert (lines(found), found.questions) == (["1 x 8Q 008/65"], ())


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 6, 30)),
    ],
)
def test_three_calendar_months_end_with_a_shorter_month(day: date, later: date) -> None:
    assert months_after(day, 3) == later


def edition_with(change: dict[tuple[str, str], Mapping[str, str] | None]) -> CountingRules:
    """The packaged edition with rows of the list `continuation` changed, or left out."""

    def changed(name: str) -> tuple[Mapping[str, str], ...]:
        if name != "continuation":
            return rows(name)
        every = ((row, (row["kind"], row["selector"])) for row in rows(name))
        return tuple({**row, **(change.get(key) or {})} for row, key in every if change.get(key, {}) is not None)

    return CountingRules(changed, counting_rules().offences)


@pytest.mark.parametrize(
    ("change", "on", "joins"),
    [
        ({}, date(2026, 6, 30), True),
        ({("gap", "conduct"): {"months": "1"}}, date(2026, 6, 30), False),
        ({("gap", "conduct"): {"months": "6"}}, date(2026, 10, 31), True),
        ({("conduct", "8Q"): None}, date(2026, 6, 30), False),
    ],
)
def test_what_joins_and_for_how_long_is_the_edition_s_to_say(
    change: dict[tuple[str, str], Mapping[str, str] | None], on: date, joins: bool
) -> None:
    report = report_of(alleged("a1", "8Q 008/65", on=on), recorded=(on_record(),))
    found = how_many(edition_with(change), report, {"a1": offence("8Q 008/65")})
    assert [one.rule for one in found.not_counted] == (["continuation"] if joins else [])
    assert len(found.crimes) + len(found.referrals) == (0 if joins else 1)


@pytest.mark.parametrize(
    "change",
    [{("gap", "message"): None}, {("gap", "conduct"): {"months": ""}}, {("conduct", "8L"): {"kind": "harassment"}}],
)
def test_a_list_that_leaves_the_rule_unsaid_is_refused(
    change: dict[tuple[str, str], Mapping[str, str] | None],
) -> None:
    with pytest.raises(Bug, match="the list continuation"):
        edition_with(change)
