"""What the interface remembers: tokens of connected systems, and requests already answered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

__all__ = ["SentRequest", "SystemToken"]


class SystemToken(models.Model):
    """A bearer token of a connected system. The token itself is shown once and is nowhere kept."""

    system = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="system_tokens")
    name = models.CharField(max_length=80)
    """What it is for, so that the right one is revoked: `live server, 2026`."""
    ident = models.CharField(max_length=12, unique=True)
    """The part of the token that finds its row; no secret."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the secret part, which has 256 random bits: a slow hash would protect nothing more."""
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True)
    """To the minute."""
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["system", "pk"]

    def __str__(self) -> str:
        return f"{self.ident} {self.name}"


class SentRequest(models.Model):
    """A request under its idempotency key, and the answer it was given."""

    system = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    """Of address and body: the same key with another is refused."""
    status = models.PositiveSmallIntegerField()
    """HTTP status of the answer."""
    answer = models.JSONField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["system", "key"], name="one_request_a_key")]
        indexes: ClassVar = [models.Index(fields=["at"], name="sent_request_by_age")]

    def __str__(self) -> str:
        return f"{self.system_id} {self.status}"
