"""Finding an offence, telling when there is a choice, and refusing what is unknown or repealed."""

from datetime import date

import pytest

from backbeat.crime.errors import RepealedOffence, UnknownOffence
from backbeat.crime.model import Basis, Offence, Source
from backbeat.crime.offences import OffenceChoice, Offences
from backbeat.errors import Bug

COLUMNS = "code class offence act section mode max_sentence max_days basis current ceased".split()
ROWS = [
    # code, class, offence, act, section, mode, sentence, days, basis, current, ceased
    ("008/06", "8N", "Actual bodily harm", "Persons Act", "Sec 47", "E", "5", "1825", "V", "yes", ""),
    ("008/06", "8S", "Actual bodily harm", "Persons Act", "Sec 47", "E", "5", "1825", "V", "yes", ""),
    ("005/01", "8S", "Wounding", "Persons Act", "Sec 18", "I", "Life", "999999", "V", "yes", ""),
    ("005/01", "8S", "Resisting arrest", "Persons Act", "Sec 18", "I", "Life", "999999", "V", "yes", ""),
    ("003/03", "3A", "Assisting an offender", "Law Act", "Sec 4", "I", "10", "3650", "S", "yes", ""),
    ("003/03", "3A", "Concealing genocide", "Court Act", "Sec 52", "I", "Life", "999999", "S", "yes", ""),
    ("099/99", "99", "Either-way offences", "Trade Act", "Sec 1", "E", "2", "730", "S", "yes", ""),
    ("099/99", "99", "Either-way offences", "Charities Act", "Sec 1", "E", "fine", "0", "S", "yes", ""),
    ("099/99", "99", "Either-way offences", "Orders Act", "Art 6", "E", "2", "730", "S", "yes", ""),
    ("099/99", "99", "Either-way offences", "Orders Act", "Art 7", "E", "2", "730", "S", "yes", ""),
    ("125/12", "9A", "Alarm or distress", "Order Act", "Sec 5", "S", "fine", "0", "S", "no", "2023-05-01"),
    ("014/19", "4/8", "Careless driving", "Road Act", "Sec 2C", "E", "2", "730", "V", "no", ""),
    ("062/20", "62A", "Fail to register", "Security Act", "Sec 65", "E", "5", "1825", "S", "yes", ""),
    ("062/20", "62A", "Fail to register at all", "Security Act", "Sec 66", "E", "2", "730", "S", "no", "2020-01-01"),
    ("078/11", "99", "No sentence known", "Some Act", "", "E", "?", "", "S/V", "yes", ""),
]
SETS = [("conduct", "008/06 8N"), ("assault", "8N"), ("assault", "8S"), ("order", "9A")]


def row_of(number: int, values: tuple[str, ...]) -> dict[str, str]:
    row = dict(zip(COLUMNS, values, strict=True))
    return row | {"group": "G", "category": "C", "document": "nol", "page": f"row {number}"}


@pytest.fixture(scope="module")
def offences() -> Offences:
    rows = [row_of(number, values) for number, values in enumerate(ROWS, 3)]
    return Offences(rows, [{"set": name, "selector": selector} for name, selector in SETS])


def found(offences: Offences, code: str, class_: str, text: str = "") -> Offence:
    offence = offences.find(code, class_, text)
    assert isinstance(offence, Offence)
    return offence


def test_a_line_of_its_own_is_found_whole(offences: Offences) -> None:
    offence = found(offences, "008/06", "8N")
    assert (offence.text, offence.basis, offence.mode, offence.max_days) == (
        "Actual bodily harm",
        Basis.VICTIM,
        "E",
        1825,
    )
    assert offences.source_of(offence) == Source("nol", "row 3")


def test_lines_that_count_alike_are_one_offence_without_words(offences: Offences) -> None:
    offence = found(offences, "005/01", "8S")
    assert (offence.text, offence.act, offence.max_sentence) == ("", "", "Life")
    assert offences.source_of(offence) == Source("nol", "row 5")


def test_words_pick_one_of_the_lines_that_count_alike(offences: Offences) -> None:
    assert found(offences, "005/01", "8S", "resisting  ARREST").text == "Resisting arrest"


def test_lines_that_count_differently_are_a_choice(offences: Offences) -> None:
    choice = offences.find("003/03", "3A")
    assert isinstance(choice, OffenceChoice)
    assert [one.max_sentence for one in choice.candidates] == ["10", "Life"]


