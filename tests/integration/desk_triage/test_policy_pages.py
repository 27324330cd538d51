"""The policy in the station: downloads come back as they were, faults and breaches are told, signed is in force."""

import json
import shutil
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from station_django import entries_since, last_entry, make_user, signed_in
from triage_board import SAFE, opened
from triage_policy_files import changed_csv, changed_workbook

from backbeat.rulebook import sign_overlay
from backbeat.station.desk_triage import engine, force_policy
from backbeat.station.desk_triage.models import PolicyDraft
from backbeat.triage.policy.errors import PolicyRefused
from backbeat.triage.policy.storing import force_folder, trust_key

WHY = "Mental-health nurses ask for an earlier look."


@pytest.fixture(autouse=True)
def own_installation():
    """No version before the test, and none left behind for others of this process."""
    folder = settings.INSTALLATION.data / "triage" / "policies"
    shutil.rmtree(folder, ignore_errors=True)
    yield settings.INSTALLATION
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def owner():
    return make_user("triage-policy-owner")


def get(user, name, *args):
    return signed_in(user).get(reverse(f"desk_triage:{name}", args=args))


def upload(user, *files):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return signed_in(user).post(reverse("desk_triage:policy-upload"), {"files": sent})


def workbook(user, minutes="45", table="timers", row="review-soon", column="minutes"):
    return changed_workbook(get(user, "policy-workbook").content, table, row, column, minutes)


def draft(user, minutes="45") -> PolicyDraft:
    answer = upload(user, ("policy.xlsx", workbook(user, minutes)))
    assert answer.status_code == 302, answer.content.decode()
    return PolicyDraft.objects.get(pk=int(answer.url.rstrip("/").rpartition("/")[2]))


def sign(user, one, *, days=1, why=WHY):
    day = timezone.localdate() + timedelta(days=days)
    return signed_in(user).post(reverse("desk_triage:policy-sign", args=[one.pk]), {"valid_from": day, "why": why})


def test_what_is_downloaded_and_not_changed_is_no_change(owner):
    answer = upload(owner, ("policy.xlsx", get(owner, "policy-workbook").content))
    assert answer.status_code == 422
    assert "Nothing changes" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "start"), [("policy-workbook", b"PK"), ("policy-csv", b"PK"), ("policy-dmn", b"<?xml")]
)
def test_the_newest_version_can_be_downloaded(owner, name, start):
    answer = get(owner, name)
    assert answer.content.startswith(start)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_safe_change_is_shown_in_plain_words_and_signed_into_force(owner):
    before = last_entry()
    one = draft(owner)
    page = get(owner, "policy-draft", one.pk).content.decode()
    assert "minutes: 60 → 45" in page
    assert "Tried and safe" in page
    assert sign(owner, one).status_code == 302
    one.refresh_from_db()
    assert one.signed_by == owner
    listed = get(owner, "policy").content.decode()
    assert str(owner) in listed
    assert WHY in listed
    assert "minutes: 60 → 45" in listed
    purposes = [row.entry.purpose for row in entries_since(before)]
    assert [name for name in purposes if name and name.startswith("policy-")] == ["policy-upload", "policy-sign"]


def test_a_version_decides_calls_from_its_day_on_and_none_before(owner):
    sign(owner, draft(owner), days=2)
    now = timezone.now()
    today, then = opened(facts=SAFE), opened(facts=SAFE, at=now + timedelta(days=3))
    assert today.policy == "rcrp-national-2026"
    assert then.policy.startswith("rcrp-national-2026+own-")
    assert engine.policy_of(then).minutes("review-soon") == 45
    assert engine.policy_of(today).minutes("review-soon") == 60


def test_a_change_that_is_unsafe_is_refused_with_what_it_breaks_and_not_kept(owner):
    kept = PolicyDraft.objects.count()
    answer = upload(owner, ("policy.xlsx", workbook(owner, "1440", row="ageing-red")))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This change may not be used" in page
    assert "ageing-red" in page
    assert "minutes: 60 → 1440" in page  # what it would have changed stands beneath
    assert PolicyDraft.objects.count() == kept


def test_a_change_that_takes_unknown_for_no_is_refused_with_the_facts_that_show_it(owner):
    answer = upload(owner, ("policy.xlsx", workbook(owner, "no", "strand_walk-out", "missing", "capacity")))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "capacity is not known, and less is asked for" in page
    assert "capacity=unknown, location_known=no" in page


