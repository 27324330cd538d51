"""The dashboard: counts add up, harm stands beside them, what nobody looked into is not known, small counts hide."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from station_django import make_user, signed_in
from triage_board import LIVE, SAFE, UNSURE, add, opened, settled

from backbeat.errors import ConfigError
from backbeat.station.desk_triage import calls
from backbeat.station.desk_triage.charting import stacked_bars
from backbeat.station.desk_triage.counting import COLUMNS, figures_of
from backbeat.station.desk_triage.hours_shown import hours_lines, read_baseline
from backbeat.station.desk_triage.models import Call
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.words import Harm

NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
_days = iter(range(30, 3000, 10))


@pytest.fixture
def day():
    """A day of its own, long ago, so that other tests' calls are not in it."""
    return NOON - timedelta(days=next(_days))


def of(day, now=None):
    return figures_of(day.date(), day.date(), now or timezone.now())


def test_every_call_is_counted_once_in_each_table(day):
    settled(at=day)
    opened(facts=LIVE, at=day)
    opened(facts=UNSURE, at=day + timedelta(hours=3))
    opened(facts={}, at=day)
    found = of(day)
    assert found.total.total == 4
    for groups in (found.by_strand, found.by_hour, found.by_agency):
        assert sum(one.total for one in groups) == 4
        sums = [sum(one.counts[n] for one in groups) for n in range(len(COLUMNS))]
        assert sums == list(found.total.counts)
        assert sum(one.harm.not_deployed for one in groups) == found.declined
    assert [one.name for one in found.by_hour] == ["12:00", "13:00", "14:00", "15:00"]
    assert (found.went, found.declined, found.undecided) == (0, 1, 3)


def test_within_a_day_of_the_close_nothing_is_known_of_contact_again(day):
    call = settled(at=day)
    early, late = of(day, call.closed_at + timedelta(hours=23)), of(day, call.closed_at + timedelta(hours=24))
    assert early.total.harm.recontact_24h == (0, 0)
    assert late.total.harm.recontact_24h == (0, 1)
    assert late.total.harm.later_deployment == (0, 1)


def test_a_contact_again_is_found_on_the_call_and_on_a_later_one(day):
    handler = make_user("call-handler")
    one, other = settled(handler, at=day), settled(handler, at=day)
    add(handler, one, h.Recontacted(), at=day + timedelta(hours=5))
    again = opened(handler, LIVE, at=day + timedelta(hours=6))
    calls.link(handler, again, other, key=f"link-{again.pk}")
    add(handler, again, h.Deployed("MB1"), at=day + timedelta(hours=6))
    harm = of(day).total.harm
    assert harm.recontact_24h[0] == 2
    assert harm.later_deployment[0] == 1


def test_police_sent_after_the_close_are_later_and_not_gone(day):
    handler = make_user("call-handler")
    call = settled(handler, at=day)
    add(handler, call, h.Deployed("MB1"), at=day + timedelta(hours=2))
    found = of(day)
    assert (found.went, found.declined) == (0, 1)
    assert found.total.harm.later_deployment == (1, 1)


def test_harm_is_known_where_reported_and_its_absence_only_where_somebody_looked(day):
    handler = make_user("call-handler")
    settled(handler, at=day)
    assert of(day).total.harm.injury == (0, 0)
    looked, hurt = settled(handler, at=day), settled(handler, at=day)
    add(handler, looked, h.Reviewed(True, "Seen by the ward, asleep."), at=day + timedelta(hours=1))
    add(handler, hurt, h.HarmReported(Harm.INJURY, "Fell on the way."), at=day + timedelta(hours=1))
    harm = of(day).total.harm
    assert harm.injury == (1, 2)
    assert harm.death == (0, 1)


def test_rates_hide_small_counts_and_take_unknown_for_a_group_of_its_own(day):
    for n in range(12):
        call = settled(at=day)
        Call.objects.filter(pk=call.pk).update(characteristics={"sex": "Female"} if n < 11 else {})
    sex = next(one for one in of(day).rates if one.characteristic == "Sex")
    rows = dict(sex.rows)
    assert "not recorded" in rows
    assert all(cell.hidden for cell in rows["not recorded"])


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def boss():
    return make_user("control-room-supervisor")


def test_the_page_has_no_person_in_it_and_a_table_beneath_the_chart(day, boss):
    settled(at=day, person="Zelda Quark", place="Heron Ward")
    shown = {"from": day.date().isoformat(), "to": day.date().isoformat()}
    page = signed_in(boss).get(reverse("desk_triage:figures"), shown).content.decode()
    assert "<svg" in page
    assert page.index("<svg") < page.index("Kind of call")
    assert "police were not sent to" in page
    assert "has taken no baseline" in page
    for secret in ("Zelda", "Heron"):
        assert secret not in page


def test_the_file_says_the_same_and_leaves_empty_what_is_not_known(day, boss):
    settled(at=day)
    shown = {"from": day.date().isoformat(), "to": day.date().isoformat()}
    answer = signed_in(boss).get(reverse("desk_triage:figures-csv"), shown)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    said = {(row["table"], row["group"], row["figure"]): (row["count"], row["of"]) for row in rows}
    assert said["All", "All calls", "police did not go"] == ("1", "1")
    assert said["All", "All calls", "partner-leads"] == ("1", "1")
    assert said["All", "All calls", "injury"] == ("", "0")
    assert said["Agency that leads", "The hospital", "partner-leads"] == ("1", "1")


@pytest.mark.parametrize(
    "query", [{"from": "x", "to": "2026-99-99"}, {"from": "0001-01-01"}, {"from": "2026-05-02", "to": "2026-05-01"}]
)
def test_days_that_are_none_are_no_error(boss, query):
    assert signed_in(boss).get(reverse("desk_triage:figures"), query).status_code == 200


def test_bars_stand_on_the_ground_and_fit():
    chart = stacked_bars([("09", (1, 2)), ("<b>", (4, 0))], "A chart")
    assert chart.count("<rect x=") == 3
    assert "<b>" not in chart
    assert stacked_bars([("09", (0, 0))], "A chart") == ""


# --- hours ------------------------------------------------------------------------------------------------------------


def baseline(tmp_path, **changed):
    given = {"calls": 1000, "deployed": 500, "source": "own log", "measured": "observed", **changed}
    given.setdefault("deployment_minutes", [100] * 40)
    (tmp_path / "triage").mkdir(exist_ok=True)
    (tmp_path / "triage" / "baseline.yaml").write_text("\n".join(f"{name}: {value}" for name, value in given.items()))
    return tmp_path


def test_without_a_baseline_no_hours_are_claimed(day, tmp_path):
    settled(at=day)
    assert hours_lines(of(day), tmp_path)[0].startswith("The force has taken no baseline")


def test_with_a_baseline_hours_stand_beside_harm_with_interval_and_grade(day, tmp_path):
    settled(at=day)
    opened(facts=SAFE, at=day)
    lines = hours_lines(of(day), baseline(tmp_path))
    assert "given back" in lines[0]
    assert "evidence: moderate" in lines[0]
    assert lines[1].startswith("Of 2 calls police were not sent to")


@pytest.mark.parametrize(
    "changed",
    [{"calls": 0}, {"deployed": 2000}, {"calls": "many"}, {"measured": "guessed"}, {"deployment_minutes": []},
     {"deployment_minutes": [-1]}, {"colour": "blue"}],
)  # fmt: skip
def test_a_baseline_that_is_not_whole_is_refused(tmp_path, changed):
    with pytest.raises(ConfigError):
        read_baseline(baseline(tmp_path, **changed))
