"""The board: which open calls are shown, in which order, and what each line says. One page costs four queries.

How long a call has waited is said in words and by a bar that fills; colour repeats it and never says it alone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Max, Q, QuerySet

from backbeat.station.accounts.models import User
from backbeat.station.desk_triage.models import Call, CallEvent, CallTimer
from backbeat.station.desk_triage.showing import shown_of
from backbeat.station.desk_triage.words import Shown
from backbeat.triage.calls.clocks import Ageing
from backbeat.triage.calls.words import POLICE, Timer
from backbeat.triage.model import Outcome, Strand

__all__ = [
    "ORDERS",
    "WAITING",
    "Age",
    "Clock",
    "Filters",
    "Row",
    "changed_since",
    "counts",
    "duration",
    "newest_event",
    "rows_of",
]

ORDERS = {"risk": "Risk, then age", "age": "Age", "clock": "Next clock"}
WAITING = {
    "me": "For me",
    "supervisor": "For a supervisor",
    "call-back": "For a call back",
    "clock": "A clock runs out within 10 minutes",
    "owner": "For an owner",
    "nobody": "No handler",
}
_ORDER_BY: Mapping[str, tuple[Any, ...]] = {
    "risk": ("-risk", "opened_at"),
    "age": ("opened_at",),
    "clock": (F("next_due_at").asc(nulls_last=True), "opened_at"),
}
SOON = timedelta(minutes=10)
_BARS = {Ageing.NONE: ("▮▯▯", ""), Ageing.AMBER: ("▮▮▯", "Ageing"), Ageing.RED: ("▮▮▮", "Too long")}
_AGES = {Timer.AGEING_AMBER.value: Ageing.AMBER, Timer.AGEING_RED.value: Ageing.RED}
_CLOCKS = {
    Timer.REVIEW.value: "Review",
    Timer.CALL_BACK.value: "Call back",
    Timer.ACCEPTANCE.value: "Answer from {about}",
    Timer.ETA.value: "Arrival of {about}",
    Timer.TELL.value: "Tell {about}",
}
_STILL_OWED = {
    Timer.REVIEW.value: "review",
    Timer.CALL_BACK.value: "call-back",
    Timer.ACCEPTANCE.value: "owner",
    Timer.TELL.value: "tell",
}
"""Debt that a clock which has run out leaves behind: only as long as it stands is the clock still shown."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person at the board wants to see; empty is everything."""

    order: str = "risk"
    strand: str = ""
    outcome: str = ""
    agency: str = ""
    waiting: str = ""
    handler: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """Out of an address; what is none of the choices is left out."""
        return cls(
            order=_known(given, "order", ORDERS) or "risk",
            strand=_known(given, "strand", {one.value: "" for one in Strand}),
            outcome=_known(given, "outcome", {one.value: "" for one in Outcome}),
            agency=given.get("agency", "")[:60],
            waiting=_known(given, "waiting", WAITING),
            handler=given.get("handler", "")[:64],
        )

    @property
    def query(self) -> str:
        """The part of an address that says the same."""
        return urlencode({name: value for name in self.__slots__ if (value := getattr(self, name))})

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return any(getattr(self, name) for name in self.__slots__ if name != "order")

    def calls(self, user: User, now: datetime) -> QuerySet[Call]:
        """The open calls that answer them, in order."""
        found = Call.objects.filter(state=Call.State.OPEN)
        given = {"strand": self.strand, "outcome": self.outcome, "lead": self.agency}
        found = found.filter(**{name: value for name, value in given.items() if value})
        if self.handler:
            found = found.filter(assigned_to__username=self.handler)
        if self.waiting:
            found = found.filter(_waits(self.waiting, user, now))
        return found.order_by(*_ORDER_BY[self.order], "pk")


@dataclass(frozen=True, slots=True)
class Age:
    """How long a call has been open."""

    level: str
    bar: str
    word: str
    lasted: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a call, in words."""

    words: str
    due: datetime
    over: bool
    lasted: str
    """Until it runs out, or since it did."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the board."""

    call: Call
    shown: Shown
    age: Age
    clock: Clock | None
    owed: tuple[str, ...]
    more: int
    """Things owed that are not listed."""
    owner: str


