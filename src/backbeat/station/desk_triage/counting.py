"""Figures of a period: outcomes by strand, hour and agency, the harm check beside them, rates by characteristic.

No figure of calls police did not go to stands without its harm check. What nobody looked into is not known and is
never counted as no harm:

- *contact again*: within 24 hours after the close, on the call or as a later call on the same matter; not known until
  24 hours have passed;
- *police later*: sent after the close, or on such a later call; not known until 24 hours have passed;
- *injury, death*: reported on the call or on a later call on the matter; else known to be none only where somebody
  looked after the close or at a review and found the person looked after.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from backbeat.rulebook import NO, UNKNOWN, YES, Answer
from backbeat.station.desk_triage.models import Call, CallEvent
from backbeat.station.desk_triage.words import CHARACTERISTICS
from backbeat.triage.harm import Followed, HarmCheck, check_harm
from backbeat.triage.model import Outcome
from backbeat.triage.rates import OutcomeTable, tabulate

__all__ = ["COLUMNS", "Counted", "Figures", "Group", "calls_of", "figures_of"]

COLUMNS = (
    Outcome.POLICE_DEPLOY,
    Outcome.JOINT,
    Outcome.POLICE_OWN,
    Outcome.PARTNER_LEADS,
    Outcome.SUPERVISOR,
    Outcome.ASK_MORE,
)
"""Most response first, then what is not decided yet."""
WENT, KEPT, PARTNER, UNDECIDED = "police went", "police keep it", "a partner leads", "not decided yet"
RATE_COLUMNS = (WENT, KEPT, PARTNER, UNDECIDED)
_RATE = {Outcome.POLICE_OWN.value: KEPT, Outcome.PARTNER_LEADS.value: PARTNER}
DAY = timedelta(hours=24)
_KINDS = ("closed", "deployed", "recontact", "harm_reported", "reviewed")
_NOT_GONE = frozenset({Outcome.POLICE_OWN.value, Outcome.PARTNER_LEADS.value})


@dataclass(slots=True)
class Counted:
    """One call of the period, and what became known of it afterwards."""

    pk: UUID
    outcome: str
    strand: str
    hour: int
    agency: str
    went: bool
    """Police were sent before the call was first closed."""
    declined: bool
    """Police were not sent, and it stands, or was closed, as partner-led or kept."""
    followed: Followed
    characteristics: Mapping[str, str]
    active_ms: int


@dataclass(frozen=True, slots=True)
class Group:
    """One line: the calls of one strand, hour or agency."""

    name: str
    counts: tuple[int, ...]
    """In the order of `COLUMNS`."""
    total: int
    harm: HarmCheck
    """Of those of its calls that police did not go to."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the page shows."""

    first_day: date
    last_day: date
    total: Group
    by_strand: tuple[Group, ...]
    by_hour: tuple[Group, ...]
    by_agency: tuple[Group, ...]
    rates: tuple[OutcomeTable, ...]
    went: int
    declined: int
    undecided: int
    declined_minutes: tuple[int, ...]
    """Whole minutes people handled each call police did not go to, a minute begun counting whole."""


