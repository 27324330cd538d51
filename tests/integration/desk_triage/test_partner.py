"""The partner's inbox, answers by account and by link, and the outbox: nothing about anybody leaves the station."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from station_django import Client, entries_since, fresh, last_entry, make_user, signed_in
from triage_board import SAFE, UNSURE, add, offered, opened, partner_of

from backbeat.errors import ConfigError
from backbeat.rulebook import YES
from backbeat.station.desk_triage import outbox
from backbeat.station.desk_triage.models import Call, Handover, OfferMessage
from backbeat.station.desk_triage.outbox_routes import Routes, read_routes
from backbeat.triage.calls import happenings as h

WHO = {"person": "Zelda Quark", "place": "Heron Ward, Marlbridge", "number": "07700 900123", "notes": "Left at noon."}


@pytest.fixture
def nurse():
    return partner_of("hospital")


def handover(call: Call) -> Handover:
    return call.handovers.get()


def answer(user, offer: Handover, name: str, /, **form):
    return signed_in(user).post(reverse("desk_triage:answer", args=[offer.pk, name]), {"key": fresh("key"), **form})


def page(user, offer: Handover) -> str:
    return signed_in(user).get(reverse("desk_triage:offer", args=[offer.pk])).content.decode()


def test_the_inbox_names_nobody_and_the_offer_shows_what_it_takes_to_decide(nurse):
    call = offered(**WHO)
    listed = signed_in(nurse).get(reverse("desk_triage:offers")).content.decode()
    assert call.reference in listed
    for secret in ("Zelda", "Heron", "900123", "Left at noon"):
        assert secret not in listed
    shown = page(nurse, handover(call))
    for said in ("Zelda Quark", "Heron Ward", "07700 900123", "Has capacity"):
        assert said in shown
    assert "Left at noon" not in shown


def test_only_what_is_offered_to_their_own_agency_is_seen():
    call = offered(**WHO)
    stranger = partner_of("ambulance")
    listed = signed_in(stranger).get(reverse("desk_triage:offers")).content.decode()
    assert call.reference not in listed
    refused = signed_in(stranger).get(reverse("desk_triage:offer", args=[handover(call).pk]))
    assert refused.status_code == 403
    assert "Zelda" not in refused.content.decode()
    assert answer(stranger, handover(call), "accept", name="A. Okafor", position="dispatcher").status_code == 403


def test_an_account_without_an_agency_sees_nothing():
    offered(**WHO)
    nobody = make_user("partner")
    listed = signed_in(nobody).get(reverse("desk_triage:offers"))
    assert listed.status_code == 200
    assert "belongs to no agency" in listed.content.decode()


def test_a_partner_accepts_with_name_position_and_time_and_owns_the_call(nurse):
    call = offered(**WHO)
    sent = answer(nurse, handover(call), "accept", name="R. Adair", position="nurse in charge", minutes="20")
    assert sent.status_code == 302
    call.refresh_from_db()
    assert call.owner == "hospital"
    offer = handover(call)
    assert (offer.accepted, offer.name, offer.role) == (True, "R. Adair", "nurse in charge")
    assert offer.eta_at is not None
    event = call.events.get(kind="accepted")
    assert (event.role, event.by) == ("partner", nurse)
    assert "Accepted by R. Adair" in page(nurse, offer)


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "position": "nurse"},
        {"name": "R. Adair", "position": ""},
        {"name": "R. Adair", "position": "nurse", "minutes": "soon"},
        {"name": "R. Adair", "position": "nurse", "minutes": "99999"},
    ],
)
def test_an_answer_that_is_not_whole_leaves_the_offer_waiting(nurse, form):
    call = offered()
    assert answer(nurse, handover(call), "accept", **form).status_code == 422
    assert handover(call).waits


def test_declining_takes_a_reason_and_hides_the_person(nurse):
    call = offered(**WHO)
    assert answer(nurse, handover(call), "decline", reason="").status_code == 422
    assert answer(nurse, handover(call), "decline", reason="No bed and nobody to send.").status_code == 302
    call.refresh_from_db()
    assert call.escalated or call.callback_owed
    shown = page(nurse, handover(call))
    assert "No bed and nobody to send." in shown
    assert "Zelda" not in shown


def test_what_was_answered_meanwhile_cannot_be_accepted_again(nurse):
    handler = make_user("call-handler")
    call = offered(handler)
    add(handler, call, h.Accepted("hospital", "B. Ode", "ward manager"))
    late = answer(nurse, handover(call), "accept", name="R. Adair", position="nurse in charge")
    assert late.status_code == 422
    assert "was answered at" in late.content.decode()
    assert handover(call).name == "B. Ode"


def test_an_accepted_call_can_be_given_back(nurse):
    call = offered()
    answer(nurse, handover(call), "accept", name="R. Adair", position="nurse in charge")
    assert answer(nurse, handover(call), "decline", reason="She is not our patient after all.").status_code == 302
    call.refresh_from_db()
    assert call.owner == ""


def test_a_partner_says_when_or_that_nobody_can_say(nurse):
    call = offered()
    answer(nurse, handover(call), "accept", name="R. Adair", position="nurse in charge")
    assert answer(nurse, handover(call), "eta", minutes="15").status_code == 302
    assert answer(nurse, handover(call), "eta", minutes="").status_code == 302
    assert [row.body["minutes"] for row in call.events.filter(kind="eta")] == [15, None]


def test_every_look_at_an_offer_leaves_an_entry(nurse):
    call = offered()
    client = signed_in(nurse)
    before = last_entry()
    client.get(reverse("desk_triage:offers"))
    client.get(reverse("desk_triage:offer", args=[handover(call).pk]))
    seen = [(row.entry.object_ref, row.entry.purpose) for row in entries_since(before)]
    assert seen == [("triage-offers", "inbox"), (f"call/{call.pk}", "offer")]


# --- the outbox -------------------------------------------------------------------------------------------------------


@pytest.fixture
def routes(tmp_path):
    return Routes(tmp_path / "outbox", "https://backbeat.example.org")


def written(call: Call, routes: Routes) -> OfferMessage:
    outbox.write_messages(routes, timezone.now())
    return OfferMessage.objects.get(handover=handover(call))


def link(message: OfferMessage) -> str:
    return outbox.link_of(message, Routes(settings.INSTALLATION.data))


def test_a_message_says_that_something_waits_and_nothing_about_whom(routes):
    call = offered(**WHO)
    message = written(call, routes)
    outbox.send_due(routes, timezone.now())
    said = json.loads((routes.folder / f"{message.pk:08}.json").read_text())
    assert said["reference"] == call.reference
    assert said["link"].startswith("https://backbeat.example.org/triage/answer/")
    for secret in ("Zelda", "Heron", "900123", "Left at noon", str(call.pk)):
        assert secret not in json.dumps(said)
    assert "link" not in message.payload
    message.refresh_from_db()
    assert message.sent_at is not None


def test_an_offer_is_told_of_once_whoever_looks(routes):
    call = offered()
    written(call, routes)
    assert outbox.write_messages(routes, timezone.now()) == 0
    outbox.send_due(routes, timezone.now())
    assert outbox.send_due(routes, timezone.now() + timedelta(minutes=30)) == 0


def test_an_offer_that_is_old_or_answered_is_not_told_of(routes, nurse):
    old, done = offered(), offered()
    Handover.objects.filter(call=old).update(offered_at=timezone.now() - outbox.LINK_LIFE)
    answer(nurse, handover(done), "accept", name="R. Adair", position="nurse in charge")
    outbox.write_messages(routes, timezone.now())
    assert not OfferMessage.objects.filter(handover__call__in=[old, done]).exists()


def test_the_courier_writes_files_where_nothing_is_configured():
    call = offered()
    outbox.Courier().tick()
    message = OfferMessage.objects.get(handover=handover(call))
    assert message.channel == "file"
    assert (settings.INSTALLATION.data / "triage" / "outbox" / f"{message.pk:08}.json").is_file()


def test_a_link_answers_without_an_account_and_only_once(routes):
    call = offered(**WHO)
    url = link(written(call, routes))
    anybody = Client()
    shown = anybody.get(url)
    assert shown.status_code == 200
    assert shown.headers["Referrer-Policy"] == "same-origin"  # the link stands in the address: nobody else is told it
    for secret in ("Zelda", "Heron", "900123"):
        assert secret not in shown.content.decode()
    assert handover(call).waits  # opening it answers nothing
    done = anybody.post(url, {"answer": "accept", "name": "R. Adair", "position": "nurse in charge", "minutes": ""})
    assert "The call is yours" in done.content.decode()
    event = call.events.get(kind="accepted")
    assert (event.role, event.body["name"], event.by.username) == ("partner", "R. Adair", "link-hospital")
    assert not event.by.has_usable_password()
    again = anybody.post(url, {"answer": "decline", "reason": "Changed my mind."})
    assert again.status_code == 410
    assert anybody.get(url).status_code == 410
    assert handover(call).accepted


def test_a_link_that_was_answered_wrongly_still_answers(routes):
    call = offered()
    url = link(written(call, routes))
    assert Client().post(url, {"answer": "accept", "name": "", "position": ""}).status_code == 422
    assert Client().post(url, {"answer": "decline", "reason": "No bed."}).status_code == 200
    assert handover(call).accepted is False


def test_a_link_stops_counting(routes, nurse):
    late, answered = offered(), offered()
    urls = [link(written(late, routes)), link(written(answered, routes))]
    OfferMessage.objects.filter(handover=handover(late)).update(expires_at=timezone.now())
    answer(nurse, handover(answered), "accept", name="R. Adair", position="nurse in charge")
    assert [Client().get(url).status_code for url in urls] == [410, 410]
    form = {"answer": "accept", "name": "A. Okafor", "position": "dispatcher"}
    assert [Client().post(url, form).status_code for url in urls] == [410, 410]
    assert handover(late).waits


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "1", lambda t: t.swapcase()])
def test_a_link_nobody_made_answers_nothing(routes, spoil):
    call = offered()
    token = link(written(call, routes)).rstrip("/").rpartition("/")[2]
    assert Client().get(reverse("desk_triage:answer-offer", args=[spoil(token)])).status_code == 410
    assert handover(call).waits


def test_a_further_fact_does_not_spoil_a_link(routes):
    handler = make_user("call-handler")
    call = offered(handler)
    url = link(written(call, routes))
    add(handler, call, h.FactStated("enquiries_done", YES))
    assert Client().post(url, {"answer": "accept", "name": "R. Adair", "position": "nurse"}).status_code == 200


# --- the ways out -----------------------------------------------------------------------------------------------------


def test_without_a_file_every_agency_gets_a_file(tmp_path):
    assert read_routes(tmp_path).channel("hospital") == "file"


@pytest.mark.parametrize(
    "text",
    [
        "[]", "a: [", "colour: blue", "agencies: {hospital: {email: [a@example.org]}}",
        "station: https://x.example.org\nagencies: {hospital: {webhook: 'http://e.org', secret: 0123456789abcdef}}",
        "station: https://x.example.org\nagencies: {hospital: {webhook: 'https://example.org', secret: short}}",
        "station: http://x.example.org\nagencies: {h: {webhook: 'https://example.org', secret: 0123456789abcdefg}}",
    ],
)  # fmt: skip
def test_routes_that_are_not_whole_are_refused_and_quote_no_address(tmp_path, text):
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "outbox.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        read_routes(tmp_path)
    assert "example.org" not in str(refused.value)


class _Receiver(BaseHTTPRequestHandler):
    got: list[tuple[bytes, str]]
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((body, self.headers["X-Backbeat-Signature"]))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    handler = type("Receiver", (_Receiver,), {"got": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server, handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_gets_the_message_signed(receiver, tmp_path):
    server, handler = receiver
    secret = "a-long-shared-secret"
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "outbox.yaml").write_text(
        "station: https://backbeat.example.org\n"
        f"agencies: {{hospital: {{webhook: 'http://127.0.0.1:{server.server_port}/', secret: {secret}}}}}\n"
    )
    routes = read_routes(tmp_path)
    call = offered(**WHO)
    message = written(call, routes)
    outbox.send_due(routes, timezone.now())
    (body, signature) = next(one for one in handler.got if call.reference.encode() in one[0])
    assert signature == "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert b"Zelda" not in body
    message.refresh_from_db()
    assert (message.channel, message.fault) == ("webhook", "")
    assert message.sent_at is not None


@pytest.mark.parametrize("status", [302, 500])
def test_what_could_not_be_sent_is_tried_again_later(receiver, tmp_path, status):
    server, handler = receiver
    handler.status = status
    route = {"webhook": f"http://127.0.0.1:{server.server_port}/", "secret": "a-long-shared-secret"}
    routes = Routes(tmp_path, "https://backbeat.example.org", {}, {"hospital": route})
    call, now = offered(), timezone.now()
    message = written(call, routes)
    outbox.send_due(routes, now + timedelta(seconds=1))
    message.refresh_from_db()
    assert (message.sent_at, message.tries, message.fault) == (None, 1, "HTTPError")
    outbox.send_due(routes, now + timedelta(seconds=2))
    message.refresh_from_db()
    assert message.tries == 1
    handler.status = 200
    outbox.send_due(routes, now + timedelta(seconds=30))
    message.refresh_from_db()
    assert message.sent_at is not None


def test_the_service_of_an_ambulance_is_the_ambulance():
    crew, handler = partner_of("ambulance"), make_user("call-handler")
    call = add(handler, opened(handler, SAFE), h.Offered("ambulance"))
    assert answer(crew, handover(call), "accept", name="A. Okafor", position="crew", minutes="8").status_code == 302
    assert call.events.get(kind="eta").body["service"] == "ambulance"


def test_the_home_page_lists_offers_and_escalated_calls_for_whom_they_wait_for(nurse):
    waits, escalated = offered(), opened(facts=UNSURE)
    Handover.objects.exclude(call=waits).update(withdrawn_at=timezone.now())  # the page lists the first few only
    assert reverse("desk_triage:offer", args=[handover(waits).pk]) in signed_in(nurse).get("/").content.decode()
    boss = make_user("control-room-supervisor")
    Call.objects.filter(escalated=True).exclude(pk=escalated.pk).update(escalated=False)
    assert reverse("desk_triage:supervise", args=[escalated.pk]) in signed_in(boss).get("/").content.decode()
