"""From suggestions to decisions: the order of authority, and what spreads."""

import pytest

from backbeat.redaction.decisions import BY_HAND, Named
from backbeat.redaction.model import Action, Document, Kind, Mention, Suggestion
from backbeat.redaction.review import Accept, review

R, K, P, A = Action.REDACT, Action.KEEP, Action.PSEUDONYM, Action.ASK


def find(text, value, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = text.index(value, start + 1)
    return start, start + len(value)


def suggestion(text, value, action, *, kind=Kind.PERSON, person=None, nth=0):
    start, end = find(text, value, nth)
    mention = Mention(kind, value, start, end, 1.0, "test", "why", person)
    return Suggestion(mention, action, "Reason of the profile", "why", "rule")


def named(text, value, action, *, nth=0, **more):
    start, end = find(text, value, nth)
    return Named("decision 1", "doc", action, start=start, end=end, **more)


def decide(text, suggestions=(), entries=(), accept=None):
    document = Document("0" * 64, "text/plain", text)
    return review(
        document, suggestions, entries, accept, author="me", stand_in=lambda person, kind: f"[{kind} {person}]"
    )


def shown(text, result):
    """(value, action, basis) of every decision."""
    return [(text[d.start : d.end], d.action, d.basis) for d in result.decisions]


@pytest.mark.parametrize(
    ("proposed", "accept", "action", "basis"),
    [
        (R, Accept.ALL, R, "accepted-all"),
        (K, Accept.ALL, K, "accepted-all"),
        (A, Accept.ALL, R, "accepted-all"),  # unknown never counts as keep
        (P, Accept.ALL, R, "accepted-all"),  # a pseudonym for nobody known is a redaction
        (R, Accept.NONE, K, "rejected-all"),
        (A, Accept.NONE, K, "rejected-all"),
    ],
)
def test_bulk(proposed, accept, action, basis):
    text = "Jane Doe was there"
    result = decide(text, [suggestion(text, "Jane Doe", proposed)], accept=accept)
    assert shown(text, result) == [("Jane Doe", action, basis)]
    assert result.undecided == 0


def test_a_pseudonym_for_a_known_person_carries_its_stand_in():
    text = "Jane Doe was there"
    (decision,) = decide(text, [suggestion(text, "Jane Doe", P, person="P1")], accept=Accept.ALL).decisions
    assert (decision.action, decision.replacement) == (P, "[person P1]")


@pytest.mark.parametrize("action", [R, K, A, P])
def test_without_accept_everything_left_is_undecided(action):
    text = "Jane Doe was there"
    result = decide(text, [suggestion(text, "Jane Doe", action)])
    assert result.undecided == 1
    assert result.decisions == ()


def test_a_named_decision_takes_kind_reason_and_person_from_the_suggestion_it_matches():
    text = "Jane Doe was there"
    result = decide(text, [suggestion(text, "Jane Doe", A, person="P1")], [named(text, "Jane Doe", R)])
    (decision,) = result.decisions
    assert (decision.kind, decision.reason, decision.person) == (Kind.PERSON, "Reason of the profile", "P1")
    assert (decision.basis, result.undecided) == ("individual", 0)


def test_a_decision_that_matches_no_suggestion_is_applied():
    text = "the blue flat"
    (decision,) = decide(text, [], [named(text, "blue flat", R)]).decisions
    assert (decision.kind, decision.reason) == (Kind.OTHER, BY_HAND)


def test_a_named_decision_rules_exactly_its_own_characters():
    text = "Flat 2, 12 Mill Lane, Leeds"
    whole = suggestion(text, text, R, kind=Kind.ADDRESS)
    result = decide(text, [whole], [named(text, "Leeds", K)], Accept.ALL)
    assert shown(text, result) == [("Flat 2, 12 Mill Lane,", R, "accepted-all"), ("Leeds", K, "individual")]


@pytest.mark.parametrize(
    ("text", "value", "spread"),
    [
        ("Brown met brown and BROWN", "Brown", ["Brown", "BROWN"]),  # a plain word keeps its capital
        ("Jane Doe. JANE\nDOE. Jane Doest", "Jane Doe", ["Jane Doe", "JANE\nDOE"]),
        ("01632 960123, 01632-960-123, 016329601234", "01632 960123", ["01632 960123", "01632-960-123"]),
        ("ref AB12 and ab12, xAB12", "AB12", ["AB12", "ab12"]),
        ("J said. J left.", "J", ["J"]),  # an initial stays a matter of the one place
        ("the flat and the flat", "flat", ["flat"]),  # so does a word nobody classified
    ],
)
def test_what_was_removed_by_hand_is_removed_everywhere(text, value, spread):
    result = decide(text, [], [named(text, value, R)])
    assert [text[d.start : d.end] for d in result.decisions] == spread


def test_a_place_decided_one_by_one_does_not_follow():
    text = "Doe. Doe. Doe."
    result = decide(text, [], [named(text, "Doe", R), named(text, "Doe", K, nth=1)])
    assert [(d.start, d.action) for d in result.decisions] == [(0, R), (5, K), (10, R)]


def test_a_place_known_to_be_about_somebody_else_does_not_follow():
    text = "Doe saw John Doe."
    suspect = suggestion(text, "John Doe", K, person="P2")
    witness = suggestion(text, "Doe", R, person="P1")
    result = decide(text, [witness, suspect], accept=Accept.ALL)
    assert shown(text, result) == [("Doe", R, "accepted-all"), ("John Doe", K, "accepted-all")]


def test_a_bulk_keep_about_nobody_known_follows_the_removed_value():
    text = "Doe saw Doe and Sons."
    kept = suggestion(text, "Doe and Sons", K, kind=Kind.ORGANISATION)
    result = decide(text, [suggestion(text, "Doe", R, person="P1"), kept], accept=Accept.ALL)
    assert shown(text, result) == [("Doe", R, "accepted-all"), ("Doe", R, "propagated")]


def test_what_spreads_counts_as_decided():
    text = "Doe met Doe"
    result = decide(text, [suggestion(text, "Doe", A, nth=1)], [named(text, "Doe", R)])
    assert result.undecided == 0
    assert [d.basis for d in result.decisions] == ["individual", "propagated"]


def test_overlapping_decisions_that_agree_become_one():
    text = "12 Mill Lane, Leeds"
    result = decide(text, [], [named(text, "12 Mill Lane", R), named(text, "Lane, Leeds", R)])
    assert [text[d.start : d.end] for d in result.decisions] == [text]


@pytest.mark.parametrize(
    "again",
    ["Sia\u0302n Zzyx", "SIÂN ZZYX", "Sian Zzyx", "Siân\u00a0Zzyx", "Si\u00adân Zz\u200byx", "Ѕiân Zzyx", "Siân\nZzyx"],
)
def test_what_was_removed_by_hand_goes_however_its_letters_are_composed(again):
    text = f"Siân Zzyx was seen. Later {again} left."
    result = decide(text, entries=[named(text, "Siân Zzyx", R, kind=Kind.PERSON)], accept=Accept.NONE)
    assert [value for value, _, _ in shown(text, result)] == ["Siân Zzyx", again]
