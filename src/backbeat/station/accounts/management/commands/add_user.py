"""`python -m backbeat.station.manage add_user NAME --role ROLE`: the first administrator, and units, from the shell.

Whoever may run this already owns the database. Everybody else is added on the Users page, which logs who did it.
"""

import getpass
import sys
from argparse import ArgumentParser

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from backbeat.station.accounts.models import Unit, User
from backbeat.station.accounts.roles import ROLES
from backbeat.station.audit import records


class Command(BaseCommand):
    help = "Add somebody who may sign in, for example the first administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said about the new user."""
        parser.add_argument("username", help="user name to sign in with")
        parser.add_argument("--name", help="name shown to colleagues; default: the user name")
        parser.add_argument("--role", action="append", required=True, choices=sorted(ROLES), help="may be repeated")
        parser.add_argument("--unit", help="team or department; made if there is none of this name")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *_args: object, **chosen: object) -> None:
        """Ask for the password, check it, make the user.

        Raises:
            CommandError: the name is taken, or the password too weak.
        """
        username = str(chosen["username"]).lower()
        if User.objects.filter(username=username).exists():
            raise CommandError("Somebody has this user name. Choose another, or change theirs on the Users page.")
        unit_name = str(chosen["unit"] or "").strip()
        shown = str(chosen["name"] or chosen["username"])
        password = _password(piped=bool(chosen["password_stdin"]))
        user = User(username=username, display_name=shown)
        try:
            user.clean_fields(exclude=["password", "unit"])
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        roles = [str(role) for role in chosen["role"]]  # type: ignore[attr-defined]
        records.record(user, records.Operation.COLLECTION, user, purpose="add-user-from-shell")
        unit = Unit.objects.get_or_create(name=unit_name)[0] if unit_name else None
        User.objects.create_user(username, password, display_name=shown, roles=roles, unit=unit, id=user.pk)
        self.stdout.write(f"{username} may sign in now.")


def _password(*, piped: bool) -> str:
    if piped:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Again: ") != first:
        raise CommandError("The two passwords differ. Nothing was made; run the command again.")
    return first
