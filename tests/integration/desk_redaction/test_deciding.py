"""Decisions: in bulk, one by one, taken back, and refused when the preparation cannot change."""

import pytest
from desk_cases import DeskCase, many_mentions
from django.contrib.messages import get_messages
from station_django import entries_since, last_entry, make_user, signed_in

from backbeat.station.cases.models import Membership
from backbeat.station.desk_redaction import decisions, groups
from backbeat.station.desk_redaction.errors import PreparationClosed
from backbeat.station.desk_redaction.models import Preparation

PHONE = "07700 900417"


@pytest.fixture
def desk() -> DeskCase:
    return DeskCase.read()


def decided(desk: DeskCase) -> dict[str, str]:
    return dict(desk.mentions.values_list("text", "decided"))


def said(response) -> str:
    return str(list(get_messages(response.wsgi_request))[-1])


def test_one_place_is_decided_by_a_named_person_and_logged(desk):
    before = last_entry()
    mention = desk.mention(PHONE)
    response = desk.post("decide", {"mention": str(mention.pk), "action": "redact", "reason": "Safety of a person"})
    mention.refresh_from_db()
    assert (mention.decided, mention.decided_reason, mention.decided_basis) == (
        "redact",
        "Safety of a person",
        "individual",
    )
    assert mention.decided_by == desk.user
    assert said(response) == "Redacted 1 place."
    (entry,) = [row.entry for row in entries_since(before) if row.entry.operation.value == "alteration"]
    assert (entry.object_ref, entry.purpose) == (f"preparation/{desk.preparation.pk}", "decide-redact")


def test_a_group_is_decided_whole_and_others_are_left(desk):
    key = f"{desk.mention(PHONE).person}:phone"
    desk.post("decide", {"group": key, "action": "keep", "reason": "Already known to the recipient"})
    assert set(groups.find_group(desk.preparation, key).values_list("decided", flat=True)) == {"keep"}
    assert desk.mentions.exclude(kind="phone").filter(decided="keep").count() == 0
    assert desk.mention(PHONE).decided_basis == "bulk"


def test_everything_about_one_person_is_accepted_at_once(desk):
    person = desk.mention("Dorian Blackwell").person
    desk.post("decide", {"group": f"{person}:", "action": "accept"})
    assert not desk.mentions.filter(person=person, decided="").exclude(suggested="ask").exists()
    assert desk.mentions.exclude(person=person).exclude(decided="").count() == 0


def test_accepting_takes_each_suggestion_and_answers_no_question(desk):
    desk.mentions.filter(text=PHONE).update(suggested="ask")
    desk.post("decide", {"everything": "1", "action": "accept"})
    for mention in desk.mentions.all():
        assert mention.decided == ("" if mention.suggested == "ask" else mention.suggested)
    response = desk.post("decide", {"mention": str(desk.mention(PHONE).pk), "action": "accept"})
    assert "questions that need your own answer" in said(response)


def test_accepting_a_group_leaves_what_was_decided_otherwise(desk):
    mention = desk.mention(PHONE)
    desk.post("decide", {"mention": str(mention.pk), "action": "keep"})
    desk.post("decide", {"everything": "1", "action": "accept"})
    assert decided(desk)[PHONE] == "keep"


def test_undo_goes_back_step_by_step_to_the_beginning(desk):
    start = decided(desk)
    mention = desk.mention(PHONE)
    desk.post("decide", {"mention": str(mention.pk), "action": "redact"})
    desk.post("decide", {"mention": str(mention.pk), "action": "keep", "reason": "Not personal data"})
    desk.post("decide", {"everything": "1", "action": "accept"})
    desk.post("undo")
    assert decided(desk) == {**start, PHONE: "keep"}
    desk.post("undo")
    mention.refresh_from_db()
    assert (mention.decided, mention.decided_reason) == ("redact", "")
    assert said(desk.post("undo")) == "Undone: redacted 1 place."
    assert decided(desk) == start
    assert said(desk.post("undo")) == "You have nothing to undo."