def _known(given: Mapping[str, str], name: str, choices: Mapping[str, str]) -> str:
    value = given.get(name, "")
    return value if value in choices else ""


def _waits(what: str, user: User, now: datetime) -> Q:
    match what:
        case "me":
            return Q(assigned_to=user)
        case "supervisor":
            return Q(escalated=True)
        case "call-back":
            return Q(callback_owed=True)
        case "clock":
            return Q(next_due_at__lte=now + SOON)
        case "owner":
            return Q(owner="")
        case _:
            return Q(assigned_to=None)


def duration(span: timedelta) -> str:
    """`under a minute`, `12 min`, `1 h 20 min`, `2 days 3 h`."""
    minutes = int(abs(span).total_seconds()) // 60
    if minutes < 1:
        return "under a minute"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} day{'' if days == 1 else 's'} {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def rows_of(calls: Sequence[Call], now: datetime) -> list[Row]:
    """The lines of some calls, in their order."""
    timers: dict[Any, list[CallTimer]] = defaultdict(list)
    for timer in CallTimer.objects.filter(call__in=[one.pk for one in calls]):
        timers[timer.call_id].append(timer)
    return [_row(one, timers[one.pk], now) for one in calls]


def _row(call: Call, timers: Sequence[CallTimer], now: datetime) -> Row:
    duties = {one["id"]: one["text"] for one in (call.assessment or {}).get("duties", ())}
    owed = [duties.get(one[2], one[1]) for one in call.owed if one[0] != "rationale"]
    owner = "The police" if call.owner == POLICE else call.owner.replace("-", " ").capitalize()
    return Row(
        call=call,
        shown=shown_of(call),
        age=_age(call, timers, now),
        clock=_clock(call, timers, now),
        owed=tuple(owed[:2]),
        more=max(0, len(owed) - 2),
        owner=owner,
    )


def _age(call: Call, timers: Sequence[CallTimer], now: datetime) -> Age:
    """By its clocks, newest first: a call that was opened again ages from then."""
    newest: dict[str, datetime] = {}
    for one in timers:
        if one.kind in _AGES:
            newest[one.kind] = max(one.due_at, newest.get(one.kind, one.due_at))
    reached = [_AGES[kind] for kind, due in newest.items() if due <= now]
    level = Ageing.RED if Ageing.RED in reached else Ageing.AMBER if reached else Ageing.NONE
    bar, word = _BARS[level]
    return Age(level.value, bar, word, duration(now - call.opened_at))


def _clock(call: Call, timers: Sequence[CallTimer], now: datetime) -> Clock | None:
    """The clock to be told of: the longest run out while what it asked for is still owed, else the next to run out."""
    debts = {str(one[0]) for one in call.owed}
    shown = [one for one in timers if one.kind in _CLOCKS]
    over = [one for one in shown if one.fired_at is not None and _STILL_OWED.get(one.kind) in debts]
    running = [one for one in shown if one.fired_at is None and one.settled_at is None]
    found = min(over or running, key=lambda one: one.due_at, default=None)
    if found is None:
        return None
    about = found.about.replace("-", " ")
    words = _CLOCKS[found.kind].format(about=f"the {about}" if about else "the partner")
    return Clock(words, found.due_at, found.due_at <= now, duration(now - found.due_at))


def counts(now: datetime, red_minutes: int) -> dict[str, int]:
    """How many calls are open, and how many of them wait for what or came in too long ago. Read off indexes alone."""
    found = Call.objects.filter(state=Call.State.OPEN)
    return {
        "open": found.count(),
        "supervisor": found.filter(escalated=True).count(),
        "callback": found.filter(callback_owed=True).count(),
        "old": found.filter(opened_at__lte=now - timedelta(minutes=red_minutes)).count(),
        "red": red_minutes,
    }


def newest_event() -> int:
    """Number of the newest thing that happened to any call: a board that was drawn at this number is still right."""
    return CallEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0


def changed_since(event: int, user: User, filters: Filters, now: datetime) -> int:
    """How many of the calls to be shown changed since, and how many that are closed by now."""
    changed = CallEvent.objects.filter(pk__gt=event).values("call")
    shown = filters.calls(user, now).filter(pk__in=changed).order_by().count()
    return shown + Call.objects.filter(pk__in=changed, state=Call.State.CLOSED).count()
