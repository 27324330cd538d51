"""Django inside the test process: one throwaway installation per process. Import this before anything of the station.

Tests share its database and never roll back (the access log is written in transactions of its own), so each test makes
users and cases with names of its own: see `fresh`.
"""

import atexit
import itertools
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="backbeat-station-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("BACKBEAT_")]:
    del os.environ[_name]
# The settings are read once, at set-up; what other tests of this process do with the variables does not matter.
_before = {name: os.environ.get(name) for name in ("BACKBEAT_DATA", "BACKBEAT_HTTPS", "DATABASE_URL")}
os.environ.pop("DATABASE_URL", None)
os.environ["BACKBEAT_DATA"] = str(_folder)
os.environ["BACKBEAT_HTTPS"] = "0"
# Playwright's synchronous face keeps an event loop in this thread for as long as a browser of another test is open.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from backbeat.station.serve import prepare  # noqa: E402

prepare()
for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from backbeat.ledger import AccessRow  # noqa: E402
from backbeat.station.accounts.models import Unit, User  # noqa: E402
from backbeat.station.audit import records  # noqa: E402
from backbeat.station.cases.models import Case, EvidenceItem, Membership, Person  # noqa: E402

# Many tests sign in; the real, slow hash is what test_settings and the running station use.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
_numbers = itertools.count(1)


def fresh(word: str) -> str:
    """`word-17`: a name no other test uses."""
    return f"{word}-{next(_numbers)}"


def make_user(*roles: str, unit: str = "", **fields: object) -> User:
    place = Unit.objects.get_or_create(name=unit)[0] if unit else None
    return User.objects.create_user(fresh("user"), None, roles=roles, unit=place, display_name=fresh("PC"), **fields)


def make_case(*members: User, unit: str = "") -> Case:
    place = Unit.objects.get_or_create(name=unit)[0] if unit else None
    case = Case.objects.create(reference=fresh("42/CR"), title="Theft from a shop", unit=place)
    for user in members:
        Membership.objects.create(case=case, user=user)
    return case


def make_person(case: Case, name: str = "Zelda Quark") -> Person:
    return Person.objects.create(case=case, register_id=fresh("P"), names=[name], role="witness")


def make_item(case: Case, by: User, content: bytes = b"", name: str = "statement.txt") -> EvidenceItem:
    with settings.INSTALLATION.store.incoming() as incoming:
        incoming.write(content or fresh("content").encode())
        size, sha256 = incoming.size, incoming.keep()
    return EvidenceItem.objects.create(
        case=case, sha256=sha256, original_name=name, size=size, media_type="text/plain", uploaded_by=by
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def entries_since(seq: int) -> list[AccessRow]:
    """What the access log gained after entry `seq`, oldest first."""
    rows = records.access_log().search(limit=1000).rows
    return sorted((row for row in rows if row.seq > seq), key=lambda row: row.seq)


def last_entry() -> int:
    """Number of the newest entry; -1 when there is none."""
    rows = records.access_log().search(limit=1).rows
    return rows[0].seq if rows else -1
