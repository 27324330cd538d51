"""What a registrar's ruling may name, and how many of it."""

from datetime import date

import pytest

from backbeat.station.desk_crime.choosing import OTHER, allows_several, choose, options_of, takes_others
from backbeat.station.desk_crime.errors import NotReady

DAY = date(2026, 6, 1)


def referral(*labels: str, about: tuple[str, ...] = ("a1", "a2"), **more: object) -> dict[str, object]:
    candidates = [{"label": label, "document": "rules", "page": "13", "why": "Because."} for label in labels]
    return {"key": "k", "about": list(about), "candidates": candidates, **more}


BETWEEN = referral("8N 008/06", "46 046/00")
"""Two things done, and which of them is the principal crime."""
EITHER = referral("8P 008/60", "8S 008/06", about=("allegation:a1",))
"""One thing done, and which class it is."""
COUNTED = referral("92D 092/50 and 92E 092/61", "92D 092/50 or 92E 092/61")
FORCES = referral("recorded by north", "recorded by south", about=("a1",))
DISPUTE = referral("As the rules propose", "To be decided again", about=("report",), dispute=True)


def chosen(one, picked, others=(), counts=None):
    return choose(one, picked, others, counts or {}, day=DAY, where="here")


def named(choice) -> list[tuple[str, int, bool]]:
    return [(f"{one['class']} {one['code']}", one["count"], one["found"]) for one in choice.offences]


@pytest.mark.parametrize(
    ("one", "several", "others"),
    [(BETWEEN, True, True), (EITHER, False, True), (COUNTED, False, True), (FORCES, False, True),
     (DISPUTE, False, False)],
)  # fmt: skip
def test_several_only_where_several_things_were_done(one, several, others):
    assert allows_several(one) is several
    assert takes_others(one) is others


def test_alternatives_within_one_candidate_are_options_of_their_own():
    assert [one.value for one in options_of(COUNTED)] == ["92D 092/50 and 92E 092/61", "92D 092/50", "92E 092/61"]
    assert [len(one.offences) for one in options_of(COUNTED)] == [2, 1, 1]
    assert [one.offences for one in options_of(FORCES)] == [(), ()]


@pytest.mark.parametrize(
    ("one", "picked", "others", "counts", "words", "labels", "offences"),
    [
        (BETWEEN, ["8N 008/06"], [], {}, "8N 008/06", ("8N 008/06",), [("8N 008/06", 1, False)]),
        (
            BETWEEN, ["8N 008/06", "46 046/00"], [], {"46 046/00": "2"}, "8N 008/06 and 46 046/00",
            ("8N 008/06", "46 046/00"), [("8N 008/06", 1, False), ("46 046/00", 2, False)],
        ),
        (
            COUNTED, ["92D 092/50 and 92E 092/61"], [], {}, "92D 092/50 and 92E 092/61",
            ("92D 092/50 and 92E 092/61",), [("92D 092/50", 1, False), ("92E 092/61", 1, False)],
        ),
        (
            COUNTED, ["92E 092/61"], [], {}, "92E 092/61", ("92D 092/50 or 92E 092/61",), [("92E 092/61", 1, False)],
        ),
        (EITHER, [OTHER], ["008/01|8N|"], {}, "8N 008/01", (), [("8N 008/01", 1, True)]),
        (BETWEEN, [], ["008/01|8N|"], {"008/01|8N|": "3"}, "8N 008/01", (), [("8N 008/01", 3, True)]),
        (FORCES, ["recorded by north"], [], {}, "recorded by north", ("recorded by north",), []),
        (
            FORCES, ["recorded by north"], ["008/06|8N|"], {}, "recorded by north and 8N 008/06",
            ("recorded by north",), [("8N 008/06", 1, True)],
        ),
    ],
)  # fmt: skip
def test_what_was_picked_is_what_is_recorded(one, picked, others, counts, words, labels, offences):
    choice = chosen(one, picked, others, counts)
    assert (choice.words, choice.labels, named(choice)) == (words, labels, offences)


@pytest.mark.parametrize(
    ("one", "picked", "others", "counts", "words"),
    [
        (BETWEEN, [], [], {}, "No candidate was chosen"),
        (BETWEEN, ["8N 999/99"], [], {}, "No candidate was chosen"),
        (EITHER, [OTHER], [], {}, "No candidate was chosen"),
        (EITHER, ["8P 008/60", "8S 008/06"], [], {}, "exclude each other"),
        (EITHER, ["8P 008/60"], ["008/01|8N|"], {}, "count one thing that was done as one crime"),
        (COUNTED, ["92D 092/50 and 92E 092/61"], ["008/01|8N|"], {}, "count one thing"),
        (BETWEEN, ["8N 008/06"], ["008/06|8N|"], {}, "chosen twice"),
        (DISPUTE, ["As the rules propose"], ["008/01|8N|"], {}, "No candidate was chosen"),
        (EITHER, [OTHER], ["999/99|8N|"], {}, "999/99"),
        (BETWEEN, ["8N 008/06"], [], {"8N 008/06": "0"}, "not a number of crimes"),
        (BETWEEN, ["8N 008/06"], [], {"8N 008/06": "many"}, "not a number of crimes"),
        (BETWEEN, ["8N 008/06"], [], {"8N 008/06": "100"}, "not a number of crimes"),
    ],
)  # fmt: skip
def test_what_the_rules_do_not_allow_is_refused(one, picked, others, counts, words):
    with pytest.raises(NotReady, match=words):
        chosen(one, picked, others, counts)
