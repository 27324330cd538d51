"""A supervisor says which agency a partner's account belongs to; nobody else may, and it is logged."""

from django.urls import reverse
from station_django import entries_since, last_entry, make_user, signed_in

from backbeat.ledger import Operation
from backbeat.station.desk_triage.access import agency_of

PAGE = reverse("desk_triage:partners")


def test_a_partner_gets_an_agency_loses_it_again_and_the_log_says_so():
    control, nurse = make_user("control-room-supervisor"), make_user("partner")

    before = last_entry()
    signed_in(control).post(PAGE, {"user": str(nurse.pk), "agency": "hospital"})
    assert agency_of(nurse) == "hospital"
    changes = [row.entry for row in entries_since(before) if row.entry.operation is Operation.ALTERATION]
    assert [entry.purpose for entry in changes] == ["partner-agency"]

    signed_in(control).post(PAGE, {"user": str(nurse.pk), "agency": ""})
    assert agency_of(nurse) == ""


def test_the_page_shows_partners_and_nobody_else():
    control, nurse, handler = make_user("control-room-supervisor"), make_user("partner"), make_user("call-handler")

    page = signed_in(control).get(PAGE).content.decode()

    assert str(nurse.pk) in page
    assert str(handler.pk) not in page


def test_an_unknown_agency_or_account_changes_nothing():
    control, nurse, handler = make_user("control-room-supervisor"), make_user("partner"), make_user("call-handler")

    for user, agency in ((nurse.pk, "taxi-firm"), (handler.pk, "hospital"), ("x", "hospital")):
        answer = signed_in(control).post(PAGE, {"user": str(user), "agency": agency})
        assert answer.status_code == 422
        assert "Nothing was changed" in answer.content.decode()
    assert agency_of(nurse) == agency_of(handler) == ""


def test_only_a_supervisor_may():
    nurse = make_user("partner")
    for role in ("call-handler", "partner", "administrator"):
        assert signed_in(make_user(role)).post(PAGE, {"user": str(nurse.pk), "agency": "hospital"}).status_code == 403
    assert agency_of(nurse) == ""
