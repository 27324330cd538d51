"""Loads the demonstration force into a fresh installation, through the same use cases its pages call."""

import json
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backbeat.files import CHUNK, write_whole
from backbeat.station.demo.cast import FORCE, Cast, make_cast
from backbeat.station.demo.documents import write_documents

__all__ = ["SignIn", "load", "sign_ins"]

CASE_REFERENCE = "44/22894/26"

ACCOUNTS = (
    # user name, name shown, roles
    ("officer", "PC 4749 Myers", ("officer",)),
    ("supervisor", "PS 2210 Okafor", ("supervisor",)),
    ("disclosure", "Disclosure officer Hale", ("disclosure-officer",)),
    ("auditor", "Auditor Prior", ("auditor",)),
    ("recorder", "Crime recorder Idris", ("crime-recorder",)),
    ("registrar", "Crime registrar Vane", ("force-crime-registrar",)),
    ("analyst", "Analyst Brook", ("analyst",)),
    ("administrator", "Administrator Lund", ("administrator",)),
    ("handler", "Call handler Quill", ("call-handler",)),
    ("control", "Control-room supervisor Dace", ("control-room-supervisor",)),
    ("partner", "Nurse in charge Adair", ("partner",)),
    ("policy", "Triage policy lead Rowe", ("triage-policy-owner",)),
)

WORDS = (
    "amber anchor apple barley beacon birch bramble bridge canal candle cedar chalk clover copper cotton "
    "cricket dapple ember fennel fern flint garnet gravel harbour hazel heron indigo ivory jasmine juniper "
    "kestrel lantern larch linen maple marble meadow mellow nettle oaken orchard otter pebble pepper plover "
    "quarry quartz raven ribbon rowan saddle saffron silver sorrel sparrow spruce thistle timber tinder velvet "
    "walnut willow winter yarrow"
).split()


@dataclass(frozen=True, slots=True)
class SignIn:
    """One demonstration account."""

    username: str
    password: str
    name: str


def sign_ins(data: Path) -> tuple[SignIn, ...]:
    """The accounts of a loaded demonstration; empty where none was loaded."""
    path = _file(data)
    return tuple(SignIn(**entry) for entry in json.loads(path.read_text())) if path.exists() else ()


def _file(data: Path) -> Path:
    return data / "demonstration-sign-ins.json"


def load(installation: Any) -> tuple[SignIn, ...]:
    """Make accounts, a case, its people and its evidence, once; a second call changes nothing.

    Passwords are made up afresh for each installation: software with a password everybody knows has none. They are
    written beside the data only after everything else is there, so that a load cut short is finished by the next.
    """
    if known := sign_ins(installation.data):
        return known
    from backbeat.station.accounts.models import Unit, User

    unit, _ = Unit.objects.get_or_create(name=f"{FORCE}, Investigations")
    made = []
    users = {}
    for username, name, roles in ACCOUNTS:
        password = "-".join(secrets.choice(WORDS) for _ in range(4))
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create_user(username, password, display_name=name, roles=roles, unit=unit)
        else:
            user.set_password(password)
            user.save()
        users[username] = user
        made.append(SignIn(username, password, name))
    _case(installation, users, make_cast())
    _crime_reports(users["recorder"])
    _calls(users["handler"], users["partner"])
    with write_whole(_file(installation.data)) as stream:
        stream.write(
            json.dumps([{"username": s.username, "password": s.password, "name": s.name} for s in made]).encode()
        )
    return tuple(made)


def _case(installation: Any, users: dict[str, Any], cast: Cast) -> None:
    from backbeat.station.cases.models import Case
    from backbeat.station.cases.services import add_member, add_person, open_case

    if Case.objects.filter(reference=CASE_REFERENCE).exists():
        return
    officer = users["officer"]
    case = open_case(officer, reference=CASE_REFERENCE, title="Burglary, Foundry Close")
    add_member(users["supervisor"], case, users["disclosure"])
    for person in cast.everyone():
        # The neighbour is left out on purpose: the first thing a visitor does is to say who he is.
        if person is not cast.neighbour:
            add_person(officer, case, names=[person.name], role=person.role, attributes=person.attributes())
    with tempfile.TemporaryDirectory() as folder:
        for path in write_documents(cast, Path(folder)):
            _evidence(installation, officer, case, path)


def _crime_reports(recorder: Any) -> None:
    """Reports for the crime desk, taken in as a file; the recorder has decided some of them."""
    from django.utils import timezone

    from backbeat.station.demo.crime_reports import as_lines, reports
    from backbeat.station.desk_crime.exchange import take_in
    from backbeat.station.desk_crime.models import CrimeReport
    from backbeat.station.desk_crime.recording import record_decision

    if CrimeReport.objects.exists():
        return
    made = reports(timezone.now())
    take_in(recorder, as_lines([document for document, _ in made]), kind="jsonl", skip_known=False)
    for document, decided in made:
        if decided:
            report = CrimeReport.objects.get(reference=document["report"]["reference"])
            rationale = "Made up for the demonstration, hours after it came in."  # kept only where it is late
            record_decision(recorder, report, revision=report.revision, rationale=rationale)


def _calls(handler: Any, partner: Any) -> None:
    """Calls for the triage desk, and the agency of the partner's account."""
    from django.utils import timezone

    from backbeat.station.demo.triage_calls import AGENCY, load_calls
    from backbeat.station.desk_triage.models import Call, PartnerAccount

    PartnerAccount.objects.get_or_create(user=partner, defaults={"agency": AGENCY})
    if not Call.objects.exists():
        load_calls(handler, timezone.now())


def _evidence(installation: Any, officer: Any, case: Any, path: Path) -> None:
    from backbeat.station.cases.evidence import add_evidence
    from backbeat.station.cases.uploads import Arrival

    with installation.store.incoming() as incoming:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                incoming.write(chunk)
        add_evidence(officer, case, Arrival(incoming, incoming.flush(), too_large=False), path.name)
