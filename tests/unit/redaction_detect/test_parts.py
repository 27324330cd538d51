"""The parts of detection, each by itself."""

from datetime import date
from pathlib import Path

import pytest
from marked_text import document

from backbeat.errors import ConfigError
from backbeat.redaction.case import parse_people
from backbeat.redaction.detect import detect
from backbeat.redaction.detect.cells import heading_kind
from backbeat.redaction.detect.dates import read_date
from backbeat.redaction.detect.keys import Keys, squeeze
from backbeat.redaction.detect.merge import merge
from backbeat.redaction.detect.names import forms, split_name, title_before
from backbeat.redaction.detect.ordinary import is_ordinary, ordinary_words
from backbeat.redaction.detect.patterns import load_patterns
from backbeat.redaction.detect.phones import national_digits, spelt_digits
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Cell, Document, Kind, Mention


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/04/1984", date(1984, 4, 3)),  # day before month
        ("3.4.84", date(1984, 4, 3)),
        ("1984-04-03", date(1984, 4, 3)),
        ("3rd April 1984", date(1984, 4, 3)),
        ("April 3, 1984", date(1984, 4, 3)),
        ("030484", date(1984, 4, 3)),
        ("third of April nineteen eighty-four", date(1984, 4, 3)),
        ("twenty-first of may two thousand and two", date(2002, 5, 21)),
        ("01/02/03", date(2003, 2, 1)),  # two digits lie in the past: 2003, not 1903
        ("31/02/1984", None),
        ("seven", None),
    ],
)
def test_read_date(text: str, day: date | None) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    "written", ["07700 900123", "07700-900-123", "+44 7700 900123", "+44 (0)7700 900123", "0044 7700 900 123"]
)
def test_every_spelling_of_a_number_has_the_same_digits(written: str) -> None:
    assert national_digits(written) == "07700900123"


def test_spelt_digits() -> None:
    assert spelt_digits("oh seven seven double oh nine hundred one two three") == "0770" + "0" + "900" + "123"
    assert spelt_digits("treble five") == "555"


@pytest.mark.parametrize(
    ("name", "forenames", "surname"),
    [
        ("Amina Yusuf Khan", ("Amina", "Yusuf"), "Khan"),
        ("KHAN, Amina Yusuf", ("Amina", "Yusuf"), "KHAN"),
        ("KHAN Amina", ("Amina",), "KHAN"),
        ("Dr Amina Khan", ("Amina",), "Khan"),
        ("Jan van der Testen", ("Jan",), "van der Testen"),
        ("Zebedee", (), "Zebedee"),
    ],
)
def test_split_name(name: str, forenames: tuple[str, ...], surname: str) -> None:
    parts = split_name(name)
    assert (parts.forenames, parts.surname) == (forenames, surname)


def test_forms_hold_orders_and_initials_but_no_lone_letters() -> None:
    keys = forms("Amina Yusuf Khan")
    assert {"aminayusufkhan", "khanaminayusuf", "aminakhan", "aykhan", "khana", "khan", "amina"} <= set(keys)
    assert min(map(len, keys)) > 2


def test_titles_need_to_be_written_as_titles() -> None:
    assert title_before("then DS Khan", 8) == 5
    assert title_before("then ds Khan", 8) == 8  # lower-case letters, not a rank
    assert title_before("then mrs Khan", 9) == 5
    assert title_before("T/DC Khan", 5) == 0


def test_a_view_leads_back_to_the_original() -> None:
    original = "Sia\u0302n\u200b O’Neill — ﬁne"
    view = View.of(original)
    assert view.text == "Sian O'Neill - fine"
    assert view.lower == view.text.lower()
    start, end = view.origin(0, 4)
    assert original[start:end] == "Sia\u0302n"
    assert squeeze("Siân O'Neill") == "sianoneill"


def test_keys_meet_whatever_stands_between_the_letters_but_not_across_sentences() -> None:
    keys: Keys[str] = Keys()
    keys.add("aminakhan", "P1")
    found = [list(keys.find(View.of(text), lambda payloads, _a, _b: payloads)) for text in
             ("Amina Khan", "AMINA-KHAN", "amina\nkhan", "xAmina Khan", "Amina! Khan", "Aminakhans")]  # fmt: skip
    assert [len(hits) for hits in found] == [1, 1, 1, 0, 0, 0]


def _mention(kind: Kind, start: int, end: int, confidence: float, detector: str, person: str | None = None) -> Mention:
    return Mention(kind, TEXT[start:end], start, end, confidence, detector, "because.", person)


TEXT = "Mr Amina Khan, 14 Nowhere Road, LS9 9AA"


def test_the_trusted_detector_names_the_place_and_the_rest_is_kept() -> None:
    register = _mention(Kind.PERSON, 3, 13, 0.9, "register", "P1")
    model = _mention(Kind.ORGANISATION, 3, 30, 0.99, "entities x 1")
    first, second = merge(TEXT, [model, register])
    assert (first.kind, first.person, first.text) == (Kind.PERSON, "P1", "Amina Khan")
    assert (second.kind, second.text) == (Kind.ORGANISATION, "14 Nowhere Road")


