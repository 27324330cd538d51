"""What the redaction desk remembers: preparations, their documents, every mention and what a person decided about it.

A preparation is one set of documents made ready for one recipient under one profile. The same evidence may be prepared
again for another recipient; each preparation keeps its own decisions.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models

__all__ = ["Activity", "DecisionBatch", "Mention", "PreparedDocument", "Preparation"]


class Preparation(models.Model):
    """One set of documents on its way to one recipient."""

    class State(models.TextChoices):
        READING = "reading", "Reading documents"
        REVIEW = "review", "Ready for review"
        APPLYING = "applying", "Removing and verifying"
        RELEASED = "released", "Verified and ready"
        WITHHELD = "withheld", "Withheld"

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="preparations")
    profile = models.CharField(max_length=40)
    profile_date = models.DateField()
    edition = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.READING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    job = models.CharField(max_length=64, blank=True)
    """The durable job at work on this preparation, if any."""
    scan = models.PositiveIntegerField(default=0)
    """Counts readings; a job of an older reading may not overwrite a newer one."""
    bundle_sha256 = models.CharField(max_length=64, blank=True)
    ledger_row = models.BigIntegerField(null=True)
    outcome = models.JSONField(default=dict)
    """The manifest of the release: statuses, counts, milliseconds, findings. No removed value."""

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    @property
    def is_open(self) -> bool:
        """Whether decisions can still change."""
        return self.state in {self.State.REVIEW, self.State.WITHHELD}


class PreparedDocument(models.Model):
    """One evidence item inside a preparation."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be read"
        READ = "read", "Read"
        REFUSED = "refused", "Refused"

    preparation = models.ForeignKey(Preparation, on_delete=models.CASCADE, related_name="documents")
    evidence = models.ForeignKey("cases.EvidenceItem", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    media_type = models.CharField(max_length=60, blank=True)
    pages = models.PositiveIntegerField(default=0)
    characters = models.PositiveIntegerField(default=0)
    notices = models.JSONField(default=list)
    seen_pages = models.JSONField(default=list)
    refusal = models.JSONField(default=dict)
    """What, where and what to do, when the document cannot be read."""

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["preparation", "evidence"], name="one_reading_per_evidence")
        ]

    @property
    def has_pages(self) -> bool:
        return self.media_type == "application/pdf"


class Mention(models.Model):
    """One place, what the profile suggests for it, and what a person decided."""

    MANUAL = "manual"
    """The detector of what a person marked."""
    SPREAD = "propagated"
    """The detector of what is the same as that, elsewhere."""

    class Action(models.TextChoices):
        REDACT = "redact", "Redact"
        PSEUDONYM = "pseudonym", "Pseudonym"
        KEEP = "keep", "Keep"
        ASK = "ask", "Ask"

    document = models.ForeignKey(PreparedDocument, on_delete=models.CASCADE, related_name="mentions")
    kind = models.CharField(max_length=24)
    text = models.TextField()
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    page = models.PositiveIntegerField(null=True)
    boxes = models.JSONField(default=list)
    """[[page, x0, y0, x1, y1], …] in PDF points of the page's user space."""
    confidence = models.FloatField(default=1.0)
    detector = models.CharField(max_length=60)
    why = models.TextField(blank=True)
    person = models.CharField(max_length=40, blank=True)
    """Register id of whom this is about; empty means unknown."""
    suggested = models.CharField(max_length=10, choices=Action)
    reason = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=160, blank=True)
    rule_why = models.TextField(blank=True)
    decided = models.CharField(max_length=10, choices=Action, blank=True)
    decided_reason = models.CharField(max_length=200, blank=True)
    decided_basis = models.CharField(max_length=16, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["document", "start", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["document", "page"], name="mention_by_page"),
            models.Index(fields=["document", "decided"], name="mention_by_decision"),
            models.Index(fields=["document", "person", "kind", "suggested", "decided"], name="mention_by_group"),
        ]

    @property
    def can_accept(self) -> bool:
        """Whether there is a suggestion to accept; a question wants an answer."""
        return self.suggested != self.Action.ASK

    @property
    def is_manual(self) -> bool:
        """Whether a person drew or marked it; such a mention is not lost when documents are read again."""
        return self.detector == self.MANUAL


class DecisionBatch(models.Model):
    """One act of deciding, over one or many mentions, with what stood before so that it can be undone."""

    preparation = models.ForeignKey(Preparation, on_delete=models.CASCADE, related_name="batches")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    summary = models.CharField(max_length=200)
    before = models.JSONField()
    """[[decided, reason, basis, decided by, decided at, [mention id, …]], …]"""
    undone = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-pk"]


class Activity(models.Model):
    """Active time of one person on one preparation, by phase; pauses over 60 s are not counted."""

    class Phase(models.TextChoices):
        PREPARING = "preparing", "Preparing"
        REVIEW = "review", "Review"
        REWORK = "rework", "Rework"

    preparation = models.ForeignKey(Preparation, on_delete=models.CASCADE, related_name="activity")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    phase = models.CharField(max_length=10, choices=Phase)
    milliseconds = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["preparation", "person", "phase"], name="one_clock_per_person_and_phase")
        ]
