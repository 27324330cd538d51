"""Cases, the people in them, and their evidence. Rows only: what may be done with them is in `services.py`."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from backbeat.redaction import model as redaction

ROLE_CHOICES = tuple((role.value, role.value.replace("-", " ").capitalize()) for role in redaction.Role)


class Case(models.Model):
    """One investigation's file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    opened = models.DateField(default=timezone.localdate)
    unit = models.ForeignKey("accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", through_fields=("case", "user"), related_name="cases"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-opened", "reference")
        indexes = (models.Index(fields=("-opened", "reference")),)

    def __str__(self) -> str:
        return self.reference


class Membership(models.Model):
    """Somebody who works on a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "user"), name="member_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id}"


class Person(models.Model):
    """An entry of the case's register."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="people")
    register_id = models.CharField(max_length=20)
    """`P1`, `P2` … in the order entered; how decisions and certificates name this person."""
    names = models.JSONField(default=list)
    """List of text, the full name first."""
    aliases = models.JSONField(default=list)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES, default=redaction.Role.UNKNOWN.value)
    attributes = models.JSONField(default=dict)
    """Kind of information → list of values, as in `people.json`."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("created_at", "register_id")
        constraints = (models.UniqueConstraint(fields=("case", "register_id"), name="register_id_once"),)

    def __str__(self) -> str:
        return self.register_id

    @property
    def name(self) -> str:
        """The full name."""
        return self.names[0] if self.names else self.register_id

    def as_register_entry(self) -> redaction.Person:
        """This row as the redaction desk's noun."""
        return redaction.Person(
            id=self.register_id,
            names=tuple(self.names),
            role=redaction.Role(self.role),
            aliases=tuple(self.aliases),
            attributes={kind: tuple(values) for kind, values in self.attributes.items()},
        )


class EvidenceItem(models.Model):
    """One file, kept unchanged in the content store under its SHA-256."""

    class State(models.TextChoices):
        READY = "ready", "Ready"
        REMOVED = "removed", "Removed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64)
    original_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    """Bytes."""
    media_type = models.CharField(max_length=100)
    pages = models.PositiveIntegerField(null=True, blank=True)
    """Where the type has pages."""
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads")
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removal_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-uploaded_at", "id")
        indexes = (models.Index(fields=("case", "state", "-uploaded_at", "id")), models.Index(fields=("sha256",)))
        constraints = (
            models.UniqueConstraint(
                fields=("case", "sha256"), condition=models.Q(state="ready"), name="same_content_once_per_case"
            ),
        )

    def __str__(self) -> str:
        return f"evidence {self.id}"
