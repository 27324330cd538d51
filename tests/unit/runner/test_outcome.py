"""Failures, interruptions and terms: what is kept, and what is refused."""

import pickle

import pytest

from backbeat.errors import Bug, InputRejected, UnitFailed
from backbeat.runner import JobInterrupted, JobRefused, JobUnknown, Outcome, Terms, UnitCrashed
from backbeat.runner.outcome import failure_of


@pytest.mark.parametrize("kind", [JobInterrupted, JobRefused, JobUnknown, UnitCrashed, InputRejected])
def test_errors_cross_processes_with_type_and_words(kind):
    failure = failure_of(kind("It happened.", where="unit 1", do="look"), "unit 1")
    again = pickle.loads(pickle.dumps(Outcome(1, None, failure, 5)))
    assert type(again.failure.error) is kind
    assert (again.failure.code, again.failure.message) == (kind.code, str(failure.error))
    with pytest.raises(kind, match="It happened"):
        again.get()


def test_a_foreign_error_keeps_its_place_and_loses_its_text():
    def read_page():
        raise KeyError("Jane Roe")

    with pytest.raises(KeyError) as caught:
        read_page()
    failure = failure_of(caught.value, "unit 7")
    assert (failure.code, failure.user_error, type(failure.error)) == ("bug", False, Bug)
    assert "unit 7, in read_page line" in failure.message
    assert "Jane" not in failure.message


@pytest.mark.parametrize(("error", "user"), [(InputRejected, True), (UnitFailed, False)])
def test_a_users_error_is_told_apart(error, user):
    assert failure_of(error("No.", where="x", do="y"), "unit 1").user_error is user


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (6, 1000), (1000, 1000)],
)
def test_pauses_double_up_to_a_limit(attempts, pause):
    assert Terms(backoff_ms=100, backoff_cap_ms=1000).backoff(attempts) == pause


@pytest.mark.parametrize("wrong", [{"lease_ms": 0}, {"max_attempts": 0}, {"backoff_ms": -1}])
def test_terms_that_make_no_sense_are_refused(wrong):
    with pytest.raises(Bug):
        Terms(**wrong)