def figures_of(first_day: date, last_day: date, now: datetime) -> Figures:
    """Count the calls opened on these days, both included, in local time."""
    calls = calls_of(first_day, last_day, now)
    hours = sorted({one.hour for one in calls})
    span = range(hours[0], hours[-1] + 1) if hours else range(0)
    return Figures(
        first_day=first_day,
        last_day=last_day,
        total=_group("All calls", calls),
        by_strand=_groups(calls, lambda one: one.strand),
        by_hour=tuple(_group(f"{hour:02}:00", [one for one in calls if one.hour == hour]) for hour in span),
        by_agency=_groups(calls, lambda one: one.agency),
        rates=tuple(_rates(calls, id_, words, choices) for id_, words, choices in CHARACTERISTICS),
        went=sum(one.went for one in calls),
        declined=sum(one.declined for one in calls),
        undecided=sum(not one.went and not one.declined for one in calls),
        declined_minutes=tuple(-(-one.active_ms // 60_000) for one in calls if one.declined),
    )


def _groups(calls: Sequence[Counted], name_of: Callable[[Counted], str]) -> tuple[Group, ...]:
    found: dict[str, list[Counted]] = defaultdict(list)
    for one in calls:
        found[name_of(one)].append(one)
    return tuple(_group(name, found[name]) for name in sorted(found, key=lambda name: (not name, name)))


def _group(name: str, calls: Sequence[Counted]) -> Group:
    return Group(
        name=name,
        counts=tuple(sum(one.outcome == column for one in calls) for column in COLUMNS),
        total=len(calls),
        harm=check_harm(one.followed for one in calls if one.declined),
    )


def _rates(calls: Iterable[Counted], id_: str, words: str, choices: Sequence[str]) -> OutcomeTable:
    people = [(one.characteristics.get(id_), WENT if one.went else _RATE.get(one.outcome, UNDECIDED)) for one in calls]
    return tabulate(words, people, outcomes=RATE_COLUMNS, groups=choices)


# --- reading the calls ------------------------------------------------------------------------------------------------


def calls_of(first_day: date, last_day: date, now: datetime) -> list[Counted]:
    """The calls opened on these days, both included, in local time, with what became known of each by `now`."""
    zone = timezone.get_current_timezone()
    since = datetime.combine(first_day, time(), tzinfo=zone)
    until = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=zone)
    names = ("pk", "matter_id", "opened_at", "outcome", "strand", "lead", "characteristics", "active_ms")
    rows = list(Call.objects.filter(opened_at__gte=since, opened_at__lt=until).values(*names))
    # What happened afterwards may have happened on a later call, opened after the period.
    events = CallEvent.objects.filter(kind__in=_KINDS, call__opened_at__gte=since, call__opened_at__lt=until + DAY)
    happened: dict[Any, list[tuple[str, datetime, dict[str, Any]]]] = defaultdict(list)
    for call_id, kind, at, body in events.order_by("call", "sequence").values_list("call_id", "kind", "at", "body"):
        happened[call_id].append((kind, at, body))
    later: dict[Any, list[tuple[datetime, Any]]] = defaultdict(list)
    linked = Call.objects.filter(matter__isnull=False, opened_at__gte=since, opened_at__lt=until + DAY)
    for pk, matter, at in linked.values_list("pk", "matter_id", "opened_at"):
        later[matter].append((at, pk))
    return [_counted(row, happened, later[row["matter_id"] or row["pk"]], now) for row in rows]


def _counted(
    row: Mapping[str, Any],
    happened: Mapping[Any, Sequence[tuple[str, datetime, dict[str, Any]]]],
    matter: Sequence[tuple[datetime, Any]],
    now: datetime,
) -> Counted:
    own = happened.get(row["pk"], ())
    closed = next((at for kind, at, _body in own if kind == "closed"), None)
    sent = [at for kind, at, _body in own if kind == "deployed"]
    went = any(closed is None or at <= closed for at in sent)
    declined = not went and (row["outcome"] in _NOT_GONE or closed is not None)
    since = closed or row["opened_at"]
    after = [pk for at, pk in matter if pk != row["pk"] and row["opened_at"] < at <= since + DAY]
    return Counted(
        pk=row["pk"],
        outcome=row["outcome"] or Outcome.ASK_MORE.value,
        strand=row["strand"],
        hour=timezone.localtime(row["opened_at"]).hour,
        agency=row["lead"],
        went=went,
        declined=declined,
        followed=_followed(own, after, happened, closed, now) if declined else Followed(),
        characteristics=row["characteristics"] or {},
        active_ms=row["active_ms"],
    )


def _followed(
    own: Sequence[tuple[str, datetime, dict[str, Any]]],
    after: Sequence[Any],
    happened: Mapping[Any, Sequence[tuple[str, datetime, dict[str, Any]]]],
    closed: datetime | None,
    now: datetime,
) -> Followed:
    over = closed is not None and now >= closed + DAY
    again = bool(after) or any(
        kind == "recontact" and closed is not None and closed < at <= closed + DAY for kind, at, _body in own
    )
    there = [one for pk in after for one in happened.get(pk, ())]
    police = any(kind == "deployed" for kind, _at, _body in (*own, *there))
    harms = {body.get("harm") for kind, _at, body in (*own, *there) if kind == "harm_reported"}
    looked = any(kind == "reviewed" and body.get("in_hand") for kind, _at, body in own)
    return Followed(
        recontact_24h=_known(again, over),
        later_deployment=_known(police, over),
        injury=_known("injury" in harms, looked),
        death=_known("death" in harms, looked),
    )


def _known(found: bool, looked: bool) -> Answer:
    return YES if found else NO if looked else UNKNOWN
