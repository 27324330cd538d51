"""What a partner sees of a call and how they answer: no more than it takes to decide and to find the person.

Who was declined or is long closed is not shown any more: only its reference stays. Notes, THRIVE, protected
characteristics, crime, other calls and the log of the control room are never shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from backbeat.errors import UserError
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.desk_triage import calls
from backbeat.station.desk_triage.access import agency_of
from backbeat.station.desk_triage.models import Call, Handover
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.words import AMBULANCE, Service

__all__ = ["MOST_MINUTES", "Offer", "accept", "decline", "give_eta", "offer_of", "offers_of", "urgency_of"]

SHOWN_AFTER_CLOSE = timedelta(hours=24)
MOST = 100
MOST_MINUTES = 24 * 60
_FACTS = (
    ("risk_life_now", "Life at risk now"),
    ("serious_harm_now", "Serious harm now"),
    ("medical", "Needs emergency treatment"),
    ("risk_window_minutes", "Somebody must be there within"),
    ("child", "Under 18"),
    ("capacity", "Has capacity"),
    ("detained", "Detained under the Mental Health Act"),
    ("location_known", "Place is known"),
)
_WORDS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
_URGENCY = {"emergency": "Emergency", "soon": "Soon", "routine": "Routine"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as its agency sees it."""

    handover: Handover
    state: str
    """`waiting`, `accepted`, `declined` or `withdrawn`."""
    urgency: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    shows_person: bool

    @property
    def call(self) -> Call:
        """The call it is about."""
        return self.handover.call


def urgency_of(call: Call) -> str:
    """`Emergency`, `Soon`, `Routine`, as the rules say; empty where a supervisor named the agency."""
    lead = (call.assessment or {}).get("lead") or {}
    return _URGENCY.get(lead.get("urgency", ""), "")


def offer_of(handover: Handover, now: datetime) -> Offer:
    """What its agency is shown of an offer."""
    call = handover.call
    state = "accepted" if handover.accepted else "waiting" if handover.answered_at is None else "declined"
    if handover.withdrawn_at is not None:
        state = "withdrawn"
    recent = call.closed_at is None or now - call.closed_at < SHOWN_AFTER_CLOSE
    shows = state == "waiting" or (state == "accepted" and recent)
    facts = tuple((words, _in_words(name, call.facts[name])) for name, words in _FACTS if name in call.facts)
    return Offer(
        handover=handover,
        state=state,
        urgency=urgency_of(call),
        kind=call.strand.replace("-", " ").capitalize(),
        facts=facts if shows else (),
        shows_person=shows,
    )


def _in_words(name: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value} minutes" if name.endswith("minutes") else str(value)
    return _WORDS.get(str(value), str(value))


def offers_of(actor: User, now: datetime) -> Sequence[Offer]:
    """Offers to the actor's agency: those that wait first, the longest waiting first, then what it has taken on.

    Raises:
        Refused: they are no partner.
    """
    require(actor, "triage.partner")
    agency = agency_of(actor)
    if not agency:
        return ()
    found = Handover.objects.select_related("call").filter(agency=agency, withdrawn_at=None)
    waiting = found.filter(answered_at=None).order_by("offered_at")[:MOST]
    answered = found.filter(answered_at__gte=now - SHOWN_AFTER_CLOSE).order_by("-answered_at")[:MOST]
    return [offer_of(one, now) for one in (*waiting, *answered)]


def accept(actor: User, handover: Handover, *, name: str, position: str, minutes: int | None, key: str) -> None:
    """Take a call on, in the name of a person at the agency; `minutes` until somebody is there, None: they do not say.

    Raises:
        Refused: the offer is not to their agency.
        UserError: it was answered or withdrawn meanwhile.
        EventRefused: the name or the position is none.
    """
    if not calls.is_recorded(key):
        _require_waiting(handover)
    happened: list[h.Happening] = [h.Accepted(handover.agency, name, position)]
    if minutes is not None:
        happened.append(h.EtaGiven(_service(handover.agency), minutes))
    calls.record(actor, handover.call, *happened, key=key, purpose="offer-accepted")


def decline(actor: User, handover: Handover, *, reason: str, key: str) -> None:
    """Say no, or give back what was accepted. Raises as `accept`."""
    if not calls.is_recorded(key) and not handover.accepted:
        _require_waiting(handover)
    calls.record(actor, handover.call, h.Declined(handover.agency, reason), key=key, purpose="offer-declined")


def give_eta(actor: User, handover: Handover, *, minutes: int | None, key: str) -> None:
    """Say in how many minutes somebody is with the person; None: nobody can say. Raises as `accept`."""
    happened = h.EtaGiven(_service(handover.agency), minutes)
    calls.record(actor, handover.call, happened, key=key, purpose="offer-eta")


def _service(agency: str) -> Service:
    return Service.AMBULANCE if agency == AMBULANCE else Service.PARTNER


def _require_waiting(handover: Handover) -> None:
    fresh = Handover.objects.get(pk=handover.pk)
    if fresh.waits:
        return
    what = "This offer was withdrawn" if fresh.withdrawn_at else "This offer was answered"
    at = timezone.localtime(fresh.withdrawn_at or fresh.answered_at).strftime("%H:%M")
    raise UserError(
        f"{what} at {at}, so nothing was recorded.",
        where=f"handover {fresh.pk}",
        do="Ring the control room if you think otherwise",
    )
