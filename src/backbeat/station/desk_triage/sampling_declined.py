"""Samples of calls police did not go to: drawn by chance from a seed, checked by somebody else, counted with intervals.

Who checks had no hand in the call. `cannot tell` is a finding and never counts as right: the share of calls police
should have gone to is given of those that could be told, and again as if all of the others were such too.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backbeat.errors import UserError
from backbeat.proportions import Interval, wilson
from backbeat.sampling import draw
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_triage.counting import calls_of
from backbeat.station.desk_triage.models import Call, CallEvent, DeclinedSample, SampledCall

__all__ = ["MOST", "Result", "declined", "draw_sample", "had_a_hand", "result_of", "review"]

MOST = 500
"""Calls in one sample."""
Finding = SampledCall.Finding


@dataclass(frozen=True, slots=True)
class Result:
    """What was found in a sample so far."""

    checked: int
    left: int
    right: int
    should_have_gone: int
    cannot_tell: int

    @property
    def told(self) -> int:
        """Checked calls of which the record says enough."""
        return self.right + self.should_have_gone

    @property
    def rate(self) -> float | None:
        """Of those, the share police should have gone to; None while there are none."""
        return self.should_have_gone / self.told if self.told else None

    @property
    def interval(self) -> Interval | None:
        """95 %, Wilson."""
        return wilson(self.should_have_gone, self.told) if self.told else None

    @property
    def worst(self) -> float | None:
        """The share if police should have gone to every call of which nobody can tell."""
        return (self.should_have_gone + self.cannot_tell) / self.checked if self.checked else None

    @property
    def worst_interval(self) -> Interval | None:
        """Of `worst`, 95 %, Wilson."""
        return wilson(self.should_have_gone + self.cannot_tell, self.checked) if self.checked else None


def declined(first_day: date, last_day: date) -> frozenset[UUID]:
    """Calls opened on these days, both included, that police were not sent to before they were first closed.

    Those that were opened again, or to which police went afterwards, are among them: a sample without them would leave
    out just what it is looking for.
    """
    return frozenset(one.pk for one in calls_of(first_day, last_day, timezone.now()) if one.declined)


def draw_sample(
    actor: User, *, title: str, size: int, first_day: date, last_day: date, seed: str = ""
) -> DeclinedSample:
    """Draw and keep a sample; the same seed draws the same calls from the same calls.

    Raises:
        Refused: they do not check samples.
        UserError: there is nothing to draw from.
    """
    require(actor, "triage.sample")
    found = declined(first_day, last_day)
    if not found:
        raise UserError(
            "Police went to every call of these days, so there is nothing to draw.",
            where="the form",
            do="choose a longer period",
        )
    seed = seed or secrets.token_hex(8)
    drawn = draw(map(str, found), min(size, MOST), seed)
    calls = {str(one.pk): one for one in Call.objects.filter(pk__in=drawn).only("pk", "outcome", "revision")}
    sample = DeclinedSample(
        title=title, seed=seed, size=len(drawn), population=len(found), first_day=first_day, last_day=last_day,
        drawn_by=actor,
    )  # fmt: skip
    with recorded(actor, Operation.CONSULTATION, "triage-sample", purpose="draw-sample"), transaction.atomic():
        sample.save()
        SampledCall.objects.bulk_create(
            SampledCall(
                sample=sample, number=n, call=calls[key], outcome=calls[key].outcome, revision=calls[key].revision
            )
            for n, key in enumerate(drawn, 1)
        )
    return sample


def had_a_hand(user: User, call: Call) -> bool:
    """Whether somebody opened the call, has it, or did anything on it."""
    if user.pk in (call.opened_by_id, call.assigned_to_id):
        return True
    return CallEvent.objects.filter(Q(call=call) & Q(by=user)).exists()


def review(actor: User, item: SampledCall, *, finding: str, reason: str) -> None:
    """Keep what the reviewer found.

    Raises:
        Refused: they do not check samples.
        UserError: they had a hand in the call, or finding or reason is missing.
    """
    require(actor, "triage.sample")
    if had_a_hand(actor, item.call):
        raise UserError(
            "You had a hand in this call, so somebody else checks it.", where="the sample", do="Leave it to a colleague"
        )
    if finding not in Finding.values:
        raise UserError("Say what you found.", where="field finding", do="Pick one of the three")
    if len(reason.strip()) < 10:
        raise UserError(
            "Say why, so that somebody else can follow it.", where="field reason", do="Write a sentence at least"
        )
    with recorded(actor, Operation.ALTERATION, item.call, purpose="sample-finding"):
        item.finding, item.reason = finding, reason.strip()[:4000]
        item.reviewer, item.reviewed_at = actor, timezone.now()
        item.save()


def result_of(sample: DeclinedSample) -> Result:
    """Counts over what is checked."""
    found = list(sample.items.values_list("finding", flat=True))
    counted = {one: found.count(one) for one in Finding.values}
    checked = sum(counted.values())
    return Result(
        checked=checked,
        left=len(found) - checked,
        right=counted[Finding.RIGHT],
        should_have_gone=counted[Finding.SHOULD_GO],
        cannot_tell=counted[Finding.CANNOT_TELL],
    )
