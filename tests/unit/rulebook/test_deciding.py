"""Deciding, explaining, replaying: the two synthetic families, which have the shape of the next two desks."""

import json
import pickle
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from backbeat.errors import NoRuleForDate, UserError
from backbeat.rulebook import (
    NO,
    UNKNOWN,
    YES,
    Answer,
    Edition,
    FactsRejected,
    NoSuchTable,
    ResultUnreadable,
    Shelf,
    assure,
    replay,
)
from backbeat.rulebook.values import ValueType

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def crime() -> Shelf:
    return Shelf.load(DATA / "crime-like")


@pytest.fixture(scope="module")
def triage() -> Edition:
    return Shelf.load(DATA / "triage-like").on(date(2026, 6, 1))


def test_the_ladder_is_not_the_order_of_sentences_and_editions_differ(crime: Shelf) -> None:
    facts = {"homicide": NO, "stalking_fear": YES, "wounding": YES, "burglary_home": YES}
    then = crime.on(date(2026, 3, 31)).decide("principal", facts)
    now = crime.on(date(2026, 4, 1)).decide("principal", facts)
    assert then.outcome == {"principal": "wounding", "refer": NO}
    assert now.outcome == {"principal": "stalking causing fear", "refer": NO}
    assert now.prevails is not None
    assert (now.prevails.row, now.prevails.page) == ("stalking-fear", "14")
    assert [ref.row for ref in now.fired] == ["stalking-fear", "wounding", "burglary-home"]
    assert str(now.prevails) == "crime-like-2026/principal#stalking-fear"


def test_a_tie_in_rank_refers(crime: Shelf) -> None:
    edition = crime.on(date(2026, 4, 1))
    facts = {"homicide": NO, "stalking_fear": NO, "wounding": NO, "strangulation": YES}
    open_ = edition.decide("principal", facts)
    assert (open_.outcome, open_.needs) == (None, ("racial_harassment",))
    tied = edition.decide("principal", {**facts, "racial_harassment": YES})
    assert tied.outcome == {"principal": "undetermined", "refer": YES}
    assert [ref.row for ref in tied.fired] == ["tie", "strangulation", "racial-harassment"]


def test_only_facts_that_could_change_the_outcome_are_asked_for(crime: Shelf) -> None:
    edition = crime.on(date(2026, 4, 1))
    # wounding is made out: whatever stands below it in the ladder cannot matter any more
    assert edition.decide("principal", {"wounding": YES}).needs == ("homicide", "stalking_fear")
    # either gate closes it as an incident, so which of the two stops it need not be asked
    decided = edition.decide("record", {"notifiable": NO})
    assert decided.outcome == {"outcome": "incident"}
    assert (decided.fired, decided.needs, decided.prevails) == ((), (), None)


@pytest.mark.parametrize(
    ("since", "state"),
    [
        (timedelta(hours=24), "in-time"),
        (timedelta(hours=24, seconds=1), "overdue"),
        (timedelta(0), "in-time"),
    ],
)
def test_the_clock_runs_to_the_second(crime: Shelf, since: timedelta, state: str) -> None:
    facts = {"since_report": since, "complaint_on_duty": NO, "reported": date(2026, 4, 1)}
    outcome = crime.on(date(2026, 4, 2)).decide("clock", facts).outcome
    assert outcome == {"state": state, "deadline": timedelta(hours=24)}


def test_collecting_counts_every_row(crime: Shelf) -> None:
    edition = crime.on(date(2026, 4, 1))
    both = edition.decide("additions", {"breach_of_order": YES, "drugs": YES, "victim_offence": YES})
    assert both.outcome == {"also": ("breach of order", "possession of drugs"), "unit": ("offender", "offender")}
    none = edition.decide("additions", {"breach_of_order": NO, "drugs": NO})
    assert (none.outcome, none.prevails) == ({"also": (), "unit": ()}, None)