def test_an_address_takes_in_its_postcode_and_same_kinds_become_one() -> None:
    address = _mention(Kind.ADDRESS, 15, 39, 0.9, "addresses")
    line = _mention(Kind.ADDRESS, 15, 30, 0.97, "register", "P1")
    postcode = _mention(Kind.POSTCODE, 32, 39, 0.98, "identifiers")
    (merged,) = merge(TEXT, [postcode, address, line])
    assert (merged.kind, merged.start, merged.end, merged.person) == (Kind.ADDRESS, 15, 39, "P1")


def test_an_email_address_belongs_to_whom_it_is_written_with() -> None:
    people = parse_people([{"id": "P1", "names": ["Amina Blaggsworth"], "role": "victim"}])
    (mention,) = detect(document("amina.blaggsworth@example.org"), people, use_model=False)
    assert (mention.kind, mention.person) == (Kind.EMAIL, "P1")


def test_what_was_found_once_is_found_again_and_names_its_source() -> None:
    mentions = detect(
        document("Mrs Zelda Blaggsworth came.\n\nblaggsworth, ZELDA left. zelda blaggsworth."), (), use_model=False
    )
    again = [m for m in mentions if m.detector == "propagated"]
    assert [m.text for m in again] == ["blaggsworth, ZELDA", "zelda blaggsworth"]
    assert all("at character 0 by titles" in m.why for m in again)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Phone", Kind.PHONE), ("mobile_no", Kind.PHONE), ("D.O.B.", Kind.DATE_OF_BIRTH), ("Surname", Kind.PERSON),
        ("Victim name", Kind.PERSON), ("E-mail", Kind.EMAIL), ("Home address", Kind.ADDRESS),
        ("Sort Code", Kind.SORT_CODE),
        ("Outcome", None), ("File name of exhibit", None), ("Count", None),
    ],
)  # fmt: skip
def test_headings_say_what_a_column_holds(heading: str, kind: Kind | None) -> None:
    assert heading_kind(heading) is kind


def test_mentions_in_a_table_stay_within_their_cells() -> None:
    text = 'Forename,Surname,Phone,Note\nAmina,Blaggsworth,960123,"Amina, Blaggsworth"\n'
    headings = ("Forename", "Surname", "Phone", "Note")
    cells, at = [], 0
    for row, values in enumerate((headings, ("Amina", "Blaggsworth", "960123", '"Amina, Blaggsworth"'))):
        for column, value in enumerate(values):
            start = text.index(value, at)
            at = start + len(value)
            cells.append(Cell(row, column, start, at, headings[column]))
    people = parse_people([{"id": "P1", "names": ["Amina Blaggsworth"], "role": "victim"}])
    mentions = detect(Document("0" * 64, "text/csv", text, cells=tuple(cells)), people, use_model=False)
    assert [(m.text, m.kind, m.person) for m in mentions] == [
        ("Amina", Kind.PERSON, "P1"), ("Blaggsworth", Kind.PERSON, "P1"), ("960123", Kind.PHONE, None),
        ("Amina, Blaggsworth", Kind.PERSON, "P1"),
    ]  # fmt: skip


def test_words_a_document_uses_as_words_are_no_names() -> None:
    usual = ordinary_words(View.of("Record the crime. Outcome Types: see the outcome types of Amina."))
    assert is_ordinary("Outcome Types", usual)
    assert is_ordinary("Crimes", usual)
    assert not is_ordinary("Amina Crime", usual)


def test_a_faulty_table_of_patterns_reports_every_fault(tmp_path: Path) -> None:
    table = tmp_path / "patterns.yaml"
    table.write_text(
        "words: {}\npatterns:\n"
        "- {kind: vrm, what: a, regex: '(', confidence: {alone: 1}}\n"
        "- {kind: vrm, what: b, regex: 'b', near: nowhere, confidence: {alone: 1}}\n"
        "- {kind: vrm, what: c, regex: 'c', check: nothing, confidence: {alone: 1}}\n"
    )
    with pytest.raises(ConfigError) as raised:
        load_patterns(table)
    assert [line.split(":")[0] for line in raised.value.what.splitlines()] == ["row 1", "row 2", "row 3"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # nothing but the page's end, and the next page's header, stands between the halves
        ("of 14 Elm Close, Norwich NR5\fMG11 page 2\n8ZZ.", "14 Elm Close, Norwich NR5"),
        ("of 14 Elm Close, WEST HAM NR5", "14 Elm Close, WEST HAM NR5"),
        ("ring 07700 900123x12 now", "07700 900123x12"),
        ("ring 01632 960123ext4 now", "01632 960123ext4"),
        ("part 07700900123xl", None),  # no extension: no number either
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_values_with_a_ragged_end(text: str, value: str | None, known: bool) -> None:
    people = parse_people(
        [{"id": "P1", "names": ["Zed Q"], "attributes": {"address": "14 Elm Close, Norwich NR5 8ZZ"}}] if known else []
    )
    found = [m.text for m in detect(document(text), people, use_model=False) if m.kind in {Kind.ADDRESS, Kind.PHONE}]
    assert found == ([] if value is None else [value])


@pytest.mark.parametrize("before", ["", "Siân: "])  # ASCII or not
def test_escaped_blanks_do_not_stick_to_a_name(before: str) -> None:
    people = parse_people([{"id": "P1", "names": ["Zed Quillfeather"]}])
    text = f"{before}file q=Zed%20Quillfeather&by=Quillfeather%2C%20Zed was opened"
    assert [m.text for m in detect(document(text), people, use_model=False)] == [
        "Zed%20Quillfeather",
        "Quillfeather%2C%20Zed",
    ]
