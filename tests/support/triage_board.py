"""Calls for tests of the board and what lies behind it: opened through the use cases, as far along as a test needs."""

from datetime import datetime, timedelta

from django.utils import timezone
from station_django import fresh, make_user

from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.station.desk_triage import calls, engine
from backbeat.station.desk_triage.models import Call, PartnerAccount
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.digests import statement_id

SAFE = {
    "crime": NO, "crime_live": NO, "risk_life_now": NO, "serious_harm_now": NO, "attendance_promised": NO,
    "risk_created": NO, "officers_on_scene": NO, "s136_custody": NO, "strand": "walk-out", "location_known": YES,
    "capacity": YES, "partner_available": YES, "contact_number": 1,
}  # fmt: skip
UNSURE = {"crime": NO, "crime_live": NO, "risk_life_now": UNKNOWN, "serious_harm_now": UNKNOWN}
LIVE = {"crime": YES, "crime_live": YES, "risk_life_now": YES, "serious_harm_now": YES, "medical": NO}


def opened(handler=None, facts=SAFE, *, at: datetime | None = None, force: str = "", **about) -> Call:
    """A call with these facts; `about` is person, place, number, notes."""
    handler = handler or make_user("call-handler")
    call = calls.open_call(handler, h.Opened(**about), key=fresh("key"), at=at, force=force)
    stated = [h.FactStated(name, value) for name, value in facts.items()]
    return calls.record(handler, call, *stated, key=fresh("key"), at=at) if stated else call


def add(actor, call: Call, *what: h.Happening, at: datetime | None = None) -> Call:
    return calls.record(actor, call, *what, key=fresh("key"), at=at)


def offered(handler=None, **about) -> Call:
    """A call that the hospital leads, offered to it."""
    handler = handler or make_user("call-handler")
    call = opened(handler, **about)
    return add(handler, call, h.Offered(call.lead))


def settled(handler=None, *, at: datetime | None = None, **about) -> Call:
    """A call handed over with everything owed done, and closed."""
    handler, at = handler or make_user("call-handler"), at or timezone.now()
    call = opened(handler, at=at, **about)
    state = engine.fold_call(call)
    words = engine.statement_of(call, state, engine.assess_state(call, state).value)
    return add(
        handler, call, h.Offered(call.lead), h.Accepted(call.lead, "R. Adair", "nurse in charge"),
        h.StatementRead(statement_id(words)), h.ReviewSet(at + timedelta(minutes=50)),
        h.RationaleWritten("The ward has her; nothing only police can do."), h.Closed(), at=at,
    )  # fmt: skip


def partner_of(agency: str):
    """Somebody at an agency who may sign in."""
    user = make_user("partner")
    PartnerAccount.objects.create(user=user, agency=agency)
    return user
