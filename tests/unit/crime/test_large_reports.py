"""The largest reports a file may hold are decided in bounded work: twice the report is twice the work."""

from datetime import date, datetime

from backbeat.crime.how_many import how_many
from backbeat.crime.model import Allegation, Party, Report
from backbeat.crime.rules import open_rules


def _report(number, victims=40):
    people = [f"v{i}" for i in range(victims)]
    return Report(
        "R1",
        datetime.fromisoformat("2026-05-01T10:00:00+01:00"),
        "northshire",
        {one: Party(one) for one in (*people, "o1", "o2")},
        {},
        tuple(
            # Two offenders by turns: whether they acted together is open, and with it every group.
            Allegation(f"a{n:03}", "named", victims=tuple(people), offenders=(f"o{n % 2 + 1}",), on=date(2026, 4, 1))
            for n in range(number)
        ),
    )


def test_twice_the_allegations_are_twice_the_work(monkeypatch):
    rules = open_rules().named("hocr-2026-27")
    offence = rules.offences.find("008/06", "8N")
    additions = type(rules.counting.additions)
    covers, asked = additions._covers, []
    monkeypatch.setattr(additions, "_covers", lambda *given: asked.append(1) or covers(*given))
    work = []
    for number in (20, 40):
        report = _report(number)
        asked.clear()
        assert how_many(rules.counting, report, {one.id: offence for one in report.allegations}).crimes
        work.append(len(asked))
    assert 0 < work[1] <= 2.5 * work[0]
