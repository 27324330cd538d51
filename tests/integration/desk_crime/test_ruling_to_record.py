"""Rulings that only say that a crime is recorded, or that none is: what stands then, and what hours are claimed."""

import re

from crime_desk import ORDINARY, CrimeDesk, faults_in
from django.conf import settings
from station_django import make_user, signed_in

from backbeat.ledger import Ledger
from backbeat.station.desk_crime import ruling
from backbeat.station.desk_crime.models import CrimeReport, DecisionVersion

AT_SEA = {**ORDINARY, "suspect_was_in": "at-sea"}


def at_sea(**form: object) -> CrimeDesk:
    """p16 says nothing about ships: the registrar settles who records the assault."""
    desk = CrimeDesk.entered([], **{"named": "008/06|8N|", **form}).recorded(AT_SEA)
    assert desk.report.state == CrimeReport.State.REFERRED
    return desk


def send(desk: CrimeDesk, label: str, **more: object):
    [referral] = ruling.unruled(desk.refresh())
    sent = {"key": referral["key"], "rationale": "Read p16.", "candidate": [label], **more}
    return signed_in(make_user("force-crime-registrar")).post(desk.url("rule"), sent)


def stand(desk: CrimeDesk) -> list[tuple[str, str, int]]:
    return [(one.class_name, one.code, one.count) for one in desk.refresh().crimes.filter(stands=True)]


def units(desk: CrimeDesk) -> int:
    entry = Ledger.open(settings.INSTALLATION).entry(desk.report.current.ledger_row).decode()
    return int(re.findall(r'"units":(-?[0-9]+)', entry)[0])


def test_recorded_here_records_the_crime_that_was_alleged():
    desk = at_sea()
    shown = signed_in(make_user("force-crime-registrar")).get(desk.url("rule")).content.decode()
    assert "8N 008/06 Assault occasioning actual bodily harm" in " ".join(shown.split())
    assert send(desk, "recorded here").status_code == 302
    assert stand(desk) == [("8N", "008/06", 1)]
    assert (desk.report.state, desk.report.current.recorded_count) == (CrimeReport.State.DECIDED, 1)
    assert units(desk) == 0


def test_the_registrar_says_how_many_where_there_are_several_victims():
    desk = at_sea(
        parties=({"label": "v1", "age": "30"}, {"label": "v2", "age": "31"}, {"label": "o1", "role": "offender"})
    )
    assert send(desk, "recorded here", **{"count-recorded here": "2"}).status_code == 302
    assert stand(desk) == [("8N", "008/06", 2)]


def test_no_crime_here_claims_no_hours():
    """Separate recording would have made no record of it either."""
    desk = at_sea()
    assert send(desk, "recorded by the force of the port of departure").status_code == 302
    assert stand(desk) == []
    assert desk.report.current.separate_count == 0
    assert units(desk) == 0


def test_a_referral_kept_before_it_named_the_offence_asks_for_it():
    desk = at_sea()
    version = desk.report.current
    for candidate in version.referrals[0]["candidates"]:
        for name in ("class", "code", "offence"):
            candidate.pop(name, None)
    DecisionVersion.objects.filter(pk=version.pk).update(referrals=version.referrals)
    refused = send(desk, "recorded here")
    assert refused.status_code == 422
    assert "pick it too" in faults_in(refused.content.decode())[0]
    assert send(desk, "recorded here", other=["008/06|8N|"]).status_code == 302
    assert stand(desk) == [("8N", "008/06", 1)]


def test_nobody_rules_on_a_report_that_is_being_decided_again():
    desk = at_sea()
    [referral] = ruling.unruled(desk.report)
    assert desk.post("reopen").status_code == 302
    sent = {"key": referral["key"], "rationale": "Read p16.", "candidate": ["recorded here"]}
    late = signed_in(make_user("force-crime-registrar")).post(desk.url("rule"), sent)
    assert late.status_code == 400
    assert "crime.changed-meanwhile" in late.content.decode()
    assert (desk.refresh().state, desk.report.current.number) == (CrimeReport.State.OPEN, 1)
