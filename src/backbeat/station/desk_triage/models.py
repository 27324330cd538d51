"""What the triage desk remembers: calls, everything that happened to them, offers to partners, clocks.

`CallEvent` is the record: rows are added and never changed, and a call is what its events make of it. The other columns
of `Call` and the rows of `Handover` and `CallTimer` are kept beside it so that a board of thousands of calls need not
read every event; `calls.py` writes both in one transaction. As everywhere in the station, nothing is encrypted in the
database; the disk is.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from backbeat.station.desk_triage.board_models import DeclinedSample, OfferMessage, PolicyDraft, SampledCall

__all__ = [
    "Call",
    "CallEvent",
    "CallTimer",
    "CallWord",
    "DeclinedSample",
    "Handover",
    "OfferMessage",
    "PartnerAccount",
    "PolicyDraft",
    "SampledCall",
]


def _person(related: str = "+", **options: object) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name=related, **options)


class Call(models.Model):
    """One call to the control room, from the first word until somebody owns it and it is closed."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=60, unique=True)
    force = models.CharField(max_length=40, blank=True)
    """As a command-and-control system names it, or empty. What decides is the policy this installation keeps."""
    opened_at = models.DateTimeField()
    opened_by = _person(null=True)
    """Null: the command-and-control system, over the interface."""
    assigned_to = _person(null=True, blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)

    person = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=300, blank=True)
    number = models.CharField(max_length=40, blank=True)
    """Telephone number the call came from."""
    caller_kind = models.CharField(max_length=20, blank=True)
    person_key = models.CharField(max_length=200, blank=True)
    """Normalised for search; see `searching.py`."""
    place_key = models.CharField(max_length=300, blank=True)
    number_key = models.CharField(max_length=40, blank=True)
    matter = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="later_calls")
    """The first call on the same matter; null: this is the first."""
    contact_number = models.PositiveIntegerField(default=1)
    """1 for the first call on the matter."""

    strand = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)
    """Fact → `yes`, `no`, `unknown`, a word or a number; absent: not asked."""
    outcome = models.CharField(max_length=20, blank=True)
    """What stands: a supervisor's decision, police sent, else the newest assessment (`triage.model.Outcome`)."""
    if_unknown = models.CharField(max_length=20, blank=True)
    decided = models.CharField(max_length=20, blank=True)
    """A supervisor's decision, where one stands."""
    risk = models.PositiveSmallIntegerField(default=0)
    """Response of the outcome, or of `if_unknown` while more is asked, 0 to 4: the board sorts by it."""
    lead = models.CharField(max_length=60, blank=True)
    """Agency that leads, or leads on care."""
    owner = models.CharField(max_length=60, blank=True)
    """Who owns it now: an agency that has accepted, `police`, or empty while nobody does."""
    escalated = models.BooleanField(default=False)
    """Waits for a supervisor's decision."""
    callback_owed = models.BooleanField(default=False)
    deployed = models.BooleanField(default=False)
    """Police were sent."""
    policy = models.CharField(max_length=120, blank=True)
    policy_hash = models.CharField(max_length=64, blank=True)
    assessment = models.JSONField(null=True)
    """The newest, as canonical JSON gives it; replayable with `facts`."""
    owed = models.JSONField(default=list)
    """What is still owed before it may close: [[id, words], …]."""

    notes = models.TextField(blank=True)
    thrive = models.JSONField(default=dict)
    rationale = models.TextField(blank=True)
    characteristics = models.JSONField(default=dict)
    """Protected characteristics of the person in need, where known; for rates only, no rule reads them."""
    revision = models.PositiveIntegerField(default=0)
    """Sequence number of the newest event."""
    active_ms = models.PositiveBigIntegerField(default=0)
    """Time people spent handling it, for the ledger."""
    touched_at = models.DateTimeField(null=True)
    ledger_row = models.BigIntegerField(null=True)
    next_due_at = models.DateTimeField(null=True)
    """Of its nearest clock that has not fired."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "opened_at"], name="call_by_age"),
            models.Index(fields=["state", "-risk", "opened_at"], name="call_by_risk"),
            models.Index(fields=["state", "escalated", "opened_at"], name="call_escalated"),
            models.Index(fields=["state", "next_due_at"], name="call_by_clock"),
            models.Index(fields=["assigned_to", "state", "opened_at"], name="call_by_handler"),
            models.Index(fields=["person_key"], name="call_by_person"),
            models.Index(fields=["place_key"], name="call_by_place"),
            models.Index(fields=["number_key"], name="call_by_number"),
            models.Index(fields=["outcome", "opened_at"], name="call_by_outcome"),
            models.Index(fields=["state", "callback_owed", "opened_at"], name="call_to_ring_back"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether anything may still be added to it."""
        return self.state == self.State.OPEN


class CallEvent(models.Model):
    """One thing that happened on a call. Added, never changed."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    """Within the call, from 1 without a gap."""
    kind = models.CharField(max_length=40)
    body = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = _person(null=True)
    """Null: the station's own clock."""
    role = models.CharField(max_length=12)
    """As whom they acted: `backbeat.triage.calls.words.Role`."""
    key = models.CharField(max_length=120, unique=True)
    """Idempotency key: what arrives twice is added once."""

    class Meta:
        ordering: ClassVar = ["call", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "sequence"], name="one_event_a_number"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "at"], name="event_by_kind")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class CallWord(models.Model):
    """One word of a call's person, place or number, so that related calls are found while somebody types."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="words")
    field = models.CharField(max_length=6)
    """`person`, `place` or `number`."""
    word = models.CharField(max_length=40)
    """Lower-case letters and digits only."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["field", "word", "call"], name="call_by_word")]

    def __str__(self) -> str:
        return f"{self.field} {self.word}"


class Handover(models.Model):
    """An offer of a call to a partner agency and its answer."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="handovers")
    agency = models.CharField(max_length=60)
    offered_at = models.DateTimeField()
    offered_by = _person(null=True)
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    name = models.CharField(max_length=120, blank=True)
    """The named person who accepted."""
    role = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    """Why it was declined."""
    eta_at = models.DateTimeField(null=True)
    """When the partner says they will be there."""
    withdrawn_at = models.DateTimeField(null=True)
    """Offered elsewhere, or not needed any more."""

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "answered_at", "offered_at"], name="handover_by_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.agency}"

    @property
    def waits(self) -> bool:
        """Whether the agency has still to answer."""
        return self.answered_at is None and self.withdrawn_at is None


class CallTimer(models.Model):
    """One clock of a call. It fires once; a call that changes settles it or sets another."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="timers")
    kind = models.CharField(max_length=30)
    """As in `backbeat.triage.calls.words.Timer`."""
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    """No longer needed, fired or not."""
    about = models.CharField(max_length=60, blank=True)
    """Which agency, service or audience."""

    class Meta:
        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(fired_at=None, settled_at=None),
                name="timer_to_fire",
            ),
            models.Index(fields=["call", "kind"], name="timer_of_call"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.call_id}"


class PartnerAccount(models.Model):
    """Which agency a user with the role of a partner belongs to. Without a row they see nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner_account")
    agency = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.agency
