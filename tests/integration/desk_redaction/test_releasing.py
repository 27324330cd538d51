"""From decisions to a bundle: what is in it, what stops it, and what is written down."""

import io
from datetime import timedelta

import pytest
from desk_cases import DeskCase
from django.conf import settings
from django.utils import timezone
from pdfminer.high_level import extract_text
from station_django import entries_since, last_entry

from backbeat.ledger import Ledger
from backbeat.redaction import verify
from backbeat.redaction.model import Finding
from backbeat.station.audit import records
from backbeat.station.desk_redaction import clock
from backbeat.station.desk_redaction.models import Activity

PHONE = "07700 900417"


@pytest.fixture
def desk() -> DeskCase:
    return DeskCase.read()


def test_a_release_removes_what_was_decided_and_keeps_the_rest(desk):
    desk.decide_all()
    desk.release()
    text = desk.released_text()
    assert desk.preparation.state == "released"
    assert PHONE not in text
    assert "Dorian Blackwell was seen by the canal" in text
    assert {"certificate.json", "manifest.json"} <= set(desk.bundle())
    page = desk.client.get(desk.url("release")).content.decode()
    assert "Download the bundle" in page
    assert "evidence grade low" in page


def test_overlapping_decisions_remove_the_whole_of_both(desk):
    desk.post("draw", {"words": "on 07700", "reason": "Mine"}, desk.document().pk, 1)
    desk.decide_all()
    desk.release()
    assert desk.preparation.state == "released"
    assert "900417" not in desk.released_text()
    assert "on 07700" not in desk.released_text()


def test_a_box_drawn_over_a_kept_place_wins():
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(400, 200), invariant=1)
    canvas.drawString(40, 150, "Dorian Blackwell was seen by the canal.")
    canvas.drawString(40, 100, "Amara Okonjo saw him.")
    canvas.save()
    desk = DeskCase.read({"one.pdf": stream.getvalue()})
    desk.post("decide", {"mention": str(desk.mention("Dorian Blackwell").pk), "action": "keep"})
    desk.post("draw", {"x": "35", "y": "35", "width": "300", "height": "20"}, desk.document().pk, 1)
    desk.decide_all("keep")
    desk.release()
    assert desk.preparation.state == "released"
    (output,) = [content for name, content in desk.bundle().items() if name.endswith(".pdf")]
    assert b"Blackwell" not in output
    assert "Blackwell" not in extract_text(io.BytesIO(output))
    assert "Okonjo" in extract_text(io.BytesIO(output))


def test_a_value_marked_in_one_document_is_asked_about_in_every_other():
    desk = DeskCase.read(
        {"one.txt": b"She waited by the blue door.\r\n", "two.txt": b"He never saw the blue door open.\r\n"}
    )
    desk.post("draw", {"words": "the blue door", "reason": "Source"}, desk.document("one.txt").pk, 1)
    desk.decide_all()
    desk.release()
    assert desk.preparation.state == "review"
    (found,) = desk.mentions.filter(detector="propagated")
    assert (found.text, found.decided, found.document) == ("the blue door", "", desk.document("two.txt"))
    assert "What you marked by hand stands in more places" in desk.client.get(desk.url("review")).content.decode()
    desk.post("decide", {"mention": str(found.pk), "action": "accept"})
    desk.release()
    assert desk.preparation.state == "released"
    assert "the blue door" not in desk.released_text()


def test_spreading_cut_short_still_waits_for_the_decision(desk, monkeypatch):
    """A worker killed after it added places, before it said so, must not have the next one release without them."""
    from backbeat.station.desk_redaction import releasing

    desk = DeskCase.read(
        {"one.txt": b"She waited by the blue door.\r\n", "two.txt": b"He never saw the blue door open.\r\n"}
    )
    desk.post("draw", {"words": "the blue door"}, desk.document("one.txt").pk, 1)
    desk.decide_all()
    spread = releasing.spread

    def killed(preparation, folder):
        spread(preparation, folder)
        return spread(preparation, folder)  # what the next attempt sees: nothing more to add

    monkeypatch.setattr(releasing, "spread", killed)
    desk.release()
    assert desk.preparation.state == "review"
    assert desk.mentions.filter(decided="").count() == 1


