"""Who may do what, and the reasons given."""

import pytest
from station_django import fresh, make_case, make_person, make_user

from backbeat.errors import Bug
from backbeat.station.accounts.permissions import Refused, require, why_may
from backbeat.station.accounts.roles import PERMISSIONS, ROLES

CASE_PERMISSIONS = {name for name, permission in PERMISSIONS.items() if permission.scope == "case"}


def test_every_role_of_the_station_is_in_the_table():
    assert set(ROLES) == {
        "officer", "supervisor", "disclosure-officer", "call-handler", "control-room-supervisor", "crime-recorder",
        "force-crime-registrar", "drone-pilot", "authorising-officer", "analyst", "auditor", "administrator",
        "partner", "control-system", "triage-policy-owner",
    }  # fmt: skip


@pytest.mark.parametrize("role", ["administrator", "auditor", "analyst", "call-handler"])
def test_these_roles_never_reach_case_content(role):
    assert ROLES[role].permissions & CASE_PERMISSIONS == set()
    assert not ROLES[role].permissions & {"case.list", "case.open"}


@pytest.mark.parametrize(
    ("roles", "member", "same_unit", "allowed"),
    [
        # valid
        (["officer"], True, False, True),
        (["disclosure-officer"], True, False, True),
        (["supervisor"], False, True, True),
        (["supervisor"], True, False, True),
        (["auditor", "officer"], True, False, True),  # roles add up
        # invalid
        (["officer"], False, True, False),  # being in the unit is not enough for an officer
        (["supervisor"], False, False, False),  # another unit's supervisor
        (["administrator"], True, True, False),  # belonging to the case gives an administrator nothing
        (["auditor"], True, True, False),
        ([], True, True, False),
    ],
)
def test_seeing_a_case(roles, member, same_unit, allowed):
    unit = fresh("unit")
    user = make_user(*roles, unit=unit if same_unit else fresh("unit"))
    case = make_case(*([user] if member else []), unit=unit)
    explanation = why_may(user, "case.view", case)
    assert explanation.allowed is allowed
    assert all(step.holds for step in explanation.steps) is allowed


def test_two_people_without_a_unit_do_not_share_one():
    assert not why_may(make_user("supervisor"), "case.view", make_case()).allowed


def test_what_belongs_to_a_case_is_reached_like_the_case():
    user = make_user("officer")
    assert why_may(user, "case.change", make_person(make_case(user))).allowed
    assert not why_may(user, "case.change", make_person(make_case())).allowed


def test_a_role_withdrawn_stops_at_once():
    user = make_user("officer")
    case = make_case(user)
    assert why_may(user, "case.view", case).allowed
    user.withdraw("officer")
    assert not why_may(user, "case.view", case).allowed


def test_an_account_that_is_not_active_may_nothing():
    user = make_user("officer", is_active=False)
    assert not why_may(user, "case.view", make_case(user)).allowed


def test_a_refusal_names_the_permission_the_place_and_the_missing_condition():
    case = make_case()
    with pytest.raises(Refused) as caught:
        require(make_user("officer"), "case.view", case)
    assert "case.view" in caught.value.where
    assert str(case.pk) in caught.value.where
    assert "do not belong to this case" in caught.value.do
    assert case.reference not in str(caught.value)


def test_a_case_permission_asked_about_no_case_is_a_bug_even_for_those_who_hold_it():
    with pytest.raises(Bug, match="must be asked about a case"):
        require(make_user("officer"), "case.view")


def test_an_unknown_permission_or_role_is_a_bug():
    with pytest.raises(Bug):
        why_may(make_user(), "case.fly")
    with pytest.raises(Bug):
        make_user("king")
