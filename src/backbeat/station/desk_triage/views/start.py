"""The first page of the desk: for each the one they work on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from backbeat.station.accounts.permissions import may, require
from backbeat.station.desk_triage.views.common import user_of

__all__ = ["start"]

PAGES = (
    ("triage.supervise", "board"),
    ("triage.handle", "calls"),
    ("triage.view", "board"),
    ("triage.partner", "offers"),
    ("triage.figures", "figures"),
)
"""The first that somebody may open is theirs."""


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the board, one's own calls or the agency's inbox."""
    user = user_of(request)
    require(user, "triage.enter")
    for permission, page in PAGES:
        if may(user, permission):
            return redirect(f"desk_triage:{page}")
    return redirect("home")
