"""The one way the station writes to the access log (Data Protection Act 2018, section 62).

An entry is written in its own short transaction *before* what it describes, and what it describes happens only if that
succeeded: no log, no read. It must therefore never be written inside a Django transaction, which on SQLite would also
hold the lock the log needs; `record` refuses that as a bug.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, models

from backbeat.errors import Bug
from backbeat.ledger import AccessEntry, AccessLog, Operation, Outcome, pseudonymous_actor
from backbeat.station.accounts.roles import ROLES

if TYPE_CHECKING:
    from backbeat.station.accounts.models import User

__all__ = ["Operation", "Outcome", "access_log", "actor_of", "record", "recorded", "reference", "refusal", "sign_in"]


@cache
def access_log() -> AccessLog:
    """This installation's access log, opened once per process."""
    return AccessLog.open(settings.INSTALLATION)


@cache
def actor_of(username: str) -> str:
    """The name under which a user appears in both logs; only this installation's key connects the two."""
    return pseudonymous_actor(settings.INSTALLATION, username)


def reference(obj: object) -> str:
    """How an object is named in the log: `case/<id>`, `evidence/<id>`, `person/<id>`; never by a name of a person.

    Raises:
        Bug: not a row of the station.
    """
    if isinstance(obj, str):
        return obj
    if not isinstance(obj, models.Model):
        raise Bug(f"{type(obj).__name__} has no place in the access log")
    kind = {"evidenceitem": "evidence"}.get(obj._meta.model_name or "", obj._meta.model_name)
    return f"{kind}/{obj.pk}"


def record(
    actor: "User",
    operation: Operation,
    obj: object,
    *,
    purpose: str | None = None,
    outcome: Outcome = Outcome.DONE,
    recipients: Sequence[str] = (),
    detail: Mapping[str, str] | None = None,
) -> None:
    """Write one entry. `purpose` is a code, a slug such as `evidence-upload`. `detail` may hold personal data (a search
    phrase, a written reason): it is kept erasable, beside the log.

    Raises:
        AccessNotLogged: it could not be written; what it describes must not happen.
        Bug: called inside a Django transaction.
    """
    role = next((name for name in ROLES if name in actor.roles), "none")
    entry = AccessEntry(
        operation=operation,
        actor=actor_of(actor.get_username()),
        role=role,
        object_ref=reference(obj),
        purpose=purpose,
        outcome=outcome,
        recipients=tuple(recipients),
    )
    _write(entry, detail)


@contextmanager
def recorded(
    actor: "User",
    operation: Operation,
    obj: object,
    *,
    purpose: str | None = None,
    recipients: Sequence[str] = (),
    detail: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Write the entry, then run the body; if the body raises, a second entry says that it failed."""
    record(actor, operation, obj, purpose=purpose, recipients=recipients, detail=detail)
    try:
        yield
    except BaseException:
        record(actor, operation, obj, purpose=purpose, outcome=Outcome.FAILED, recipients=recipients)
        raise


def refusal(actor: "User", permission: str, obj: object) -> None:
    """Somebody was refused `permission` on `obj`."""
    record(actor, Operation.REFUSAL, obj, purpose=permission.replace(".", "-"), outcome=Outcome.REFUSED)


def sign_in(username: str, purpose: str, *, outcome: Outcome = Outcome.DONE) -> None:
    """A sign-in, a failed one, a lockout or a sign-out. `username` may be one that does not exist."""
    entry = AccessEntry(
        operation=Operation.SIGN_IN,
        actor=actor_of(username),
        role="none",
        object_ref="session",
        purpose=purpose,
        outcome=outcome,
    )
    _write(entry, None)


def _write(entry: AccessEntry, detail: Mapping[str, str] | None) -> None:
    if connection.in_atomic_block:
        raise Bug("an access-log entry must be written before a Django transaction, not inside one")
    access_log().record(entry, dict(detail) if detail else None)
