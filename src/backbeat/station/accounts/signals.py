"""Sign-ins, failures, lockouts and sign-outs go to the access log; the shared cache table is made with the others."""

import time
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.http import HttpRequest

from backbeat.ledger import Outcome
from backbeat.station.audit import records

__all__ = ["connect"]


def _signed_in(sender: object, request: HttpRequest, user: Any, **_: object) -> None:
    now = int(time.time())
    request.session["signed_in_at"] = now
    request.session["seen_at"] = now
    records.sign_in(user.get_username(), "sign-in")


def _failed(sender: object, credentials: dict[str, Any], **_: object) -> None:
    records.sign_in(str(credentials.get("username", "")), "sign-in", outcome=Outcome.REFUSED)


def _locked_out(sender: object, username: str | None = None, **_: object) -> None:
    records.sign_in(username or "", "locked-out", outcome=Outcome.REFUSED)


def _signed_out(sender: object, user: Any, **_: object) -> None:
    if user is not None and user.is_authenticated:
        records.sign_in(user.get_username(), "sign-out")


def _make_cache_table(**_: object) -> None:
    call_command("createcachetable", verbosity=0)


def connect() -> None:
    """Connect every receiver, once."""
    user_logged_in.connect(_signed_in, dispatch_uid="backbeat.signed_in")
    user_login_failed.connect(_failed, dispatch_uid="backbeat.failed")
    user_locked_out.connect(_locked_out, dispatch_uid="backbeat.locked_out")
    user_logged_out.connect(_signed_out, dispatch_uid="backbeat.signed_out")
    post_migrate.connect(_make_cache_table, dispatch_uid="backbeat.cache_table")
