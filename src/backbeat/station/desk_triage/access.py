"""Which calls somebody may see: the control room sees every call, a partner what is offered to their own agency."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import Explanation, Refused, Step, may, require, why_may
from backbeat.station.audit import records
from backbeat.station.desk_triage.models import Call, PartnerAccount

__all__ = ["agency_of", "find_call", "find_offered_call", "visible_calls"]


def agency_of(actor: User) -> str:
    """The agency a partner's account belongs to; empty where nobody has said."""
    account = PartnerAccount.objects.filter(user=actor).first()
    return account.agency if account else ""


def visible_calls(actor: User) -> QuerySet[Call]:
    """The calls this person may see; a partner's are those with an offer to their agency that was not withdrawn."""
    if may(actor, "triage.view"):
        return Call.objects.all()
    agency = agency_of(actor) if may(actor, "triage.partner") else ""
    if not agency:
        return Call.objects.none()
    return Call.objects.filter(handovers__agency=agency, handovers__withdrawn_at=None).distinct()


def find_call(actor: User, permission: str, pk: UUID) -> Call:
    """The call, for somebody of the control room who holds `permission`.

    Raises:
        Refused: they do not; the refusal is logged.
        Http404: there is none.
    """
    require(actor, permission)
    return get_object_or_404(Call.objects.select_related("opened_by", "assigned_to", "matter"), pk=pk)


def find_offered_call(actor: User, pk: UUID) -> Call:
    """The call, for a partner to whose agency it is or was offered.

    Raises:
        Refused: they are no partner, or it was never offered to their agency; the refusal is logged.
        Http404: there is none.
    """
    require(actor, "triage.partner")
    call = get_object_or_404(Call, pk=pk)
    agency = agency_of(actor)
    if not agency or not call.handovers.filter(agency=agency, withdrawn_at=None).exists():
        given = why_may(actor, "triage.partner")
        step = Step("the call is not offered to your agency", False)
        records.refusal(actor, "triage.partner", call)
        raise Refused(Explanation(given.permission, False, (*given.steps, step)), where=f", {records.reference(call)}")
    return call