def test_gates_stop_at_the_first_not_passed_and_ask_in_their_order(triage: Edition) -> None:
    assert triage.decide("owner", {"crime_now": YES}).outcome == {"owner": "police-deploy"}
    first = triage.decide("owner", {})
    assert first.needs == ("crime_now", "crime_past", "life_risk", "promise", "calls_today")
    promise = triage.decide("owner", {"crime_now": NO, "crime_past": NO, "life_risk": NO, "promise": YES})
    assert promise.prevails is not None
    assert promise.prevails.row == "g2-promise"


@pytest.mark.parametrize("given", [UNKNOWN, "unknown"])
def test_an_answer_of_unknown_is_not_a_question_not_asked(triage: Edition, given: object) -> None:
    known = {"crime_now": NO, "crime_past": NO, "promise": NO, "calls_today": 1}
    assert triage.decide("owner", known).needs == ("life_risk",)
    assert triage.decide("owner", {**known, "life_risk": given}).outcome == {"owner": "supervisor"}
    # where unknown is no answer of its own, giving it says no more than leaving it out
    open_ = triage.decide("owner", {**known, "life_risk": NO, "promise": given})
    left_out = triage.decide("owner", {k: v for k, v in {**known, "life_risk": NO}.items() if k != "promise"})
    assert open_.outcome is None
    assert open_.to_json() == left_out.to_json()


@pytest.mark.parametrize(
    ("table", "facts", "says"),
    [
        ("owner", {"crime_now": True}, "Fact crime_now must be yes, no or unknown."),
        ("owner", {"crime_now": None}, "Fact crime_now must be yes, no or unknown."),
        ("owner", {"crime_now": "maybe"}, "Fact crime_now must be yes, no or unknown."),
        ("owner", {"calls_today": 0}, "Fact calls_today must be a whole number in 1.."),
        ("owner", {"calls_today": "1"}, "Fact calls_today must be a whole number in 1.."),
        ("owner", {"calls_today": 1.0}, "Fact calls_today must be a whole number in 1.."),
        ("owner", {"calls_today": True}, "Fact calls_today must be a whole number in 1.."),
        ("owner", {"life_rsk": YES}, "The table does not ask for the fact life_rsk."),
        ("owner", {"Jane Example, 1 High St": YES}, "The table does not ask for the fact given."),
        ("strand", {"strand": "other"}, "Fact strand must be one of welfare, walk-out, awol, medical."),
        ("strand", {"strand": Answer.NO}, "Fact strand must be one of"),
    ],
)
def test_facts_of_the_wrong_kind_are_refused(triage: Edition, table: str, facts: dict[str, object], says: str) -> None:
    with pytest.raises(FactsRejected) as caught:
        triage.decide(table, facts)
    assert says in caught.value.what
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"since_report": 24}, "since_report must be hours"),
        ({"since_report": timedelta(milliseconds=1500)}, "since_report must be a duration of whole seconds"),
        ({"since_report": timedelta(seconds=-1)}, "since_report must be a duration of whole seconds"),
        ({"reported": datetime(2026, 4, 1, 12)}, "reported must be a date"),
    ],
)
def test_times_of_the_wrong_kind_are_refused(crime: Shelf, facts: dict[str, object], says: str) -> None:
    with pytest.raises(FactsRejected, match=says):
        crime.on(date(2026, 4, 1)).decide("clock", facts)


def test_all_wrong_facts_are_named_at_once(triage: Edition) -> None:
    with pytest.raises(FactsRejected) as caught:
        triage.decide("owner", {"crime_now": 1, "promise": 2, "weather": YES})
    assert len(caught.value.what.splitlines()) == 3
    with pytest.raises(NoSuchTable, match="owner, strand"):
        triage.decide("ownr", {})


@pytest.mark.parametrize("day", [None, datetime(2026, 4, 1), date(2025, 3, 31)])
def test_no_day_or_no_edition_is_refused(crime: Shelf, day: date | None) -> None:
    with pytest.raises(NoRuleForDate) as caught:
        crime.on(day)
    assert isinstance(caught.value, UserError)
    assert "crime-like" in caught.value.where


