"""Crimes out to CSV: one row a crime, and no cell a spreadsheet would run."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.crime.exporting import COLUMNS, CrimeLine, Granted, Since, guard, write_lines
from backbeat.errors import Bug

LINE = CrimeLine(
    force="exampleshire",
    incident_reference="INC/2026/1",
    number=1,
    reported_at=datetime(2026, 5, 1, 21, 40, tzinfo=UTC),
    recorded_at=datetime(2026, 5, 1, 23, 0, tzinfo=UTC),
    class_="8N",
    code="008/06",
    offence="Assault occasioning actual bodily harm",
    count=2,
    offence_from=date(2026, 5, 1),
    offence_to=None,
    victims=(("v1", "person", 34, "female"), ("v2", "person", None, "")),
    offenders=("o1", "o2"),
    additional=False,
    flags=("domestic", "online"),
    decided_by="PC 4512",
    edition="hocr-2026-27",
    edition_hash="ab",
)


def read(*lines: CrimeLine) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(write_lines(lines)).splitlines()))


def test_a_crime_each_gets_a_row_with_its_own_victim_and_number():
    first, second = read(LINE)
    assert tuple(first) == COLUMNS
    assert (first["crime_reference"], first["victim"], first["victim_age"]) == ("INC/2026/1#1", "v1", "34")
    assert (second["crime_reference"], second["victim"], second["victim_age"]) == ("INC/2026/1#2", "v2", "")
    assert (first["offence_from"], first["offence_to"]) == ("2026-05-01", "2026-05-01")
    assert (first["flags"], first["additional"], first["offenders"]) == ("domestic;online", "no", "o1;o2")


def test_victims_who_share_a_crime_stand_together():
    [row] = read(replace(LINE, count=1, number=3))
    assert (row["crime_reference"], row["victim"], row["victim_age"]) == ("INC/2026/1#3", "v1;v2", "")


AT = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "status", "told"),
    [
        (Since("8N", "008/06", "Assault"), "recorded", {}),
        (
            Since("8N", "008/06", "Assault", cancelled=Granted("C2", AT, "FCR 1")),
            "cancelled",
            {"cancellation": "C2", "cancelled_at": "2026-05-03T09:00:00+00:00", "cancelled_by": "FCR 1"},
        ),
        (Since("8N", "008/06", "Assault", cancelled=Granted("C1", AT, "FCR 1")), "transferred", {"cancellation": "C1"}),
        (
            Since("8N", "008/06", "Assault", outcome=Granted("16", AT, "PS 2")),
            "recorded",
            {"outcome": "16", "outcome_by": "PS 2", "outcome_at": "2026-05-03T09:00:00+00:00"},
        ),
        (
            Since("5D", "005/01", "Wounding", reclassified=Granted("005/01 5D", AT, "PS 2")),
            "recorded",
            {"home_office_class": "5D", "home_office_code": "005/01", "offence": "Wounding", "class_as_recorded": "8N",
             "code_as_recorded": "008/06", "reclassified_by": "PS 2"},
        ),
        (Since("N300", "300/07", "", is_crime=False, reclassified=Granted("300/07 N300", AT, "PS 2")), "incident", {}),
    ],
)  # fmt: skip
def test_a_crime_shows_how_it_stands_now_and_is_never_left_out(since, status, told):
    first, second = read(replace(LINE, since=(Since(LINE.class_, LINE.code, LINE.offence), since)))
    assert (first["record_status"], first["home_office_code"], first["class_as_recorded"]) == ("recorded", "008/06", "")
    assert second["record_status"] == status
    assert {name: second[name] for name in told} == told


def test_how_a_crime_stands_is_said_of_each_or_of_none():
    with pytest.raises(Bug, match="each crime"):
        replace(LINE, since=(Since("8N", "008/06", "Assault"),))


def test_nothing_recorded_is_a_heading():
    assert "".join(write_lines([])) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "|calc"])
def test_what_a_spreadsheet_would_run_is_made_text(text):
    assert guard(text) == f"'{text}"
    [row, _other] = read(replace(LINE, offence=text))
    assert row["offence"].startswith("'")


@given(st.text(max_size=20))
def test_no_cell_ever_begins_like_a_formula(text):
    assert not guard(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_line_without_a_crime_is_a_bug():
    with pytest.raises(Bug):
        replace(LINE, count=0)