@pytest.mark.parametrize(
    "files",
    [
        (), (("a.xlsx", b"no workbook"),), (("a.xlsx", b"PK\3\4 cut short"),), (("a.csv", b"\xff\xfe"),),
        (("a.xlsx", b"x"), ("b.xlsx", b"x")), (("timers.csv", b"id,timer\n"),),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(owner, files):
    answer = upload(owner, *files)
    assert answer.status_code == 422
    assert "cannot be read" in answer.content.decode()


def test_a_locked_table_cannot_be_changed(owner):
    answer = upload(owner, ("policy.xlsx", workbook(owner, "We know better.", "gate_risk", "default", "why")))
    assert answer.status_code == 422
    assert "locked" in answer.content.decode()


def test_csv_files_are_taken_too(owner):
    files = changed_csv(get(owner, "policy-csv").content, "timers", "review-soon,60", "review-soon,45")
    answer = upload(owner, *files.items())
    assert answer.status_code == 302
    assert "60 → 45" in signed_in(owner).get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [({"days": 0}, "can be in force from"), ({"why": "short"}, "Say why"), ({"days": -3000}, "can be in force from")],
)
def test_signing_takes_a_day_to_come_and_a_reason(owner, form, said):
    one = draft(owner)
    answer = sign(owner, one, **form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    one.refresh_from_db()
    assert one.waits


def test_a_day_that_is_none_is_said_so(owner):
    one = draft(owner)
    answer = signed_in(owner).post(reverse("desk_triage:policy-sign", args=[one.pk]), {"valid_from": "2026-99-99"})
    assert "Say from which day" in answer.content.decode()


def test_of_two_drafts_from_one_version_the_second_must_be_made_again(owner):
    first, second = draft(owner, "45"), draft(owner, "50")
    assert sign(owner, first).status_code == 302
    assert sign(owner, second, days=3).status_code == 422
    assert "may not be used any more" in get(owner, "policy-draft", second.pk).content.decode()
    signed_in(owner).post(reverse("desk_triage:policy-set-aside", args=[second.pk]))
    second.refresh_from_db()
    assert second.set_aside_at is not None
    assert sign(owner, second, days=3).status_code == 422


def test_a_signed_draft_is_not_signed_again(owner):
    one = draft(owner)
    sign(owner, one)
    assert sign(owner, one, days=5).status_code == 422
    assert "Signed" in get(owner, "policy-draft", one.pk).content.decode()


def test_a_third_version_follows_on_the_second_and_both_are_listed(owner):
    sign(owner, draft(owner, "45"))
    sign(owner, draft(owner, "50"), days=1)
    found = force_policy.versions()
    assert len(found) == 3
    assert len({one.policy.id for one in found}) == 3
    assert found[0].lines[-1].strip() == "minutes: 45 → 50"
    assert [one.in_force for one in found] == [False, False, True]


def test_a_force_that_trusts_other_keys_does_not_get_this_one(owner, own_installation):
    trust_key(force_folder(own_installation.data, "exampleshire"), Ed25519PrivateKey.generate().public_key())
    one = draft(owner)
    answer = sign(owner, one)
    assert answer.status_code == 422
    assert "does not trust" in answer.content.decode()
    saved = json.loads(get(owner, "policy-draft-file", one.pk).content)
    assert "timers" in saved["tables"]


def test_a_version_changed_on_the_disk_is_not_used(owner, own_installation):
    sign(owner, draft(owner))
    path = force_folder(own_installation.data, "own") / "0001.json"
    overlay = json.loads(path.read_text())["overlay"]
    path.unlink()
    path.write_bytes(sign_overlay({**overlay, "why": "Nobody signed this one."}, Ed25519PrivateKey.generate()))
    with pytest.raises(PolicyRefused):
        force_policy.own_shelf()


@pytest.mark.parametrize("role", ["call-handler", "control-room-supervisor", "auditor"])
def test_who_does_not_keep_the_policy_reads_it_only(role, owner):
    user = make_user(role)
    one = draft(owner)
    page = get(user, "policy").content.decode()
    assert "Upload and try" not in page
    assert upload(user, ("policy.xlsx", b"x")).status_code == 403
    assert sign(user, one).status_code == 403
    assert get(user, "policy-draft", one.pk).status_code == 403


def test_a_policy_that_was_tampered_with_stops_no_call_and_every_page_says_so(owner):
    sign(owner, draft(owner))
    (version,) = force_folder(settings.INSTALLATION.data, force_policy.own_force()).glob("0001.json")
    version.write_text(version.read_text("utf-8").replace("45", "44"), "utf-8")

    with pytest.raises(PolicyRefused):
        force_policy.own_shelf()
    call = opened(facts=SAFE)
    assert call.policy == "rcrp-national-2026"
    handler = make_user("call-handler")
    for name, args in (("calls", []), ("board", []), ("call", [call.pk])):
        assert "the national policy decides" in get(handler, name, *args).content.decode(), name
    assert get(owner, "policy").status_code >= 400


def test_without_a_fault_no_page_warns(owner):
    assert "the national policy decides" not in get(make_user("call-handler"), "calls").content.decode()
