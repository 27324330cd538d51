"""Which calls somebody may see: the control room sees every call, a partner what is offered to their own agency."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import Explanation, Refused, Step, may, require, why_may
from backbeat.station.audit import records
from backbeat.station.desk_triage.models import Call, PartnerAccount

__all__ = ["agency_of", "find_call", "find_offered_call", "require_own_agency", "visible_calls"]


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
        raise _refused(actor, call, "the call is not offered to your agency")
    return call


def require_own_agency(actor: User, call: Call, agencies: Iterable[str]) -> None:
    """Let a partner answer for nobody but their own agency.

    Raises:
        Refused: one of `agencies` is another; the refusal is logged.
    """
    own = agency_of(actor)
    if any(agency != own for agency in agencies):
        raise _refused(actor, call, "you answer for another agency than your own")


def _refused(actor: User, call: Call, why: str) -> Refused:
    given = why_may(actor, "triage.partner")
    records.refusal(actor, "triage.partner", call)
    explanation = Explanation(given.permission, False, (*given.steps, Step(why, False)))
    return Refused(explanation, where=f", {records.reference(call)}")
