"""What the pages of the desk share: who asks, the tabs, numbers out of forms."""

from django.http import HttpRequest
from django.urls import reverse

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may
from backbeat.station.desk_triage.force_policy import deciding

__all__ = ["tabs", "user_of", "whole"]

_TABS = (
    ("My calls", "calls", "triage.handle"),
    ("Board", "board", "triage.view"),
    ("For the supervisor", "waiting", "triage.supervise"),
    ("Offers", "offers", "triage.partner"),
    ("Partners", "partners", "triage.supervise"),
    ("Samples", "samples", "triage.sample"),
    ("Figures", "figures", "triage.figures"),
    ("Policy", "policy", "triage.policy-view"),
)
_MOST_DIGITS = 9


def user_of(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else through."""
    assert isinstance(request.user, User)  # noqa: S101 - LoginRequiredMiddleware holds this
    return request.user


def whole(text: str, default: int = -1) -> int:
    """A number out of a form; `default` where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else default


def tabs(request: HttpRequest, current: str) -> dict[str, object]:
    """The desk's own navigation, for those who may, and whether the force's policy decides."""
    user = user_of(request)
    return {
        "policy_fault": deciding().fault,
        "desk_tabs": [
            {"title": title, "url": reverse(f"desk_triage:{name}"), "current": name == current}
            for title, name, permission in _TABS
            if may(user, permission)
        ],
    }
