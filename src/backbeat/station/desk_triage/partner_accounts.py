"""Which agency a partner's account belongs to, and with it what they may see."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from backbeat.errors import InputRejected
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may, require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_triage import engine
from backbeat.station.desk_triage.models import PartnerAccount
from backbeat.station.desk_triage.owing import agencies

__all__ = ["PartnerRow", "agencies_now", "partner_rows", "set_agency"]


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """An account with the role of a partner."""

    user: User
    agency: str
    """Empty while nobody has said; then they see nothing."""


def agencies_now() -> Mapping[str, str]:
    """Agencies of the policy in force, id → title."""
    return dict(agencies(engine.policy_on(timezone.now())))


def partner_rows() -> list[PartnerRow]:
    """Every account that may answer offers, by name."""
    known = dict(PartnerAccount.objects.values_list("user_id", "agency"))
    users = User.objects.filter(is_active=True).order_by("display_name", "pk")
    return [PartnerRow(user, known.get(user.pk, "")) for user in users if may(user, "triage.partner")]


def set_agency(actor: User, user_id: str, agency: str) -> None:
    """Say which agency a partner's account belongs to; empty takes it out of any.

    Raises:
        Refused: the actor may not supervise calls.
        InputRejected: no such account with the role of a partner, or the policy in force lists no such agency.
    """
    require(actor, "triage.supervise")
    user = next((row.user for row in partner_rows() if str(row.user.pk) == user_id), None)
    if user is None or (agency and agency not in agencies_now()):
        raise InputRejected(
            "There is no such partner account, or no such agency in the policy in force.",
            where="partner accounts",
            do="choose from the page; an account gets the role of a partner from the administrator",
        )
    with (
        recorded(actor, Operation.ALTERATION, user, purpose="partner-agency", detail={"agency": agency}),
        transaction.atomic(),
    ):
        if agency:
            PartnerAccount.objects.update_or_create(user=user, defaults={"agency": agency})
        else:
            PartnerAccount.objects.filter(user=user).delete()