def test_explanation_cites_document_and_page(crime: Shelf) -> None:
    result = crime.on(date(2026, 4, 1)).decide("record", {"concerns_crime": YES, "notifiable": NO})
    assert result.explanation.lines() == [
        "crime-like-2026/record: outcome=incident",
        "  passed concerns-crime: The report does not concern a crime. (manual p11)",
        "    concerns_crime: wants yes; yes, met",
        "  stopped at notifiable: On balance, no notifiable crime is made out. (manual p11)",
        "    notifiable: wants yes; no, not met",
    ]


def test_replay_proves_equality_or_says_which_part_differs(crime: Shelf, triage: Edition) -> None:
    edition = crime.on(date(2026, 4, 1))
    data = edition.decide("clock", {"since_report": timedelta(hours=25), "complaint_on_duty": NO}).to_json()
    again = replay(data, crime)
    assert again
    assert again.result is not None
    assert again.result.to_json() == data

    def changed(**parts: object) -> bytes:
        return json.dumps({**json.loads(data), **parts}, sort_keys=True, separators=(",", ":")).encode()

    assert replay(changed(outcome={"state": "in-time"}), crime).differs == ("$.outcome",)
    assert replay(changed(edition={"id": edition.id, "hash": "0"}), crime).differs == ("$.edition.hash",)
    assert replay(changed(edition={"id": "crime-like-1999", "hash": "0"}), crime).differs == ("$.edition.id",)
    assert replay(changed(table="gone"), crime).differs == ("$.table",)
    assert replay(changed(facts={"since_report": "soon"}), crime).differs == ("$.facts",)
    assert replay(changed(extra=1), crime).differs == ("$ (a key too many)",)
    assert replay(data + b"\n", crime).differs == ("$ (spelling)",)
    # bytes from another family's shelf
    assert replay(triage.decide("owner", {}).to_json(), crime).differs == ("$.edition.id",)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b"\xff", b"[" * 100_000, b'{"schema":"backbeat.rulebook.result/1"}']
)
def test_bytes_that_are_no_result_are_refused(crime: Shelf, data: bytes) -> None:
    with pytest.raises(ResultUnreadable):
        replay(data, crime)


@pytest.mark.parametrize("value", ["\ud800", 10**18, -(10**18)])
def test_facts_that_have_no_spelling_are_refused(value: object) -> None:
    kind = ValueType.parse("text" if isinstance(value, str) else "int")
    with pytest.raises(ValueError, match="must be"):
        kind.accept(value)


def test_a_result_whose_facts_were_made_unspeakable_does_not_replay(crime: Shelf) -> None:
    data = crime.on(date(2026, 4, 1)).decide("units", {"class": "drugs"}).to_json()
    assert not replay(data.replace(b'"class":"drugs"', b'"class":"\\ud800"'), crime)


def test_a_result_cannot_change_the_next_one(crime: Shelf) -> None:
    edition = crime.on(date(2026, 4, 1))
    first = edition.decide("units", {"class": "drugs"})
    assert isinstance(first.outcome, dict)
    first.outcome["unit"] = "victim"
    assert edition.decide("units", {"class": "drugs"}).outcome == {"unit": "offender"}


def test_results_cross_processes(crime: Shelf) -> None:
    result = crime.on(date(2026, 4, 1)).decide("units", {"class": "drugs"})
    assert pickle.loads(pickle.dumps(result)).to_json() == result.to_json()


def test_assurance_reports_codes_and_pages(tmp_path: Path) -> None:
    folder = tmp_path / "2026"
    _copy(DATA / "crime-like" / "2026-04-01", folder)
    assert assure(folder) == assure(DATA / "crime-like") == ()
    path = folder / "examples.yaml"
    path.write_text(path.read_text().replace("state: in-time, deadline: 24", "state: overdue, deadline: 48"))
    assert [found.line() for found in assure(folder)] == [
        "clock-01 unexpected-state: expected overdue, got in-time (p10)",
        "clock-01 unexpected-deadline: expected 48:00, got 24:00 (p10)",
    ]


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            there = target / path.relative_to(source)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(path.read_bytes())
