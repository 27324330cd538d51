"""What the board, the partner's pages, the samples and the policy pages remember; `models.py` brings it in.

An `OfferMessage` tells an agency that something waits for it. It holds no word about the person and no link: the link
is made when the message leaves, from the number of the row and the installation's own key, so that nobody who reads
the database can answer for an agency.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["DeclinedSample", "OfferMessage", "PolicyDraft", "SampledCall"]


def _person(**options: object) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class DeclinedSample(models.Model):
    """A random sample of calls that police were not sent to, to be checked by somebody else."""

    title = models.CharField(max_length=100)
    seed = models.CharField(max_length=64)
    """Draws the same calls again from the same calls."""
    size = models.PositiveIntegerField()
    population = models.PositiveIntegerField()
    """How many there were to draw from."""
    first_day = models.DateField()
    last_day = models.DateField()
    drawn_at = models.DateTimeField(default=timezone.now)
    drawn_by = _person()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.title


class SampledCall(models.Model):
    """One call of a sample and what the reviewer found."""

    class Finding(models.TextChoices):
        RIGHT = "right", "Right not to go"
        SHOULD_GO = "should-have-gone", "Police should have gone"
        CANNOT_TELL = "cannot-tell", "Cannot tell from the record"

    sample = models.ForeignKey(DeclinedSample, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()
    """Within the sample, from 1, in the order drawn."""
    call = models.ForeignKey("desk_triage.Call", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20)
    """What stood when it was drawn."""
    revision = models.PositiveIntegerField()
    """Of the call when it was drawn."""
    finding = models.CharField(max_length=20, choices=Finding, blank=True)
    reason = models.TextField(blank=True)
    reviewer = _person(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["sample", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "number"], name="one_sampled_call_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.number}"


class OfferMessage(models.Model):
    """A message to an agency that an offer waits for it, and whether its link was used."""

    class Channel(models.TextChoices):
        FILE = "file", "File in the outbox"
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Webhook"

    handover = models.OneToOneField("desk_triage.Handover", on_delete=models.PROTECT, related_name="message")
    channel = models.CharField(max_length=7, choices=Channel)
    payload = models.JSONField()
    """What is said, without the link: reference, agency, when it was offered and until when the link counts."""
    written_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    """From then on the link answers nothing."""
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=60, blank=True)
    """Why the last try failed, as the name of an error; never what it said, which may hold an address."""
    used_at = models.DateTimeField(null=True)
    """When somebody answered by its link; it answers nothing after that."""

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=models.Q(sent_at=None), name="message_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class PolicyDraft(models.Model):
    """A change of the force's policy that was uploaded and passed every check, until it is signed or set aside."""

    force = models.CharField(max_length=40)
    draft = models.JSONField()
    """The overlay without a signature; its id, days, author and reason are set when it is signed."""
    follows = models.CharField(max_length=120)
    """Id of the version it was made from."""
    uploaded_by = _person()
    uploaded_at = models.DateTimeField(default=timezone.now)
    file_sha256 = models.CharField(max_length=64)
    """Of the uploaded file, or of several files one after another by name."""
    signed_by = _person(null=True)
    signed_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=120, blank=True)
    """Id of the version it became."""
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.version or f"draft {self.pk}"

    @property
    def waits(self) -> bool:
        """Whether it may still be signed."""
        return self.signed_at is None and self.set_aside_at is None
