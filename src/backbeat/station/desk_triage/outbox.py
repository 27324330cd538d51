"""Messages that tell agencies of offers, written within seconds and sent until they are.

The courier looks at the database, so that an offer made by anybody, anywhere, is told of, and none is lost when a
process dies. A message says that something waits and where; never about whom. Its link is signed with the
installation's own key, answers once, and stops counting after `LINK_LIFE` or as soon as the offer is answered.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from backbeat.errors import BackbeatError
from backbeat.station.accounts.models import User
from backbeat.station.desk_triage.models import Handover, OfferMessage, PartnerAccount
from backbeat.station.desk_triage.offers import urgency_of
from backbeat.station.desk_triage.outbox_routes import Routes, SendFailed, read_routes, send

__all__ = [
    "LINK_LIFE",
    "Courier",
    "claim",
    "give_back",
    "is_usable",
    "link_account",
    "link_of",
    "message_of",
    "send_due",
    "write_messages",
]

LINK_LIFE = timedelta(hours=2)
AGAIN = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""After the first, the second and every later try that failed."""
AT_ONCE = 50
_SALT = "backbeat.triage.offer-link"

log = logging.getLogger(__name__)


def write_messages(routes: Routes, now: datetime) -> int:
    """A message for every offer that waits and has none yet; returns how many. Old offers are left alone."""
    waiting = Handover.objects.filter(answered_at=None, withdrawn_at=None, message=None)
    made = 0
    for handover in waiting.filter(offered_at__gt=now - LINK_LIFE).select_related("call")[:AT_ONCE]:
        payload = {
            "format": "backbeat.triage.offer/1",
            "reference": handover.call.reference,
            "agency": handover.agency,
            "urgency": urgency_of(handover.call),
            "offered_at": handover.offered_at.isoformat(),
            "link_until": (now + LINK_LIFE).isoformat(),
        }
        try:
            with transaction.atomic():
                OfferMessage.objects.create(
                    handover=handover,
                    channel=routes.channel(handover.agency),
                    payload=payload,
                    written_at=now,
                    next_try_at=now,
                    expires_at=now + LINK_LIFE,
                )
        except IntegrityError:
            continue  # another worker was first
        made += 1
    return made


def send_due(routes: Routes, now: datetime) -> int:
    """Send what is written and not sent; returns how many left. What cannot be sent is tried again, ever more slowly.

    A worker that dies between sending and noting it sends twice: better than not at all.
    """
    sent = 0
    due = OfferMessage.objects.filter(sent_at=None, next_try_at__lte=now, expires_at__gt=now)
    for message in due.filter(handover__answered_at=None, handover__withdrawn_at=None)[:AT_ONCE]:
        wait = AGAIN[min(message.tries, len(AGAIN) - 1)]
        mine = OfferMessage.objects.filter(pk=message.pk, tries=message.tries, sent_at=None)
        if not mine.update(tries=message.tries + 1, next_try_at=now + wait):
            continue
        try:
            send(routes, message.channel, message.pk, {**message.payload, "link": link_of(message, routes)})
        except SendFailed as failed:
            log.warning("message %d could not be sent: %s", message.pk, failed.why)
            OfferMessage.objects.filter(pk=message.pk).update(fault=failed.why[:60])
        else:
            OfferMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now(), fault="")
            sent += 1
    return sent


def link_of(message: OfferMessage, routes: Routes) -> str:
    """The address that answers an offer without an account."""
    return routes.station + reverse("desk_triage:answer-offer", args=[signing.dumps(message.pk, salt=_SALT)])


def message_of(token: str) -> OfferMessage | None:
    """The message a link belongs to, whether or not it may still be used; None where the station did not make it."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return OfferMessage.objects.select_related("handover__call").filter(pk=pk).first()


def is_usable(message: OfferMessage, now: datetime) -> bool:
    """Whether its link still answers."""
    return message.used_at is None and now < message.expires_at and message.handover.waits


def link_account(agency: str) -> User:
    """In whose name an answer by link is recorded: an account of the agency that nobody can sign in with.

    The answer itself holds the name and position that were typed; the account only says by which way it came.
    """
    with transaction.atomic():
        user = User.objects.filter(username=f"link-{agency}").first()
        if user is None:
            user = User.objects.create_user(
                f"link-{agency}", None, display_name=f"Link sent to {agency.replace('-', ' ')}", roles=["partner"]
            )
            PartnerAccount.objects.create(user=user, agency=agency)
    return user


def claim(message: OfferMessage, now: datetime) -> bool:
    """Use a link up, before anything is recorded by it; False where somebody did already."""
    return bool(OfferMessage.objects.filter(pk=message.pk, used_at=None, expires_at__gt=now).update(used_at=now))


def give_back(message: OfferMessage) -> None:
    """The link answers again: what came by it was not recorded."""
    OfferMessage.objects.filter(pk=message.pk).update(used_at=None)


class Courier:
    """Writes and sends what is due, every few seconds, in any number of workers at once."""

    every_s = 2.0

    def __init__(self) -> None:
        self._fault = ""

    def tick(self) -> int:
        """Look once; returns how many messages left. A fault of the routes is told once, not every two seconds."""
        now = timezone.now()
        try:
            routes = read_routes(settings.INSTALLATION.data)
        except BackbeatError as fault:
            if self._fault != fault.code:
                log.error("the outbox has no routes: %s", fault.code)
            self._fault = fault.code
            return 0
        self._fault = ""
        write_messages(routes, now)
        return send_due(routes, now)
