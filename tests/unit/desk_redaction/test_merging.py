"""Decisions on places that overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbeat.redaction.model import Action, Decision, Kind
from backbeat.station.desk_redaction.merging import without_overlaps

R, K, P = Action.REDACT, Action.KEEP, Action.PSEUDONYM


def decision(action: Action, start: int, end: int) -> Decision:
    stand_in = "[PERSON 1]" if action is P else None
    return Decision(action, Kind.PERSON, "because", "amy", "individual", start=start, end=end, replacement=stand_in)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ([(R, 0, 5), (R, 7, 9)], [(R, 0, 5), (R, 7, 9)]),  # apart
        ([(R, 0, 5), (R, 5, 9)], [(R, 0, 5), (R, 5, 9)]),  # touching is no overlap
        ([(R, 0, 5), (R, 3, 9)], [(R, 0, 9)]),
        ([(R, 0, 9), (R, 3, 5)], [(R, 0, 9)]),  # one inside the other
        ([(P, 0, 5), (R, 3, 9)], [(P, 0, 5), (R, 5, 9)]),  # a pseudonym stays a place of its own
        ([(R, 0, 5), (P, 3, 9)], [(R, 0, 5), (P, 5, 9)]),
        ([(K, 0, 9), (R, 3, 5)], [(K, 0, 3), (R, 3, 5), (K, 5, 9)]),
        ([(K, 3, 5), (R, 0, 9)], [(R, 0, 9)]),  # nothing of it is left to keep
        ([(K, 0, 5), (K, 3, 9)], [(K, 0, 5), (K, 3, 9)]),
    ],
)
def test_overlaps_are_joined_or_cut(given_, expected):
    made = without_overlaps([decision(*one) for one in given_])
    assert [(d.action, d.start, d.end) for d in made] == expected


spans = st.tuples(st.sampled_from([R, K, P]), st.integers(0, 30), st.integers(1, 12)).map(
    lambda t: (t[0], t[1], t[1] + t[2])
)


@given(st.lists(spans, max_size=12))
def test_a_character_is_removed_if_and_only_if_some_decision_removes_it(some):
    made = without_overlaps([decision(*one) for one in some])
    removing = [d for d in made if d.action is not K]
    wanted = {at for action, start, end in some if action is not K for at in range(start, end)}
    covered = [at for d in removing for at in range(d.start, d.end)]
    assert set(covered) == wanted
    assert len(covered) == len(set(covered))
    kept = {at for d in made if d.action is K for at in range(d.start, d.end)}
    assert kept == {at for action, start, end in some if action is K for at in range(start, end)} - wanted
