"""What the crime desk remembers: reports, every decision made on them, rulings of the registrar, audit samples.

Facts hold no name: parties go by labels such as `v1`. The one place for free text is `CrimeReport.narrative`, which can
be erased without touching a decision. As everywhere in the station, nothing is encrypted in the database; the disk is.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = [
    "AuditSample",
    "CrimeReport",
    "CrimeRequest",
    "DecisionVersion",
    "DutyDone",
    "FactChange",
    "GrantTakenBack",
    "RecordedCrime",
    "RegistrarRuling",
    "SampleItem",
]


def _person(related: str = "+", **options: object) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name=related, **options)


class CrimeReport(models.Model):
    """What one person told the police at one time, on its way to a recorded decision."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being entered"
        OPEN = "open", "Waiting to be decided"
        REFERRED = "referred", "With the registrar"
        DECIDED = "decided", "Decided"
        CLOSED = "closed", "Closed"

    WAITING = (State.DRAFT, State.OPEN, State.REFERRED)
    """States in which the clock runs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=60, unique=True)
    received_at = models.DateTimeField()
    force = models.CharField(max_length=40)
    unit = models.ForeignKey("accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    facts = models.JSONField(default=dict)
    """A facts document, `backbeat.crime.facts/1`."""
    asked = models.JSONField(default=list)
    """What was asked of an attribute that has no spelling of *not known*: [[about, fact], …]."""
    narrative = models.TextField(blank=True)
    narrative_erased_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    """Counts changes; a page that was drawn from an older one changes nothing."""
    deadline = models.DateTimeField(null=True)
    """Latest time to record it; null: outside the clock."""
    questions_open = models.PositiveIntegerField(default=0)
    active_ms = models.PositiveBigIntegerField(default=0)
    """Time people spent entering and deciding it, for the ledger."""
    touched_at = models.DateTimeField(null=True)
    """Of the last sign that somebody works on it."""
    created_by = _person()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    assigned_to = _person(null=True, blank=True)
    current = models.ForeignKey("DecisionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    """The decision that stands."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "deadline"], name="crime_by_clock"),
            models.Index(fields=["unit", "state", "deadline"], name="crime_by_unit"),
            models.Index(fields=["assigned_to", "state", "deadline"], name="crime_by_assignee"),
            models.Index(fields=["created_by", "state", "deadline"], name="crime_by_recorder"),
            models.Index(fields=["received_at"], name="crime_by_receipt"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def can_change(self) -> bool:
        """Whether facts may change now; else it must be opened again first."""
        return self.state in (self.State.DRAFT, self.State.OPEN)


class FactChange(models.Model):
    """One change of the facts, with what stood before, so that it can be undone."""

    report = models.ForeignKey(CrimeReport, on_delete=models.CASCADE, related_name="changes")
    author = _person()
    at = models.DateTimeField(auto_now_add=True)
    summary = models.CharField(max_length=300)
    before = models.JSONField()
    asked_before = models.JSONField(default=list)
    undone = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-pk"]


class DecisionVersion(models.Model):
    """One decision as recorded: what the rules proposed, who recorded it, and what a registrar added. Never changed."""

    report = models.ForeignKey(CrimeReport, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    proposal = models.BinaryField()
    """The decision of the engine, canonical JSON with the facts it rests on; replayable."""
    edition = models.CharField(max_length=120)
    edition_hash = models.CharField(max_length=64)
    deadline = models.DateTimeField(null=True)
    recorded_count = models.PositiveIntegerField(default=0)
    """Crimes recorded, with those a registrar ruled."""
    separate_count = models.PositiveIntegerField(default=0)
    """Crimes that one record for each offence would have made."""
    referrals = models.JSONField(default=list)
    """What waits for the registrar: [{key, about, reason, candidates}, …]."""
    rulings = models.JSONField(default=list)
    """Those of the registrar that apply here, as they stood."""
    decided_by = _person()
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    """Why it was decided again; empty for the first."""
    late_rationale = models.TextField(blank=True, default="")
    """Why it was recorded after the 24 hours; empty where it was in time or outside the clock."""
    ledger_row = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "number"], name="one_version_a_number")]
        indexes: ClassVar = [models.Index(fields=["decided_at"], name="version_by_time")]


