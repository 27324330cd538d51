"""What a force may sign and what not: careless and ill-meant changes of its own tables, each tried whole."""

import re
from collections.abc import Callable, Mapping
from datetime import date

import pytest

from backbeat.rulebook import NO, UNKNOWN, YES, Fact
from backbeat.triage.assessing import assess
from backbeat.triage.calls.clocks import Timers
from backbeat.triage.model import Outcome
from backbeat.triage.policies import Policy, open_policies
from backbeat.triage.policy.checking import check_draft, newest
from backbeat.triage.policy.drafting import Signature, draft_overlay
from backbeat.triage.policy.errors import PolicyRefused
from backbeat.triage.policy.sheets import read_csv, write_csv

ABOUT = Signature("exampleshire-1", date(2026, 12, 1), date(2026, 11, 22), "control room lead", "Agreed locally.")
CALM: Mapping[str, Fact] = {
    "crime": NO, "risk_life_now": NO, "serious_harm_now": NO, "medical": NO, "attendance_promised": NO,
    "risk_created": NO, "officers_on_scene": NO, "s136_custody": NO, "child": NO, "location_known": YES,
    "partner_available": YES, "contact_number": 1,
}  # fmt: skip
Edit = Callable[[str], str]


def without(row: str) -> Edit:
    return lambda text: re.sub(rf"(?m)^{re.escape(row)},.*\r?\n", "", text, count=1)


def swap(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new)


def with_agency(agency: str, title: str) -> Edit:
    row = f"new,{agency},{title},Warm transfer to its desk,-,npa,shared responsibility,Local.\r\n"
    return lambda text: text.replace("hospital,hospital,", f"{row}hospital,hospital,", 1)


def anybody(text: str) -> str:
    """A table of agencies with one row that stands for every agency, and the default."""
    header, *_, default = text.splitlines(keepends=True)
    return f"{header}any,-,somebody,Ring round,-,npa,shared responsibility,Local.\r\n{default}"


def tried(**edits: Edit) -> Policy:
    """The policy that the packaged one becomes with its tables so edited."""
    edition = newest(open_policies()).edition
    files = dict(write_csv(edition))
    for table, edit in edits.items():
        name = f"{table.replace('walk_out', 'walk-out')}.csv"
        before = files[name].decode("utf-8-sig")
        assert edit(before) != before, f"{table} has changed; correct this test"
        files[name] = edit(before).encode()
    return check_draft(open_policies(), draft_overlay(read_csv(files, edition), ABOUT)).policy


NOT_KNOWN_IS_FINE: Mapping[str, tuple[str, Edit]] = {
    "a kind of call nobody can name": ("scope", without("strand-unknown")),
    "planned, nobody knows": ("scope", without("planned-unknown")),
    "restraint on the way, nobody knows": ("strand_transport", swap("yes|unknown", "yes")),
    "a door to be forced, nobody knows": ("strand_medical", swap("yes|unknown", "yes")),
    "powers at the place of safety, nobody knows": ("strand_s136", swap("yes|unknown", "yes")),
    "detained patient, whereabouts not asked for": ("strand_awol", swap("no|unknown", "no")),
    "welfare, nobody knows where": ("strand_welfare", swap("no|unknown", "no")),
    "lacked capacity, nobody knows where": ("strand_walk_out", swap("no|unknown", "no")),
    "whether the agency can take it": ("partner", without("not-known")),
    "when the agency comes": ("partner", without("eta-not-known")),
}


@pytest.mark.parametrize(("table", "edit"), NOT_KNOWN_IS_FINE.values(), ids=NOT_KNOWN_IS_FINE)
def test_no_force_may_take_not_knowing_for_the_best_case(table: str, edit: Edit) -> None:
    with pytest.raises(PolicyRefused, match=r"unsafe: .*(is not known|no supervisor is asked)") as refused:
        tried(**{table: edit})
    assert "unknown" in refused.value.what or "not-known" in refused.value.what


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"agencies": swap('adult social care,"Warm', 'police officers,"Warm')}, "police are no partner"),
        ({"strand_welfare": swap("none,adult-social-care", "none,police"),
          "agencies": with_agency("police", "the desk sergeant")}, "police are no partner"),
        ({"strand_welfare": swap("none,adult-social-care", "none,Adult Care"),
          "agencies": with_agency("Adult Care", "adult care")}, "no word of small letters"),
        ({"agencies": without("ambulance"), "strand_medical": swap(",ambulance,", ",hospital,")},
         "ambulance is not on the list"),
        ({"agencies": anybody}, "any agency"),
        ({"strand_transport": swap("routine", "emergency")}, "medical emergency"),
        ({"timers": swap("ageing-amber,ageing-amber,30", "ageing-amber,ageing-amber,60")}, "ageing-red"),
    ],
    ids=["police-by-title", "police-lead", "unreachable-id", "no-ambulance", "anybody", "emergency-of-none",
         "red-before-amber"],
)  # fmt: skip
def test_what_would_mislead_a_caller_or_stop_the_clocks_is_refused(edits: dict[str, Edit], message: str) -> None:
    with pytest.raises(PolicyRefused, match=message):
        tried(**edits)


def test_what_a_force_needs_passes() -> None:
    policy = tried(
        agencies=with_agency("falls-team", "the falls team"),
        strand_medical=swap("none,ambulance,soon", "none,falls-team,soon"),
        scope=swap("\r\ndefault,", "\r\nchild,-,yes|unknown,-,police-own,npa,scope,Adults only.\r\ndefault,"),
        timers=swap("ageing-red,ageing-red,60", "ageing-red,ageing-red,45"),
    )  # fmt: skip

    facts = {**CALM, "strand": "medical", "police_need": NO}
    assert assess(policy, facts).lead.agency == "falls-team"
    assert assess(policy, {**facts, "child": UNKNOWN}).outcome is Outcome.POLICE_OWN
    assert Timers.of(policy.minutes).ageing_red == 45


def test_a_kind_of_call_nobody_can_name_goes_to_a_supervisor() -> None:
    policy = newest(open_policies())

    assert assess(policy, {**CALM, "strand": UNKNOWN}).outcome is Outcome.SUPERVISOR
