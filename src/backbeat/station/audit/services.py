"""What an auditor can do: ask who did what, read one entry with its proof, and verify both logs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from backbeat.ledger import AccessPage, InclusionProof, Ledger, Operation, Verification, verify_inclusion
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit import records

__all__ = ["Question", "ask", "prove", "verify_logs", "who_is"]

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """Which entries are wanted; every condition given must hold. Days are in the force's own time zone."""

    user: User | None = None
    operation: Operation | None = None
    object_ref: str | None = None
    first_day: date | None = None
    last_day: date | None = None


def _ms(day: date) -> int:
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
    return int(midnight.astimezone(UTC).timestamp() * 1000)


def ask(actor: User, question: Question, *, before: int | None = None) -> AccessPage:
    """One page of entries, newest first. Asking is itself logged.

    Raises:
        Refused: the actor may not see the access log.
    """
    require(actor, "audit.view")
    records.record(actor, Operation.CONSULTATION, "access-log", purpose="search")
    return records.access_log().search(
        object_ref=question.object_ref or None,
        actor=records.actor_of(question.user.username) if question.user else None,
        operation=question.operation,
        since=_ms(question.first_day) if question.first_day else None,
        until=_ms(question.last_day + timedelta(days=1)) if question.last_day else None,
        before=before,
        limit=PER_PAGE,
    )


def who_is() -> dict[str, User]:
    """Pseudonym in the log → user of this station."""
    return {records.actor_of(user.username): user for user in User.objects.only("username", "display_name")}


@dataclass(frozen=True, slots=True)
class Proved:
    """One entry's bytes as logged, its proof, and whether the proof holds."""

    leaf: str
    proof: InclusionProof
    holds: bool


def prove(actor: User, seq: int) -> Proved:
    """Entry `seq` with its proof of inclusion, checked against the signed head.

    Raises:
        Refused: the actor may not see the access log.
        NoSuchEntry: there is none of that number.
    """
    require(actor, "audit.view")
    log = records.access_log()
    leaf = log.entry(seq)
    records.record(actor, Operation.CONSULTATION, f"access-log/{seq}")
    proof = log.inclusion(seq)
    holds = bool(verify_inclusion(leaf, proof, settings.INSTALLATION.signing_key.public_key()))
    return Proved(leaf.decode(), proof, holds)


def verify_logs(actor: User) -> dict[str, Verification]:
    """Read both logs whole and name every fault.

    Raises:
        Refused: the actor may not verify them.
    """
    require(actor, "audit.verify")
    records.record(actor, Operation.CONSULTATION, "access-log", purpose="verify")
    return {"Access log": records.access_log().verify(), "Ledger": Ledger.open(settings.INSTALLATION).verify()}
