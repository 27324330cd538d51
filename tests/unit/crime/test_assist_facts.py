"""Facts proposed from words: said, denied, in doubt; where they stand; and that every row of the list is usable."""

import pytest

from backbeat.crime.assist import facts_from
from backbeat.crime.assist.words import MAX_CHARACTERS
from backbeat.crime.fact_types import fact_types
from backbeat.crime.rules import Rules, open_rules
from backbeat.errors import InputRejected


@pytest.fixture(scope="module")
def rules() -> Rules:
    found = open_rules().named("hocr-2026-27")
    assert found is not None
    return found


def proposed(rules: Rules, text: str) -> set[str]:
    return {f"{found.fact}={getattr(found.value, 'value', found.value)}" for found in facts_from(rules, text)}


@pytest.mark.parametrize(
    ("text", "there", "absent"),
    [
        # said
        ("She has bruising to the arm.", "injury=minor", "injury=none"),
        ("Her ex-partner came round.", "former_partner=yes", ""),
        ("He had a knife.", "weapon=blade-or-point", ""),
        ("Suspect was arrested nearby.", "offender_arrested=yes", "offender_arrested=no"),
        ("He’s her ex‑husband.", "former_partner=yes", ""),  # typographic apostrophe and hyphen
        ("HE STRANGLED HER", "strangled=yes", ""),
        # denied: the opposite answer where there is one, nothing where there is none
        ("No injuries.", "injury=none", "injury=minor"),
        ("She was not injured.", "injury=none", ""),
        ("The victim did not sustain any injury", "injury=none", ""),
        ("Suspect was not arrested.", "offender_arrested=no", "offender_arrested=yes"),
        ("No bruising was seen.", "", "injury=minor"),
        ("He did not strangle her.", "strangled=no", "strangled=yes"),
        ("The knife was not seen.", "", "weapon=blade-or-point"),
        ("Nothing was taken.", "anything_taken=no", "anything_taken=yes"),
        # a denial ends with its sentence, or with `but`
        ("No knife. Bruising to the face.", "injury=minor", "weapon=blade-or-point"),
        ("He did not punch her but strangled her.", "strangled=yes", "strangled=no"),
        # in doubt: nothing
        ("Possibly drunk.", "", "alcohol=yes"),
        ("It is unclear whether he was arrested.", "", "offender_arrested=yes"),
        ("Was he drunk?", "", "alcohol=yes"),
        ("No cuts, bruising to the arm.", "", "injury=minor"),  # may be either
        ("I do not think she was not injured.", "", "injury=none"),  # twice denied
        # the longer expression says it
        ("Sex was non consensual.", "sexual_consent=no", "sexual_consent=yes"),
        ("He has a broken nose.", "injury=broken-nose", "injury=broken-bone"),
    ],
)
def test_words_give_facts(rules: Rules, text: str, there: str, absent: str) -> None:
    found = proposed(rules, text)
    assert not there or there in found
    assert not absent or absent not in found


def test_each_fact_shows_its_words_and_its_question(rules: Rules) -> None:
    text = "V has a black eye and scratches; ex-wife arrested."
    found = {(f.fact, f.value): f for f in facts_from(rules, text)}
    injury = found["injury", "minor"]
    assert [text[match.start : match.end] for match in injury.why] == ["black eye", "scratches"]
    assert injury.question == fact_types(rules)["injury"].text
    assert injury.source.document == "rules"


def test_a_text_that_says_both_proposes_both(rules: Rules) -> None:
    found = proposed(rules, "No injuries at the time. Next day she had bruising.")
    assert {"injury=none", "injury=minor"} <= found


def test_picked_acts_leave_out_what_they_do_not_ask(rules: Rules) -> None:
    text = "Her ex-husband punched her outside the house; black eye. His dog barked."
    facts = {found.fact for found in facts_from(rules, text, acts=["assault"])}
    assert {"injury", "former_partner"} <= facts
    assert not {"pet", "premises"} & facts


def test_every_row_of_the_list_can_be_proposed(rules: Rules) -> None:
    types = fact_types(rules)
    for row in rules.rows("fact_words"):
        assert row["value"] or row["negated"]
        for value in filter(None, (row["value"], row["negated"])):
            types[row["fact"]].read(value)
        assert row["fact"] not in {"victim_age", "offender_age", "victim_sex"}  # asked of the party


def test_words_of_the_list_say_what_they_stand_for(rules: Rules) -> None:
    """Each expression, alone in a sentence, proposes its value; none hides another's."""
    for row in rules.rows("fact_words"):
        if row["value"]:
            for written in row["words"].split("|"):
                found = {(f.fact, f.value) for f in facts_from(rules, written.replace("*", ""))}
                expected = (row["fact"], fact_types(rules)[row["fact"]].read(row["value"]))
                assert expected in found, written


def test_a_text_too_long_is_refused_without_quoting_it(rules: Rules) -> None:
    with pytest.raises(InputRejected) as refused:
        facts_from(rules, "Zebedee " * MAX_CHARACTERS)
    assert "Zebedee" not in str(refused.value)