class RecordedCrime(models.Model):
    """A line of a recorded decision: so many crimes of one class."""

    version = models.ForeignKey(DecisionVersion, on_delete=models.PROTECT, related_name="crimes")
    report = models.ForeignKey(CrimeReport, on_delete=models.PROTECT, related_name="crimes")
    stands = models.BooleanField(default=True)
    """Whether it belongs to the decision that stands."""
    number = models.PositiveIntegerField()
    """Of its first crime within the report, from 1."""
    class_name = models.CharField(max_length=12)
    code = models.CharField(max_length=20)
    offence = models.CharField(max_length=400)
    count = models.PositiveIntegerField()
    unit = models.CharField(max_length=60, blank=True)
    additional = models.BooleanField(default=False)
    ruled = models.BooleanField(default=False)
    """Whether a registrar's ruling put it here."""
    force = models.CharField(max_length=40)
    victims = models.JSONField(default=list)
    """[[label, kind, age, sex], …]"""
    offenders = models.JSONField(default=list)
    offence_from = models.DateField(null=True)
    offence_to = models.DateField(null=True)
    flags = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["version", "number"]
        indexes: ClassVar = [
            models.Index(fields=["stands", "class_name"], name="crime_by_class"),
            models.Index(fields=["version", "number"], name="crime_by_version"),
        ]


class DutyDone(models.Model):
    """A duty of a decision that somebody says is done."""

    version = models.ForeignKey(DecisionVersion, on_delete=models.PROTECT, related_name="duties_done")
    key = models.CharField(max_length=64)
    by = _person()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "key"], name="duty_done_once")]


class RegistrarRuling(models.Model):
    """What a registrar decided on one referral. Stands for the same referral of every later decision on the report."""

    report = models.ForeignKey(CrimeReport, on_delete=models.PROTECT, related_name="rulings")
    version = models.ForeignKey(DecisionVersion, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    """Of the referral: what it is about and between which candidates."""
    about = models.JSONField(default=list)
    candidate = models.CharField(max_length=200)
    """What holds, in words: a candidate, several, or an offence that was none of them."""
    labels = models.JSONField(default=list)
    """The candidates it names; empty where it names none of them, or is older than this field."""
    offences = models.JSONField(default=list)
    """What is recorded by it: [{class, code, offence, count, found}, …]; `found`: by the search, no candidate."""
    document = models.CharField(max_length=40)
    page = models.CharField(max_length=40)
    rationale = models.TextField()
    by = _person()
    at = models.DateTimeField(auto_now_add=True)
    superseded = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "key"], condition=models.Q(superseded=False), name="one_ruling_a_referral"
            )
        ]


