"""The page on which a supervisor says which agency a partner's account belongs to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from backbeat.errors import InputRejected
from backbeat.station.accounts.permissions import require
from backbeat.station.desk_triage.partner_accounts import agencies_now, partner_rows, set_agency
from backbeat.station.desk_triage.views.common import tabs, user_of

__all__ = ["partners"]


@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest) -> HttpResponse:
    """Show every partner account with its agency; POST sets one."""
    user = user_of(request)
    require(user, "triage.supervise")
    error = ""
    if request.method == "POST":
        try:
            set_agency(user, request.POST.get("user", ""), request.POST.get("agency", ""))
        except InputRejected as refused:
            error = f"{refused.what} Next: {refused.do}."
        else:
            return redirect("desk_triage:partners")
    titles = agencies_now()
    rows = [{"user": row.user, "agency": row.agency, "listed": row.agency in titles} for row in partner_rows()]
    context = {**tabs(request, "partners"), "rows": rows, "agencies": titles.items(), "error": error}
    return render(request, "desk_triage/partners.html", context, status=422 if error else 200)