def test_every_candidate_of_every_choice_is_found_by_its_own_text(offences: Offences) -> None:
    for code, class_ in (("003/03", "3A"), ("099/99", "99")):
        choice = offences.find(code, class_)
        assert isinstance(choice, OffenceChoice)
        assert [offences.find(code, class_, one.text) for one in choice.candidates] == list(choice.candidates)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Either-way offences (Trade Act)", "2"),
        ("Either-way offences (Charities Act)", "fine"),
        ("Either-way offences (Orders Act, Art 7)", "2"),  # the act alone names two lines
    ],
)
def test_lines_with_one_wording_are_told_apart_by_act_and_section(offences: Offences, text: str, sentence: str) -> None:
    assert found(offences, "099/99", "99", text).max_sentence == sentence


def test_a_wording_that_several_lines_share_is_still_a_choice(offences: Offences) -> None:
    choice = offences.find("099/99", "99", "Either-way offences")
    assert isinstance(choice, OffenceChoice)
    assert len(choice.candidates) == 4


def test_without_words_a_current_line_comes_before_a_repealed_one(offences: Offences) -> None:
    assert found(offences, "062/20", "62A").text == "Fail to register"


def test_an_unknown_sentence_is_none_and_not_nothing(offences: Offences) -> None:
    assert found(offences, "078/11", "99").max_days is None


@pytest.mark.parametrize(
    ("code", "class_", "text", "field", "says"),
    [
        ("8/6", "8N", "", "code", "008/06"),  # as p56 of the rules writes codes
        ("008/07", "8N", "", "code", "008/06"),  # comes near
        ("008/06", "8P", "", "class", "8N, 8S"),
        ("008/06", "8N", "Murder", "offence, offence", "words"),
    ],
)
def test_what_the_list_does_not_have_is_refused_and_the_field_named(
    offences: Offences, code: str, class_: str, text: str, field: str, says: str
) -> None:
    with pytest.raises(UnknownOffence) as caught:
        offences.find(code, class_, text)
    assert caught.value.where.endswith(field)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("code", "class_"), [("Maya Example of 1 High Street", "8N"), ("008/06", "Maya Example of 1 High Street")]
)
def test_what_looks_like_no_code_or_class_is_not_repeated(offences: Offences, code: str, class_: str) -> None:
    with pytest.raises(UnknownOffence) as caught:
        offences.find(code, class_)
    assert "Maya" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "class_", "on", "accepted"),
    [
        ("008/06", "8N", None, True),
        ("125/12", "9A", date(2023, 4, 30), True),
        ("125/12", "9A", date(2023, 5, 1), False),  # the day it ceased is the first without it
        ("125/12", "9A", None, False),  # not known when: not accepted
        ("014/19", "4/8", date(1999, 1, 1), False),  # the list does not say since when
        ("003/03", "3A", None, True),  # a choice with a line in force
    ],
)
def test_a_repealed_offence_is_accepted_only_for_a_day_before_its_end(
    offences: Offences, code: str, class_: str, on: date | None, accepted: bool
) -> None:
    offence = offences.find(code, class_)
    if accepted:
        offences.require_in_force(offence, on)
    else:
        with pytest.raises(RepealedOffence, match=class_):
            offences.require_in_force(offence, on)


@pytest.mark.parametrize(
    ("class_", "selector", "covers"),
    [
        ("8N", "8N", True),
        ("8N", "008/06 8N", True),
        ("8N", "008/06 8S", False),  # same number, another class
        ("8N", "@conduct", True),
        ("8S", "@conduct", False),
        ("8S", "@assault", True),
        ("8N", "*", True),
        ("8N", "8", False),  # never a part of a class
    ],
)
def test_selectors(offences: Offences, class_: str, selector: str, covers: bool) -> None:
    assert offences.matches(found(offences, "008/06", class_), selector) is covers


def test_a_set_the_edition_lacks_is_our_fault(offences: Offences) -> None:
    with pytest.raises(Bug, match="conducts"):
        offences.matches(found(offences, "008/06", "8N"), "@conducts")


def test_a_set_cannot_name_what_the_list_lacks() -> None:
    with pytest.raises(Bug, match="8Z"):
        Offences([row_of(3, ROWS[0])], [{"set": "assault", "selector": "8Z"}])


def test_sets_and_classes_of_an_offence(offences: Offences) -> None:
    assert offences.sets_of(found(offences, "008/06", "8N")) == {"assault", "conduct"}
    assert offences.sets == {"assault", "conduct", "order"}
    assert offences.classes_of("008/06") == ("8N", "8S")
    assert len(offences.listed) == len(ROWS)
