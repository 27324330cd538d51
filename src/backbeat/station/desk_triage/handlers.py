"""Who may take calls, and giving a call to one of them."""

from django.db import transaction

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.accounts.roles import ROLES
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_triage import calls
from backbeat.station.desk_triage.models import Call
from backbeat.triage.calls.happenings import Noted

__all__ = ["give_to", "handlers"]


def handlers() -> list[User]:
    """Everybody who may sign in and take calls, by name."""
    taking = [role.id for role in ROLES.values() if "triage.handle" in role.permissions]
    return list(User.objects.filter(roles_held__role__in=taking, is_active=True).distinct())


def give_to(actor: User, call: Call, handler: User, *, key: str) -> None:
    """Give a call to a handler; the record of the call says who gave it.

    Raises:
        Refused: they do not supervise.
        StepRefused, KeyReused: as `calls.record`.
    """
    require(actor, "triage.supervise")
    calls.record(actor, call, Noted(f"Given to {handler} by {actor}."), key=key, purpose="give-call")
    with recorded(actor, Operation.ALTERATION, call, purpose="give-call"), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(assigned_to=handler)
