"""Proposals from what was told in words: shown with what they rest on, accepted one by one, nothing kept beside."""

import re

import pytest
from crime_desk import CrimeDesk
from station_django import entries_since, last_entry

WORDS = (
    "He punched her in the face outside the station. She had been drinking. No knife was seen. Her purse was stolen."
)


@pytest.fixture
def desk():
    return CrimeDesk.entered(["assault"])


def read(desk: CrimeDesk, text: str = WORDS, **more: str):
    return desk.post("proposals", {"narrative": text, **more})


def accepts(page: str) -> list[str]:
    return [one.replace("&amp;", "&") for one in re.findall(r'name="accept" value="([^"]+)"', page)]


def test_the_form_offers_to_read_the_words(desk):
    page = desk.client.get(desk.url("form")).content.decode()
    assert "Read it for proposals" in page
    assert f'formaction="{desk.url("proposals")}"' in page


def test_proposals_stand_with_their_words_and_pages_and_change_nothing(desk):
    before, seq = desk.refresh().facts, last_entry()
    page = read(desk).content.decode()
    assert "<mark>stolen</mark>" in page
    assert "<mark>been drinking</mark>" in page
    assert "rules p30" in page
    assert "In the report already" in page  # the assault
    assert any(one.startswith("act|theft") for one in accepts(page))
    assert "fact|alcohol|yes|allegation:a1" in accepts(page)
    report = desk.refresh()
    assert (report.facts, report.narrative, report.changes.count()) == (before, "", 0)
    assert "punched" not in "".join(str(row) for row in entries_since(seq))


def test_an_answer_is_accepted_at_one_place_and_can_be_undone(desk):
    before = desk.refresh().facts
    page = read(desk, accept="fact|alcohol|yes|allegation:a1").content.decode()
    assert "fact|alcohol|yes|allegation:a1" not in accepts(page)
    assert "answered Yes" in page
    report = desk.refresh()
    assert report.facts["allegations"][0]["facts"] == {"alcohol": "yes"}
    assert report.narrative == ""
    assert "punched" not in report.changes.first().summary
    desk.post("undo")
    assert desk.refresh().facts == before


def test_an_act_is_added_with_everybody_of_the_report(desk):
    act = next(one for one in accepts(read(desk).content.decode()) if one.startswith("act|theft"))
    assert read(desk, accept=act).status_code == 200
    added = desk.refresh().facts["allegations"][1]
    assert (added["act"], added["victims"], added["offenders"]) == (act.removeprefix("act|"), ["v1"], ["o1"])


def test_an_offence_is_added_by_its_code(desk):
    offence = next(one for one in accepts(read(desk, "149/00").content.decode()) if one.startswith("offence|149/00"))
    assert read(desk, "149/00", accept=offence).status_code == 200
    assert desk.refresh().facts["allegations"][1]["offence"]["code"] == "149/00"


@pytest.mark.parametrize(
    "value",
    [
        "fact|alcohol|no|allegation:a1",
        "fact|injury|minor|allegation:zz",
        "act|arson",
        "offence|999/99|99Z|x",
        "x",
        "fact|",
    ],
)
def test_only_what_was_proposed_for_the_words_is_taken_over(desk, value):
    before = desk.refresh().facts
    answer = read(desk, accept=value)
    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert desk.refresh().facts == before


def test_what_is_answered_is_never_written_over(desk):
    read(desk, accept="fact|alcohol|yes|allegation:a1")
    text = "Nobody was drunk."
    page = read(desk, text).content.decode()
    assert not [one for one in accepts(page) if one.startswith("fact|alcohol")]
    assert read(desk, text, accept="fact|alcohol|no|allegation:a1").status_code == 422
    assert desk.refresh().facts["allegations"][0]["facts"]["alcohol"] == "yes"


def test_a_stale_page_changes_nothing(desk):
    late = desk.client.post(
        desk.url("proposals"), {"revision": 7, "narrative": WORDS, "accept": "fact|alcohol|yes|allegation:a1"}
    )
    assert late.status_code == 422
    assert "changed while this page was open" in late.content.decode()
    assert desk.refresh().facts["allegations"][0]["facts"] == {}


def test_words_are_escaped_and_nothing_is_fine_too(desk):
    page = read(desk, "<script>alert(1)</script> punched").content.decode()
    assert "<script>alert" not in page
    assert "The words name nothing" in read(desk, "").content.decode()