class CrimeRequest(models.Model):
    """Somebody wants a crime on record closed with an outcome, cancelled or reclassified."""

    class State(models.TextChoices):
        DRAFT = "draft", "Questions open"
        ANSWERED = "answered", "Waits for a decision"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN = (State.DRAFT, State.ANSWERED)

    report = models.ForeignKey(CrimeReport, on_delete=models.PROTECT, related_name="requests")
    version = models.ForeignKey(DecisionVersion, on_delete=models.PROTECT, related_name="+")
    """The decision that stood when it was asked."""
    number = models.PositiveIntegerField()
    """Within the report, from 1."""
    subject = models.CharField(max_length=64)
    """Key of the crime or incident it is about; the same in every version that records it."""
    subject_words = models.CharField(max_length=300)
    kind = models.CharField(max_length=10)
    """`outcome`, `cancel` or `reclassify`."""
    wanted = models.CharField(max_length=20)
    """`16`, `C2`, or `CODE CLASS`."""
    wanted_words = models.CharField(max_length=500)
    facts = models.JSONField()
    """A facts document with this one request; it says what the crime stands recorded as."""
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    verdict = models.CharField(max_length=8, default="open")
    """What the rules say so far: `allowed`, `refused`, `refer` or `open`."""
    deciders = models.JSONField(default=list)
    """Any one of these decides; empty where the rules name nobody."""
    to_registrar = models.BooleanField(default=False)
    """Whether it waits for a decision that a registrar may make."""
    revision = models.PositiveIntegerField(default=0)
    decision = models.BinaryField(null=True)
    """What the rules said when it was granted or refused, canonical JSON; replayable."""
    hands = models.JSONField(default=list)
    """Ids of those who asked it or answered its questions."""
    asked_by = _person()
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = _person(null=True)
    decided_at = models.DateTimeField(null=True)
    candidate = models.CharField(max_length=200, blank=True)
    """Which candidate the registrar chose, where the rules left it open."""
    reason = models.TextField(blank=True)
    active_ms = models.PositiveBigIntegerField(default=0)
    """Time people spent asking, answering and deciding it, for the ledger."""
    touched_at = models.DateTimeField(null=True)
    """Of the last sign that somebody works on it."""
    ledger_row = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "number"], name="one_request_a_number")]
        indexes: ClassVar = [models.Index(fields=["state", "to_registrar", "asked_at"], name="request_by_state")]

    @property
    def is_open(self) -> bool:
        """Whether it may still be answered, decided or withdrawn."""
        return self.state in self.OPEN

    @property
    def in_words(self) -> str:
        """`Cancel, C2: Additional verifiable information …`."""
        match self.kind:
            case "reclassify":
                return f"Reclassify to {self.wanted_words}"
            case "cancel":
                return f"Cancel, {self.wanted}: {self.wanted_words}"
        return f"Outcome {self.wanted}: {self.wanted_words}"

    @property
    def how_far(self) -> str:
        """Its state in words; what the rules refuse waits for nobody's decision."""
        if self.is_open and self.verdict == "refused":
            return "The rules refuse it"
        return "Granted, taken back" if self.is_taken_back else str(self.get_state_display())

    @property
    def is_taken_back(self) -> bool:
        """Whether it was granted and the grant was taken back."""
        return hasattr(self, "taken_back")

    @property
    def in_force(self) -> bool:
        """Whether it was granted and the grant holds."""
        return self.state == self.State.GRANTED and not self.is_taken_back


class GrantTakenBack(models.Model):
    """Somebody whom the rules name took a grant back: the crime stands again as it did before. Never changed."""

    request = models.OneToOneField(CrimeRequest, on_delete=models.PROTECT, related_name="taken_back")
    by = _person()
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField()


class AuditSample(models.Model):
    """A random sample of decided reports, drawn so that anybody can draw it again."""

    title = models.CharField(max_length=100)
    seed = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    """Included."""
    by_class = models.BooleanField(default=False)
    class_name = models.CharField(max_length=12, blank=True)
    """Only reports with a crime of this class; empty: all."""
    blind = models.BooleanField(default=True)
    """Whether reviewers decide before they see what was recorded."""
    population = models.PositiveIntegerField()
    drawn_by = _person()
    drawn_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-drawn_at", "-pk"]


class SampleItem(models.Model):
    """One decision of a sample, and what a reviewer found."""

    sample = models.ForeignKey(AuditSample, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    version = models.ForeignKey(DecisionVersion, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=12, blank=True)
    recorded = models.PositiveIntegerField()
    """Crimes recorded when the sample was drawn."""
    should = models.PositiveIntegerField(null=True)
    """Crimes that should be recorded; null: not checked yet."""
    class_right = models.BooleanField(null=True)
    lines = models.JSONField(default=list)
    """What the reviewer would record: [[class, code, count], …]; empty where they marked the record only."""
    note = models.TextField(blank=True)
    reviewer = _person(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["sample", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "number"], name="one_item_a_number"),
            models.UniqueConstraint(fields=["sample", "version", "stratum"], name="drawn_once_a_stratum"),
        ]