def test_undo_takes_back_ones_own_decisions_only(desk):
    colleague = make_user("officer")
    Membership.objects.create(case=desk.case, user=colleague)
    theirs = DeskCase(colleague, desk.case, desk.preparation, signed_in(colleague))
    both, mine = desk.mention(PHONE), desk.mention("Dorian Blackwell")
    desk.post("decide", {"mention": [str(both.pk), str(mine.pk)], "action": "redact"})
    theirs.post("decide", {"mention": str(both.pk), "action": "keep"})
    desk.post("undo")
    assert (decided(desk)[PHONE], decided(desk)["Dorian Blackwell"]) == ("keep", "")
    assert said(desk.post("undo")) == "You have nothing to undo."


def test_words_are_marked_wherever_they_stand_in_the_passage_and_taken_away_again(desk):
    document = desk.document()
    response = desk.post("draw", {"words": "canal", "kind": "place", "reason": "Sensitive place"}, document.pk, 1)
    mention = desk.mention("canal")
    assert said(response) == "Marked 1 place."
    assert (mention.kind, mention.decided, mention.reason) == ("place", "redact", "Sensitive place")
    desk.post("undo")
    assert desk.mention("canal") is None
    desk.post("draw", {"words": "canal"}, document.pk, 1)
    desk.post("draw", {"withdraw": str(desk.mention("canal").pk)}, document.pk, 1)
    assert desk.mention("canal") is None


def test_what_a_detector_found_is_not_withdrawn(desk):
    response = desk.post("draw", {"withdraw": str(desk.mention(PHONE).pk)}, desk.document().pk, 1)
    assert response.status_code == 400
    assert desk.mention(PHONE) is not None


@pytest.mark.parametrize("state", ["reading", "applying", "released"])
def test_a_closed_preparation_changes_no_more(desk, state):
    Preparation.objects.filter(pk=desk.preparation.pk).update(state=state)
    before = decided(desk)
    document, mention = desk.document(), desk.mention(PHONE)
    for name, data, more in (
        ("decide", {"everything": "1", "action": "accept"}, ()),
        ("undo", {}, ()),
        ("draw", {"words": "canal"}, (document.pk, 1)),
        ("draw", {"withdraw": str(mention.pk)}, (document.pk, 1)),
        ("release", {}, ()),
    ):
        assert desk.post(name, data, *more).status_code == 400, name
    assert decided(desk) == before
    page = desk.client.get(desk.url("page", document.pk, 1)).content.decode()
    assert "Mark something by hand" not in page
    assert 'value="redact"' not in page


def test_a_release_begun_meanwhile_closes_the_decision(desk):
    """The reviewer's page was loaded before somebody else released."""
    stale = Preparation.objects.select_related("case").get(pk=desk.preparation.pk)
    Preparation.objects.filter(pk=stale.pk).update(state="applying")
    with pytest.raises(PreparationClosed):
        decisions.decide(desk.user, stale, desk.mentions.all(), "redact", "", basis="bulk")
    assert not desk.mentions.exclude(decided="").exists()


def test_nothing_is_released_while_a_place_is_undecided(desk):
    response = desk.post("release")
    assert response.status_code == 400
    assert "undecided, so nothing was released" in response.content.decode()
    desk.refresh()
    assert desk.preparation.state == "review"


def test_ten_thousand_places_are_decided_and_taken_back_in_seconds(desk, django_queries):
    many_mentions(desk, 10_000)
    with django_queries() as asked:
        desk.post("decide", {"everything": "1", "action": "accept"})
    assert desk.mentions.filter(decided="redact").count() >= 10_000
    assert 5 < len(asked) < 60
    with django_queries() as asked:
        desk.post("undo")
    assert not desk.mentions.exclude(decided="").exists()
    assert 5 < len(asked) < 80
    listing = desk.client.get(desk.url("places") + "?group=P1:phone&page=3").content.decode()
    assert listing.count('class="redaction-item"') == 25
    assert "Page 3 of" in listing


def test_pages_of_a_large_preparation_ask_few_questions(desk, django_queries):
    many_mentions(desk, 2_000)
    for url in (desk.url("review"), desk.url("places") + "?group=P1:phone", desk.url("page", desk.document().pk, 1)):
        with django_queries() as asked:
            assert desk.client.get(url).status_code == 200
        assert 5 < len(asked) <= 25, [query["sql"][:90] for query in asked]
