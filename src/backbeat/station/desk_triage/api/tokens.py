"""Bearer tokens of connected systems: made, found, revoked.

A token is `bbt_<ident>_<secret>`. It belongs to an account with the role of a command-and-control system, which nobody
can sign in to: it has no password. Only the `Authorization` header is read, never a cookie, so that no page elsewhere
can make a browser call the interface in somebody's name.
"""

import hmac
import re
import secrets
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from backbeat.canonical import sha256_hex
from backbeat.errors import UserError
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit import records
from backbeat.station.desk_triage.api.errors import TokenRefused
from backbeat.station.desk_triage.api.models import SystemToken

__all__ = ["ROLE", "Bearer", "make_token", "revoke_token", "system_of"]

ROLE = "control-system"
NOBODY = "unknown-token"
"""Under which name the access log has a token that belongs to no account."""
_SHAPE = re.compile(r"bbt_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_TOUCH = timedelta(minutes=1)


def make_token(system: User, name: str) -> str:
    """A new token of a system, to be shown once.

    Raises:
        UserError: the account is no connected system, or is something else besides.
    """
    if system.roles != {ROLE}:
        raise UserError(
            "Only an account whose one role is command-and-control system can have a token.",
            where=f"user {system.pk}",
            do="make an account for the system alone",
        )
    ident = "".join(secrets.choice(_LETTERS) for _ in range(12))
    secret = secrets.token_urlsafe(32)
    row = SystemToken(system=system, name=name, ident=ident, digest=sha256_hex(secret.encode()))
    records.record(system, records.Operation.COLLECTION, f"token/{ident}", purpose="token-made")
    row.save()
    return f"bbt_{ident}_{secret}"


def revoke_token(token: SystemToken) -> None:
    """End a token at once; requests under way finish."""
    records.record(token.system, records.Operation.ALTERATION, f"token/{token.ident}", purpose="token-revoked")
    SystemToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def system_of(token: str) -> User:
    """The connected system a token belongs to.

    Raises:
        TokenRefused: it counts no more or never did; the refusal is logged.
        Refused: its account may not connect a system; the refusal is logged.
    """
    shape = _SHAPE.fullmatch(token)
    row = SystemToken.objects.select_related("system").filter(ident=shape[1]).first() if shape else None
    known = row is not None and shape is not None and hmac.compare_digest(row.digest, sha256_hex(shape[2].encode()))
    if row is None or not known or row.revoked_at is not None or not row.system.is_active:
        records.sign_in(row.system.username if row else NOBODY, "token", outcome=records.Outcome.REFUSED)
        raise _refused("The token is not known, or counts no more.")
    require(row.system, "triage.connect")
    now = timezone.now()
    if row.used_at is None or now - row.used_at >= _TOUCH:
        SystemToken.objects.filter(pk=row.pk).update(used_at=now)
    return row.system


class Bearer(HttpBearer):
    """Reads the token of a request; the system it belongs to becomes `request.auth`."""

    def __call__(self, request: HttpRequest) -> User:
        """The system, or an error that says what is missing.

        Raises:
            TokenRefused, Refused: see `system_of`.
        """
        found = super().__call__(request)
        if found is None:
            raise _refused("The request carries no token.")
        return found

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """The system a token belongs to."""
        return system_of(token)


def _refused(what: str) -> TokenRefused:
    return TokenRefused(
        what,
        where="header Authorization",
        do="send `Authorization: Bearer` and a token that an administrator made for this system",
    )
