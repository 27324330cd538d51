"""`manage connect_system NAME`: a token for a command-and-control system; `--list`, `--revoke IDENT`.

Whoever may run this already owns the database. The account that is made has no password and no other role.
"""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from backbeat.errors import UserError
from backbeat.station.accounts.models import User
from backbeat.station.audit import records
from backbeat.station.desk_triage.api.models import SystemToken
from backbeat.station.desk_triage.api.tokens import ROLE, make_token, revoke_token


class Command(BaseCommand):
    help = "Make, list or revoke tokens of a command-and-control system that sends calls to the triage desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said."""
        parser.add_argument("system", help="user name of the system's account; made if there is none")
        parser.add_argument("--token", default="main", help="what the token is for, so that the right one is revoked")
        parser.add_argument("--list", action="store_true", help="list its tokens; the tokens themselves are not kept")
        parser.add_argument("--revoke", metavar="IDENT", help="end this token at once")

    def handle(self, *_args: object, **chosen: object) -> None:
        """Do what was asked.

        Raises:
            CommandError: the name cannot be an account's, is a person's, or there is no such token.
        """
        username = str(chosen["system"]).lower()
        if chosen["list"]:
            self._list(username)
        elif chosen["revoke"]:
            self._revoke(username, str(chosen["revoke"]))
        else:
            self._make(username, str(chosen["token"]))

    def _list(self, username: str) -> None:
        for token in SystemToken.objects.filter(system__username=username):
            state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else "in use"
            used = f"last used {token.used_at:%Y-%m-%d}" if token.used_at else "never used"
            self.stdout.write(f"{token.ident}  {token.name}: {state}, {used}")

    def _revoke(self, username: str, ident: str) -> None:
        token = SystemToken.objects.filter(system__username=username, ident=ident).first()
        if token is None:
            raise CommandError("This system has no such token. List its tokens with --list.")
        revoke_token(token)
        self.stdout.write(f"{ident} counts no more.")

    def _make(self, username: str, name: str) -> None:
        system = User.objects.filter(username=username).first() or _new_system(username)
        try:
            token = make_token(system, name)
        except UserError as error:
            raise CommandError(f"{error.what} Next: {error.do}.") from error
        self.stdout.write(token)
        self.stderr.write("This is shown once. Keep it as you keep a password.")


def _new_system(username: str) -> User:
    system = User(username=username, display_name=f"System {username}")
    try:
        system.clean_fields(exclude=["password", "unit"])
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    records.record(system, records.Operation.COLLECTION, system, purpose="connect-system-from-shell")
    return User.objects.create_user(username, None, display_name=system.display_name, roles=[ROLE], id=system.pk)
