"""The recording clock: the same day, 24 elapsed hours, the days the clocks change, and what it does not run for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.crime.clock import ClockState, deadlines, delay_duties, report_day, state
from backbeat.crime.model import Allegation, Authority, Deadline, NamedOffence, Offence, Report, Verdict
from backbeat.crime.recording import Recording
from backbeat.crime.resolving import scope_of
from backbeat.crime.rules import Rules, open_rules
from backbeat.errors import UserError
from backbeat.rulebook import NO, UNKNOWN, YES, Fact

ORDINARY: dict[str, Fact] = {"police_on_duty_complaint": NO, "reported_by": "victim"}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


def due(
    rules: Rules,
    received_at: str,
    offence: str = "008/06 8N",
    found: Recording | None = None,
    act: str = "named",
    facts: Mapping[str, Fact] = MappingProxyType({}),
) -> tuple[Deadline, ...]:
    code, class_ = offence.split(" ")
    allegation = Allegation("a1", act, NamedOffence(code, class_), facts={**ORDINARY, **facts})
    report = Report("R-1", datetime.fromisoformat(received_at), "northshire", {}, {}, (allegation,))
    known = rules.offences.find(code, class_) if act == "named" else None
    assert known is None or isinstance(known, Offence)
    scope = scope_of(rules, report, allegation, known)
    return deadlines(rules, report, scope, found or Recording("a1", Verdict.RECORD))


@pytest.mark.parametrize(
    ("received", "same_day", "latest"),
    [
        ("2026-05-01T09:30:00+01:00", "2026-05-02T00:00:00+01:00", "2026-05-02T09:30:00+01:00"),
        ("2026-05-01T08:30:00+00:00", "2026-05-02T00:00:00+01:00", "2026-05-02T09:30:00+01:00"),  # the same instant
        ("2026-05-01T23:59:59+01:00", "2026-05-02T00:00:00+01:00", "2026-05-02T23:59:59+01:00"),
        ("2026-05-02T00:00:00+01:00", "2026-05-03T00:00:00+01:00", "2026-05-03T00:00:00+01:00"),  # a whole day left
        # Clocks go forward on 28 March 2027 at 01:00: 24 hours end an hour later by the clock on the wall.
        ("2027-03-27T09:30:00+00:00", "2027-03-28T00:00:00+00:00", "2027-03-28T10:30:00+01:00"),
        ("2027-03-28T00:30:00+00:00", "2027-03-29T00:00:00+01:00", "2027-03-29T01:30:00+01:00"),
        # Clocks go back on 25 October 2026 at 02:00, and 01:30 comes twice.
        ("2026-10-24T09:30:00+01:00", "2026-10-25T00:00:00+01:00", "2026-10-25T08:30:00+00:00"),
        ("2026-10-24T01:30:00+01:00", "2026-10-25T00:00:00+01:00", "2026-10-25T01:30:00+01:00"),
        ("2026-10-25T01:30:00+01:00", "2026-10-26T00:00:00+00:00", "2026-10-26T00:30:00+00:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-26T00:00:00+00:00", "2026-10-26T01:30:00+00:00"),
        # The leap day, and the turn of a year.
        ("2028-02-28T12:00:00+00:00", "2028-02-29T00:00:00+00:00", "2028-02-29T12:00:00+00:00"),
        ("2028-02-29T12:00:00+00:00", "2028-03-01T00:00:00+00:00", "2028-03-01T12:00:00+00:00"),
        ("2026-12-31T23:30:00+00:00", "2027-01-01T00:00:00+00:00", "2027-01-01T23:30:00+00:00"),
        # Handed in with the offset of another place: the day is that of England and Wales.
        ("2026-05-01T20:30:00-05:00", "2026-05-03T00:00:00+01:00", "2026-05-03T02:30:00+01:00"),
    ],
)
def test_both_deadlines(rules: Rules, received: str, same_day: str, latest: str) -> None:
    found = due(rules, received)

    assert [one.at.isoformat() for one in found if one.at] == [same_day, latest]
    assert {one.source.page for one in found} == {"10"}


@given(st.datetimes(datetime(2026, 4, 1), datetime(2036, 4, 1), timezones=st.just(UTC)))
def test_latest_is_24_elapsed_hours_and_the_target_comes_no_later(received: datetime) -> None:
    target, latest = due(open_rules().on(date(2026, 5, 1)), received.isoformat())

    assert target.at is not None
    assert latest.at is not None
    assert latest.at.astimezone(UTC) - received == timedelta(hours=24)
    assert timedelta(0) < target.at.astimezone(UTC) - received <= timedelta(hours=25)
    assert (target.at.hour, target.at.minute) == (0, 0)


@pytest.mark.parametrize(
    ("offence", "facts", "page"),
    [
        ("008/06 8N", {"police_on_duty_complaint": YES, "authority_decided": "not-yet"}, "17"),
        ("008/06 8N", {"reported_by": "other-authority", "investigation_by": "nca", "nca_hold": YES}, "18"),
    ],
)
def test_outside_the_clock(rules: Rules, offence: str, facts: dict[str, Fact], page: str) -> None:
    (only,) = due(rules, "2026-05-01T09:30:00+01:00", offence, Recording("a1", Verdict.LATER), facts=facts)

    assert (only.at, only.source.page) == (None, page)


@pytest.mark.parametrize(("act", "incident"), [("driving", "CRI"), ("driving", "N300/04"), ("death", "N300/04")])
def test_driving_waits_until_it_is_made_out(rules: Rules, act: str, incident: str) -> None:
    (only,) = due(rules, "2026-05-01T09:30:00+01:00", found=Recording("a1", Verdict.INCIDENT, incident), act=act)

    assert (only.at, only.source.page) == (None, "37")


@pytest.mark.parametrize(("offence", "page"), [("001/01 1", "34"), ("008/52 8N", "44"), ("004/17 4/9", "37")])
def test_no_delay_at_all(rules: Rules, offence: str, page: str) -> None:
    (only,) = due(rules, "2026-05-01T09:30:00+01:00", offence)

    assert (only.what, only.source.page) == ("record at once", page)
    assert only.at == datetime.fromisoformat("2026-05-02T09:30:00+01:00")


@pytest.mark.parametrize(
    "facts",
    [
        {"police_on_duty_complaint": UNKNOWN},
        {"police_on_duty_complaint": YES, "authority_decided": UNKNOWN},
        {"reported_by": UNKNOWN},
    ],
)
def test_the_clock_runs_while_its_exceptions_are_open(rules: Rules, facts: dict[str, Fact]) -> None:
    found = due(rules, "2026-05-01T09:30:00+01:00", found=Recording("a1", Verdict.OPEN), facts=facts)

    assert [one.what for one in found] == ["record the same day", "record at the latest"]
    assert {one.source.page for one in found} == {"10"}


def test_an_incident_has_no_deadline_for_a_crime(rules: Rules) -> None:
    assert due(rules, "2026-05-01T09:30:00+01:00", found=Recording("a1", Verdict.INCIDENT, "NSIR")) == ()


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [
        (timedelta(0), ClockState.IN_TIME),
        (timedelta(hours=18) - timedelta(microseconds=1), ClockState.IN_TIME),
        (timedelta(hours=18), ClockState.AMBER),
        (timedelta(hours=24) - timedelta(microseconds=1), ClockState.AMBER),
        (timedelta(hours=24), ClockState.RED),
        (timedelta(days=400), ClockState.RED),
        (timedelta(hours=-1), ClockState.IN_TIME),  # a clock that is a little ahead
    ],
)
def test_state_by_elapsed_time(rules: Rules, elapsed: timedelta, expected: ClockState) -> None:
    received = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)  # the night on which the clocks go back

    assert state(rules, received, received + elapsed) == expected


def test_red_is_24_elapsed_hours_also_when_the_clocks_go_forward(rules: Rules) -> None:
    received = datetime.fromisoformat("2027-03-27T12:00:00+00:00")

    assert state(rules, received, datetime.fromisoformat("2027-03-28T12:30:00+01:00")) == ClockState.AMBER
    assert state(rules, received, datetime.fromisoformat("2027-03-28T13:00:00+01:00")) == ClockState.RED


def test_late_recording_needs_a_rationale_and_the_registrar(rules: Rules) -> None:
    received = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)

    assert delay_duties(rules, received, received + timedelta(hours=23), ["allegation:a1"]) == ()
    late = delay_duties(rules, received, received + timedelta(hours=24), ["allegation:a1"])
    assert [duty.who for duty in late] == [Authority.OFFICER, Authority.FCR]
    assert {(duty.about, duty.source.page) for duty in late} == {(("allegation:a1",), "10")}


@pytest.mark.parametrize(
    ("received", "day"),
    [
        ("2026-03-31T23:59:59+01:00", date(2026, 3, 31)),
        ("2026-04-01T00:00:00+01:00", date(2026, 4, 1)),
        ("2026-03-31T23:30:00+00:00", date(2026, 4, 1)),  # already April by British Summer Time
        ("2026-04-01T02:00:00+09:00", date(2026, 3, 31)),
    ],
)
def test_the_day_of_a_report_is_that_of_england_and_wales(received: str, day: date) -> None:
    assert report_day(datetime.fromisoformat(received)) == day


def test_the_edition_changes_with_the_day_of_the_report() -> None:
    shelf = open_rules()

    assert shelf.on(report_day(datetime.fromisoformat("2026-03-31T23:30:00+00:00"))).id == "hocr-2026-27"
    with pytest.raises(UserError):
        shelf.on(report_day(datetime.fromisoformat("2026-03-31T23:30:00+01:00")))
