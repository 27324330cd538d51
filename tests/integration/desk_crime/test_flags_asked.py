"""Flags on the recorder's page: asked together, holding nothing up, and never a no that nobody said (rules p26-31)."""

import pytest
from crime_desk import ORDINARY, CrimeDesk, faults_in
from station_django import make_user, signed_in

from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.flagging import flag_block, flag_names
from backbeat.station.desk_crime.models import CrimeReport


def page_of(desk: CrimeDesk, name: str = "form", query: str = "") -> str:
    return " ".join(desk.client.get(desk.url(name) + query).content.decode().split())


def block_of(desk: CrimeDesk, *, each: bool = False):
    report = desk.refresh()
    day = engine.day_of(report.received_at)
    plain = engine.propose(report.facts).plain
    return flag_block(
        engine.rules_on(day), report.facts, plain["flags_open"], report.asked, engine.act_titles(day), each=each
    )


def keys(block) -> list[str]:
    return [one.control.key for one in block.asked]


@pytest.fixture
def desk():
    desk = CrimeDesk.entered(["assault", "theft"])
    desk.answer_all()
    return desk


def test_every_open_flag_is_asked_once_for_the_whole_report_with_its_page(desk):
    block = block_of(desk)
    assert len(keys(block)) == len(set(keys(block)))
    for fact in ("alcohol", "hate_race", "online", "spiking"):
        assert f"report|{fact}" in keys(block)
    assert "relationship:v1/o1|personally_connected" in keys(block)
    # Which religion, and how old, is asked once it matters.
    assert not [key for key in keys(block) if "hate_religion_of" in key or "metal_kind" in key]
    page = page_of(desk)
    assert "Flags: does any of these apply?" in page
    for one in block.asked:
        assert f"<strong>{one.title}</strong>" in page
        assert one.control.source.page in ("26", "27", "28", "29", "30", "31", "54")
    assert 'type="radio"' in page
    assert "never as a no" in page


def test_flags_are_kept_by_one_submit_and_taken_back_by_one_undo(desk):
    before = desk.refresh().facts
    kept = desk.post(
        "flags", {"answer-report|alcohol": "yes", "answer-report|hate_race": "no", "answer-report|online": ""}
    )
    assert kept.status_code == 302
    facts = {one["id"]: one["facts"] for one in desk.refresh().facts["allegations"]}
    for label in ("a1", "a2"):
        assert (facts[label]["alcohol"], facts[label]["hate_race"]) == ("yes", "no")
        assert "online" not in facts[label]
    assert "alcohol" not in desk.report.facts["report"]["facts"]
    page = page_of(desk)
    assert "Alcohol related" in page
    assert "Set already" in page
    assert "rules p30" in page
    assert "report|alcohol" not in keys(block_of(desk))
    desk.post("undo")
    assert desk.refresh().facts == before


def test_what_is_alleged_later_is_asked_anew(desk):
    desk.post("flags", {"answer-report|alcohol": "no"})
    facts = desk.refresh().facts
    facts["allegations"].append({**facts["allegations"][0], "id": "a3", "facts": {}})
    desk.report.facts = facts
    desk.report.save()
    desk.answer_all()
    [asked] = [one for one in block_of(desk).asked if one.control.fact == "alcohol"]
    assert asked.abouts == ("allegation:a3",)


def test_each_thing_that_happened_may_be_asked_by_itself(desk):
    assert "Ask for each thing that happened" in page_of(desk)
    assert "Ask once for the whole report" in page_of(desk, query="?flags=each")
    assert "allegation:a2|alcohol" in keys(block_of(desk, each=True))
    desk.post("flags", {"answer-allegation:a2|alcohol": "yes", "answer-allegation:a1|alcohol": "no"})
    facts = {one["id"]: one["facts"]["alcohol"] for one in desk.refresh().facts["allegations"]}
    assert facts == {"a1": "no", "a2": "yes"}
    [flag] = [one for one in engine.propose(desk.report.facts).plain["flags"] if one["flag"] == "alcohol"]
    assert list(flag["allegations"]) == ["a2"]


def test_which_kind_is_asked_once_the_flag_applies_and_not_known_is_an_answer_there(desk):
    desk.post("flags", {"answer-report|hate_religion": "yes"})
    assert "report|hate_religion_of" in keys(block_of(desk))
    assert "Hate crime: religion or belief, which kind" in page_of(desk)
    desk.post("flags", {"answer-report|hate_religion_of": "unknown"})
    assert "report|hate_religion_of" not in keys(block_of(desk))
    assert "Perceived religion: Unknown" in page_of(desk)


