"""One ledger row a report, when its first decision stands whole: recorded outright, or ruled on to the last point."""

import json

from crime_desk import ORDINARY, CrimeDesk
from django.conf import settings
from station_django import make_user, signed_in

from backbeat.ledger import Ledger
from backbeat.station.desk_crime import ruling
from backbeat.station.desk_crime.models import CrimeReport, DecisionVersion

CONFLICT = {**ORDINARY, "theft_from_person": "no", "theft_place": "shop"}
"""Assault with injury and theft from a shop: the tests of page 13 disagree."""


def rule_on(desk: CrimeDesk, client=None) -> None:
    """Rule on the first point that waits, for its first candidate that is an offence."""
    referral = ruling.unruled(desk.refresh())[0]
    sent = {"key": referral["key"], "candidate": referral["candidates"][0]["label"], "rationale": "Seen."}
    client = client or signed_in(make_user("force-crime-registrar"))
    assert client.post(desk.url("rule"), sent).status_code == 302
    desk.refresh()


def rows(report: CrimeReport) -> list[int]:
    return list(report.versions.filter(ledger_row__isnull=False).values_list("ledger_row", flat=True))


def row(number: int) -> dict[str, object]:
    told = json.loads(Ledger.open(settings.INSTALLATION).entry(number))
    return told.get("body", told)


def test_a_ruling_on_the_last_point_leaves_the_row_with_the_crime_it_made():
    desk = CrimeDesk.entered().recorded(CONFLICT)
    assert rows(desk.report) == []
    rule_on(desk)
    report = desk.report
    assert report.state == CrimeReport.State.DECIDED
    assert rows(report) == [report.current.ledger_row]
    spared = report.current.separate_count - report.current.recorded_count
    assert report.current.recorded_count == 1
    assert f'"units":{spared}' in json.dumps(row(report.current.ledger_row), separators=(",", ":"))


def test_deciding_again_after_a_ruling_leaves_no_second_row():
    desk = CrimeDesk.entered().recorded(CONFLICT)
    rule_on(desk)
    before = rows(desk.report)
    desk.post("reopen")
    desk.post("change-answer", {"about": "allegation:a2", "fact": "damage_5000_or_more"})
    desk.answer_all(CONFLICT)
    desk.post("record", {"reason": "The cost is known now"})
    assert desk.refresh().current.number == 3
    assert rows(desk.report) == before


def test_a_proposal_that_the_registrar_upholds_leaves_its_row():
    desk = CrimeDesk.entered(["assault"])
    desk.answer_all()
    desk.post("record", {"disputed": "yes", "dispute": "The bruise is older."})
    assert rows(desk.refresh()) == []
    rule_on(desk)
    assert len(rows(desk.report)) == 1


def test_the_registrars_time_counts_against_the_hours():
    desk = CrimeDesk.entered().recorded(CONFLICT)
    before = desk.report.active_ms
    registrar = signed_in(make_user("force-crime-registrar"))
    assert registrar.get(desk.url("rule")).status_code == 200
    rule_on(desk, registrar)
    assert desk.report.active_ms > before
    assert f'"active_ms":{desk.report.active_ms}' in json.dumps(row(desk.report.current.ledger_row)).replace(" ", "")


def test_no_hours_are_claimed_for_a_decision_that_comes_out_otherwise_now():
    desk = CrimeDesk.entered().recorded(CONFLICT)
    kept = bytes(desk.report.current.proposal)
    DecisionVersion.objects.filter(pk=desk.report.current.pk).update(proposal=kept + b" ")
    rule_on(desk)
    assert desk.report.state == CrimeReport.State.DECIDED
    assert rows(desk.report) == []