def test_a_find_of_the_sceptic_withholds_everything_and_what_follows_is_rework(desk, monkeypatch):
    found = Finding("left-behind", "The value of a decision can still be read.", page=1)
    desk.decide_all()
    with monkeypatch.context() as patched:
        patched.setattr(verify, "check", lambda *_arguments: (found,))
        desk.release()
    assert desk.preparation.state == "withheld"
    assert desk.preparation.bundle_sha256 == ""
    assert desk.preparation.ledger_row is None
    page = desk.client.get(desk.url("release")).content.decode()
    assert "no file left the station" in page
    assert found.message in page
    assert desk.post("download", {"recipient": "CPS"}).status_code == 404

    start = timezone.now()
    for seconds in (0, 30, 60):
        clock.tick(desk.preparation, desk.user, Activity.Phase.REVIEW, start + timedelta(seconds=seconds))
    assert clock.milliseconds(desk.preparation)["rework"] >= 60_000
    desk.release()
    assert desk.preparation.state == "released"
    spent = Ledger.open(settings.INSTALLATION).saving(seq=desk.preparation.ledger_row).savings[0].spent
    assert spent.rework_ms >= 60_000


def test_handing_over_needs_a_recipient_and_is_a_disclosure(desk):
    desk.decide_all()
    desk.release()
    assert desk.post("download", {"recipient": "  "}).status_code == 400
    before = last_entry()
    response = desk.post("download", {"recipient": "CPS  Direct"})
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    response.close()
    assert content.startswith(b"PK")
    (row,) = [row for row in entries_since(before) if row.entry.operation.value == "disclosure"]
    assert row.entry.recipients == ("cps-precharge",)
    assert records.access_log().detail(row.seq) == {"recipient": "CPS Direct"}


def test_released_time_is_the_time_when_release_was_asked_for(desk):
    start = timezone.now()
    for seconds in (0, 20, 40, 200, 230):
        clock.tick(desk.preparation, desk.user, Activity.Phase.REVIEW, start + timedelta(seconds=seconds))
    desk.decide_all()
    desk.release()
    spent = Ledger.open(settings.INSTALLATION).saving(seq=desk.preparation.ledger_row).savings[0].spent
    assert spent.review_ms == desk.preparation.outcome["spent"]["review"]
    assert spent.review_ms >= 70_000


@pytest.mark.parametrize(
    ("gaps", "counted"),
    [
        # seconds between ticks → milliseconds counted
        ((), 0),
        ((10, 20), 30_000),
        ((60,), 60_000),
        ((61,), 0),  # a pause
        ((59, 3600, 30), 89_000),
        ((-5, 10), 10_000),  # a clock set back counts nothing
    ],
)
def test_only_pauses_of_a_minute_at_most_count(desk, gaps, counted):
    at = timezone.now() + timedelta(hours=1)
    before = clock.milliseconds(desk.preparation)["review"]
    clock.tick(desk.preparation, desk.user, Activity.Phase.REVIEW, at)
    for gap in gaps:
        at += timedelta(seconds=gap)
        clock.tick(desk.preparation, desk.user, Activity.Phase.REVIEW, at)
    assert clock.milliseconds(desk.preparation)["review"] - before == counted


def test_a_page_somebody_polls_is_no_work(desk):
    before = sum(clock.milliseconds(desk.preparation).values())
    rows = list(desk.preparation.activity.values_list("last_at", flat=True))
    for _ in range(3):
        desk.client.get(desk.url("status"))
    assert sum(clock.milliseconds(desk.preparation).values()) == before
    assert list(desk.preparation.activity.values_list("last_at", flat=True)) == rows


def test_every_look_at_content_is_in_the_access_log(desk):
    document = desk.document()
    preparation, evidence = f"preparation/{desk.preparation.pk}", f"evidence/{document.evidence_id}"
    for url, reference, purpose in (
        (desk.url("overview"), preparation, None),
        (desk.url("people"), preparation, None),
        (desk.url("review"), preparation, None),
        (desk.url("places") + f"?group={desk.mention(PHONE).person}:phone", preparation, None),
        (desk.url("page", document.pk, 1), evidence, "page-1"),
        (desk.url("release"), preparation, None),
    ):
        before = last_entry()
        assert desk.client.get(url).status_code == 200, url
        (row,) = entries_since(before)
        assert (row.entry.operation.value, row.entry.object_ref, row.entry.purpose) == (
            "consultation",
            reference,
            purpose,
        )