def test_each_two_people_are_asked_about_by_themselves():
    desk = CrimeDesk.entered(
        ["assault"],
        parties=(
            {"label": "v1", "age": "30"},
            {"label": "v2", "age": "31"},
            {"label": "o1", "role": "offender", "age": "40"},
        ),
    )
    desk.answer_all()
    asked = [key for key in keys(block_of(desk)) if key.endswith("|personally_connected")]
    assert asked == ["relationship:v1/o1|personally_connected", "relationship:v2/o1|personally_connected"]
    desk.post("flags", {asked[1]: "", f"answer-{asked[1]}": "yes"})
    assert asked[1] not in keys(block_of(desk))
    assert asked[0] in keys(block_of(desk))


def test_ages_are_asked_of_the_people_when_only_they_are_missing():
    desk = CrimeDesk.entered(["assault"], parties=({"label": "v1"}, {"label": "o1", "role": "offender", "age": "40"}))
    desk.answer_all({**ORDINARY, "age": "unknown"})
    desk.post(
        "flags", {"answer-relationship:v1/o1|personally_connected": "yes", "answer-report|abusive_behaviour": "yes"}
    )
    [asked] = [one for one in block_of(desk).asked if one.control.fact == "age"]
    assert (asked.control.key, asked.title) == ("party:v1|age", "Domestic abuse")
    wrong = desk.post("flags", {"answer-party:v1|age": "many", "answer-report|alcohol": "no"})
    assert wrong.status_code == 422
    assert "whole number" in faults_in(wrong.content.decode())[0]
    assert "alcohol" not in desk.refresh().facts["allegations"][0]["facts"]
    assert desk.post("flags", {"answer-party:v1|age": "30"}).status_code == 302
    assert "domestic-abuse" in [one["flag"] for one in engine.propose(desk.refresh().facts).plain["flags"]]


def test_a_decision_says_which_flags_were_not_answered_and_never_no(desk):
    desk.post("flags", {"answer-report|alcohol": "unknown", "answer-report|hate_race": "no"})
    assert desk.post("record").status_code == 302
    assert desk.refresh().state == CrimeReport.State.DECIDED  # flags wait for nobody
    page = page_of(desk, "report")
    silent = page.partition("Flags not answered:</strong>")[2].partition("</p>")[0]
    assert "Online crime" in silent
    assert "Hate crime: disability" in silent
    assert "Alcohol" not in silent
    assert "Hate crime: race" not in silent
    assert "Flags asked, and not known:</strong> Alcohol related." in page
    plain = engine.propose(desk.report.facts).plain
    left = flag_names(engine.rules_on(engine.day_of(desk.report.received_at)), plain, desk.report.asked)
    assert left.not_known == ("Alcohol related",)


def test_flags_are_within_reach_while_questions_are_open():
    desk = CrimeDesk.entered(["assault", "theft"])
    for _ in range(40):
        if block_of(desk).asked:
            break
        asked = desk.work().to_ask[0]
        desk.answer(asked.key, ORDINARY.get(asked.fact, "no"))
    assert desk.work().to_ask
    page = page_of(desk)
    assert "not answered)</span></summary>" in page
    assert desk.post("flags", {"answer-report|alcohol": "yes"}).status_code == 302
    assert desk.refresh().facts["allegations"][0]["facts"]["alcohol"] == "yes"


def test_an_empty_form_and_a_stale_one_change_nothing(desk):
    facts = desk.refresh().facts
    assert desk.post("flags").status_code == 302
    assert desk.refresh().facts == facts
    late = desk.client.post(desk.url("flags"), {"revision": 0, "answer-report|alcohol": "yes"})
    assert late.status_code == 409
    assert "checked" in late.content.decode()
    assert desk.refresh().facts == facts
    odd = desk.post("flags", {"answer-report|alcohol": "perhaps"})
    assert odd.status_code == 422
    assert desk.refresh().facts == facts


def test_a_part_of_the_page_comes_back_to_htmx(desk):
    part = desk.post("flags", {"answer-report|alcohol": "yes"}, **{"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="crime-work"')
    assert "Kept: 1 answer about flags." in part


def test_only_recorders_answer_flags(desk):
    viewer = signed_in(make_user("supervisor", unit=desk.user.unit.name))
    refused = viewer.post(desk.url("flags"), {"revision": desk.refresh().revision, "answer-report|alcohol": "yes"})
    may = "crime.record" in str(refused.content)
    assert refused.status_code == 302 or may
