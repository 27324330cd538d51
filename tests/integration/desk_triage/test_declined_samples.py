"""Samples of calls police did not go to: one seed, one sample; nobody checks their own; not known is never right."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from station_django import entries_since, last_entry, make_user, signed_in
from triage_board import LIVE, UNSURE, add, opened, settled

from backbeat.errors import UserError
from backbeat.station.desk_triage import sampling_declined
from backbeat.station.desk_triage.models import SampledCall
from backbeat.station.desk_triage.sampling_declined import Result, declined, draw_sample, result_of, review
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.words import Harm


def days() -> dict[str, date]:
    """Yesterday and today, asked anew each time: a run may cross midnight."""
    today = timezone.localdate()
    return {"first_day": today - timedelta(days=1), "last_day": today}


@pytest.fixture(scope="module")
def closed():
    return [settled(notes=f"Call {n}") for n in range(6)]


@pytest.fixture
def auditor():
    return make_user("auditor")


def draw(auditor, size=500, seed=""):
    return draw_sample(auditor, title="November", size=size, **days(), seed=seed)


def test_only_calls_police_did_not_go_to_are_drawn(closed, auditor):
    went, open_question = opened(facts=LIVE), opened(facts=UNSURE)
    drawn = set(draw(auditor).items.values_list("call", flat=True))
    assert {call.pk for call in closed} <= drawn
    assert went.pk not in drawn
    assert open_question.pk not in drawn


def test_what_was_opened_again_or_went_wrong_is_among_them(auditor):
    handler = make_user("call-handler")
    again, police = settled(handler), settled(handler)
    add(handler, again, h.HarmReported(Harm.INJURY, "Fell on the way."))
    add(handler, police, h.Deployed("MB1"))
    drawn = set(draw(auditor).items.values_list("call", flat=True))
    assert {again.pk, police.pk} <= drawn


def test_the_same_seed_draws_the_same_calls(closed, auditor):
    one, other = draw(auditor, 3, "s33d"), draw(auditor, 3, "s33d")
    assert list(one.items.values_list("call", flat=True)) == list(other.items.values_list("call", flat=True))
    assert one.population == len(declined(*days().values()))
    assert draw(auditor, 3).seed != draw(auditor, 3).seed


def test_there_is_nothing_to_draw_from_a_day_without_calls(auditor):
    day = timezone.localdate() - timedelta(days=4000)
    with pytest.raises(UserError, match="nothing to draw"):
        draw_sample(auditor, title="x", size=1, first_day=day, last_day=day)


def test_nobody_checks_a_call_they_had_a_hand_in(closed, auditor):
    item = draw(auditor).items.get(call=closed[0])
    handler = closed[0].assigned_to
    handler.grant("auditor")
    with pytest.raises(UserError, match="had a hand"):
        review(type(handler).objects.get(pk=handler.pk), item, finding="right", reason="I know it was right.")
    page = signed_in(handler).get(reverse("desk_triage:sampled", args=[item.sample_id, item.number])).content.decode()
    assert "somebody else checks it" in page


@pytest.mark.parametrize(
    ("finding", "reason"),
    [("", "A whole sentence."), ("no-such", "A whole sentence."), ("right", "ok"), ("right", " ")],
)
def test_a_finding_needs_one_of_three_and_a_reason(closed, auditor, finding, reason):
    item = draw(auditor).items.get(call=closed[1])
    client = signed_in(auditor)
    url = reverse("desk_triage:sampled", args=[item.sample_id, item.number])
    assert client.post(url, {"finding": finding, "reason": reason}).status_code == 422
    item.refresh_from_db()
    assert item.finding == ""


def test_a_finding_is_kept_and_the_next_call_comes(closed, auditor):
    sample = draw(auditor, 2)
    first, second = sample.items.all()
    client = signed_in(auditor)
    before = last_entry()
    url = reverse("desk_triage:sampled", args=[sample.pk, first.number])
    assert client.get(url).status_code == 200
    answer = client.post(url, {"finding": "should-have-gone", "reason": "The mother said twice that she had pills."})
    assert answer.url == reverse("desk_triage:sampled", args=[sample.pk, second.number])
    said = [(row.entry.object_ref, row.entry.purpose) for row in entries_since(before)]
    assert said == [(f"call/{first.call_id}", "sample"), (f"call/{first.call_id}", "sample-finding")]
    review(auditor, second, finding="cannot-tell", reason="No notes and no rationale worth the name.")
    page = client.get(reverse("desk_triage:sample", args=[sample.pk])).content.decode()
    assert "100.0 %" in page
    assert "1 of 1" in page
    assert sample.seed in page


def test_not_known_is_never_counted_as_right():
    result = Result(checked=10, left=0, right=6, should_have_gone=2, cannot_tell=2)
    assert result.rate == 0.25
    assert result.worst == 0.4
    assert result.interval.low < 0.25 < result.interval.high
    assert result.worst_interval.low < 0.4 < result.worst_interval.high


def test_without_a_finding_there_is_no_rate(closed, auditor):
    result = result_of(draw(auditor, 2))
    assert (result.rate, result.interval, result.worst, result.left) == (None, None, None, 2)


def test_the_form_draws_and_says_what_is_wrong_with_it(closed, auditor):
    client = signed_in(auditor)
    url = reverse("desk_triage:samples")
    form = {"title": "Week 47", **days(), "size": 2, "seed": ""}
    drawn = client.post(url, form)
    assert drawn.status_code == 302
    assert "Week 47" in client.get(url).content.decode()
    for wrong in ({"title": ""}, {"size": 0}, {"seed": "!"}, {"first_day": timezone.localdate() + timedelta(days=2)}):
        assert client.post(url, {**form, **wrong}).status_code == 422
    long_ago = timezone.localdate() - timedelta(days=4000)
    empty = {"first_day": long_ago, "last_day": long_ago}
    assert "nothing to draw" in client.post(url, {**form, **empty}).content.decode()


def test_a_call_that_moved_on_since_is_marked(closed, auditor):
    item = draw(auditor).items.get(call=closed[2])
    SampledCall.objects.filter(pk=item.pk).update(revision=1)
    page = signed_in(auditor).get(reverse("desk_triage:sampled", args=[item.sample_id, item.number])).content.decode()
    assert "moved on since it was drawn" in page
    assert sampling_declined.MOST >= 500
