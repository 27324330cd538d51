"""Managing users. Each use case checks the permission, writes the access log, then acts."""

from collections.abc import Iterable

from axes.utils import reset
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from backbeat.errors import UserError
from backbeat.station.accounts.models import Unit, User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit import records
from backbeat.station.audit.records import Operation

__all__ = ["add_user", "change_user", "end_sessions", "unlock"]


def add_user(
    actor: User, *, username: str, display_name: str, password: str, roles: Iterable[str], unit: Unit | None
) -> User:
    """A new user.

    Raises:
        Refused: the actor does not manage users.
    """
    require(actor, "users.manage")
    user = User(username=username.lower(), display_name=display_name, unit=unit)
    user.set_password(password)
    with records.recorded(actor, Operation.COLLECTION, user), transaction.atomic():
        user.save(force_insert=True)
        for role in roles:
            user.grant(role, by=actor)
    return user


def change_user(
    actor: User, user: User, *, display_name: str, roles: Iterable[str], unit: Unit | None, is_active: bool
) -> None:
    """Set name, unit, roles and whether the user may sign in; ends their sessions if not.

    Raises:
        Refused: the actor does not manage users.
        UserError: somebody changing their own roles.
    """
    require(actor, "users.manage")
    wanted = set(roles)
    if user.pk == actor.pk and (wanted != user.roles or not is_active):
        raise UserError(
            "You cannot change your own roles or end your own account.",
            where=f"user {user.pk}",
            do="ask another administrator",
        )
    detail = {"roles before": ", ".join(sorted(user.roles)), "roles after": ", ".join(sorted(wanted))}
    with records.recorded(actor, Operation.ALTERATION, user, detail=detail), transaction.atomic():
        user.display_name, user.unit, user.is_active = display_name, unit, is_active
        user.save(update_fields=["display_name", "unit", "is_active"])
        for role in wanted - user.roles:
            user.grant(role, by=actor)
        for role in user.roles - wanted:
            user.withdraw(role)
    if not is_active:
        _drop_sessions(user)


def end_sessions(actor: User, user: User) -> int:
    """Sign the user out everywhere; returns how many sessions ended.

    Raises:
        Refused: the actor does not manage users.
    """
    require(actor, "users.manage")
    records.record(actor, Operation.ALTERATION, user, purpose="end-sessions")
    return _drop_sessions(user)


def _drop_sessions(user: User) -> int:
    mine = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()
    return len(mine)


def unlock(actor: User, user: User) -> None:
    """Let the user try to sign in again at once after a lockout.

    Raises:
        Refused: the actor does not manage users.
    """
    require(actor, "users.manage")
    records.record(actor, Operation.ALTERATION, user, purpose="unlock")
    reset(username=user.username)
