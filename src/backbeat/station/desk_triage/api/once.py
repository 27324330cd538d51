"""Sending again is safe: one key, one effect, one answer.

The events of the work carry keys made from the key of the request, so that work done by a process that died before it
could answer, or by another at the same moment, is found and not done twice. The answer is kept beside it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone

from backbeat.canonical import Json, sha256_hex
from backbeat.station.accounts.models import User
from backbeat.station.desk_triage.api.models import SentRequest
from backbeat.triage.calls.errors import KeyReused

__all__ = ["KEPT", "Once", "digest_of", "do_once", "forget_old"]

KEPT = timedelta(days=7)
"""How long an answer is kept. The events keep their keys for good."""


@dataclass(frozen=True, slots=True)
class Once:
    """An answer, and whether it was given before."""

    status: int
    answer: Json
    again: bool


def digest_of(method: str, address: str, body: Json) -> str:
    """Of what is asked for, however its JSON was written; also of a body that will be refused."""
    return sha256_hex(json.dumps([method, address, body], sort_keys=True).encode())


def do_once(system: User, key: str, digest: str, work: Callable[[str], tuple[int, Json]]) -> Once:
    """Do `work` under a key, or give the answer it was given before.

    Args:
        system: whose key it is; two systems may use the same.
        key: as it was sent.
        digest: see `digest_of`.
        work: takes the key of its events; gives status and answer. What it refuses leaves the key free.

    Raises:
        KeyReused: the key was used for something else.
    """
    sent = SentRequest.objects.filter(system=system, key=key).first()
    if sent is None:
        status, answer = work(f"api:{sha256_hex(f'{system.pk} {key}'.encode())[:40]}")
        try:
            SentRequest.objects.create(system=system, key=key, digest=digest, status=status, answer=answer)
        except IntegrityError:  # sent twice at the same moment: both are given the answer of whoever was first
            sent = SentRequest.objects.get(system=system, key=key)
        else:
            return Once(status, answer, again=False)
    if sent.digest != digest:
        raise KeyReused(
            "This key was used for another request, so nothing was recorded.",
            where="header Idempotency-Key",
            do="send it under a key of its own",
        )
    return Once(sent.status, sent.answer, again=True)


def forget_old() -> int:
    """Forget answers older than `KEPT`; returns how many."""
    gone, _ = SentRequest.objects.filter(at__lt=timezone.now() - KEPT).delete()
    return gone
