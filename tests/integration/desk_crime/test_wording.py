"""Words that could mislead: the end of a day, and *no crime* before anything can be said."""

from datetime import datetime
from zoneinfo import ZoneInfo

from crime_desk import CrimeDesk

LONDON = ZoneInfo("Europe/London")


def words_of(desk: CrimeDesk, name: str) -> str:
    return " ".join(desk.client.get(desk.url(name)).content.decode().split())


def test_the_same_day_ends_with_the_day_of_the_report():
    desk = CrimeDesk.entered(["assault"], at=datetime(2026, 7, 21, 12, 0, tzinfo=LONDON))
    desk.answer_all()
    for name in ("form", "report"):
        page = words_of(desk, name)
        assert "by the end of 21 July 2026" in page
        assert "22 Jul 00:00" not in page
        assert "22 July 2026 12:00" in page


def test_open_questions_are_never_worded_as_no_crime():
    desk = CrimeDesk.entered(["assault"])
    for name in ("form", "report"):
        page = words_of(desk, name)
        assert "Nothing can be said yet: " in page
        assert "No crime is recorded" not in page
    desk.answer_all({"reported_by": "third-party", "victim_confirms": "unknown"})
    if desk.work().not_known and desk.post("record").status_code == 302 and desk.refresh().current:
        assert "No crime recorded" not in words_of(desk, "report")


def test_points_to_prove_stand_beside_the_answer_with_their_page():
    desk = CrimeDesk.entered(["threat"])
    desk.answer_all({"threat_of": "kill"})
    crimes = {one["code"] for one in desk.work().proposal.plain["crimes"]}
    for name in ("form", "report"):
        assert ("Points to prove" in words_of(desk, name)) == ("003/01" in crimes)
