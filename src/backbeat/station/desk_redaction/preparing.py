"""Starting a preparation, reading its documents, and keeping what was decided when they are read again."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.db import transaction

from backbeat.redaction.model import Role
from backbeat.redaction.policy import PROFILE_IDS
from backbeat.runner import Job, JobQueue, JobState
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, actor_of, record
from backbeat.station.cases import services
from backbeat.station.cases.models import Case, EvidenceItem, Person
from backbeat.station.desk_redaction.errors import NothingToDecide, PreparationClosed
from backbeat.station.desk_redaction.models import Mention, Preparation, PreparedDocument

__all__ = [
    "RELEASE",
    "SUGGEST",
    "change_register",
    "is_stuck",
    "is_working",
    "job_of",
    "queue",
    "read_again",
    "start",
    "submit",
    "try_again",
    "unnamed_people",
]

SUGGEST = "redaction.suggest"
RELEASE = "redaction.release"


def queue() -> JobQueue:
    """The installation's job queue."""
    return JobQueue.open(settings.INSTALLATION)


def start(actor: User, case: Case, profile: str, evidence: Sequence[EvidenceItem], on: date) -> Preparation:
    """Begin preparing `evidence` for a recipient; its documents are read by the job worker.

    Args:
        actor: needs `redaction.decide` on the case.
        case: whose evidence it is.
        profile: one of `PROFILE_IDS`.
        evidence: items of this case, at least one.
        on: the date whose edition of the profile applies.

    Raises:
        Refused: the actor may not.
        NothingToDecide: no document, or no such profile.
    """
    require(actor, "redaction.decide", case)
    if profile not in PROFILE_IDS or not evidence:
        raise NothingToDecide(
            "No documents are being prepared: choose who they are for, and at least one document.",
            where="the form",
            do="choose both and send it again",
        )
    record(actor, Operation.COMBINATION, case, purpose=f"prepare-for-{profile}")
    with transaction.atomic():
        preparation = Preparation.objects.create(case=case, profile=profile, profile_date=on, created_by=actor)
        PreparedDocument.objects.bulk_create(
            PreparedDocument(preparation=preparation, evidence=item) for item in evidence
        )
    submit(preparation)
    return preparation


def _require_readable(actor: User, preparation: Preparation) -> None:
    require(actor, "redaction.decide", preparation.case)
    if preparation.state in {Preparation.State.APPLYING, Preparation.State.RELEASED}:
        raise PreparationClosed(
            "These documents are no longer in review, so they are not read again.",
            where=f"preparation {preparation.pk}",
            do="prepare the documents again",
        )


def read_again(actor: User, preparation: Preparation) -> None:
    """Read the documents again, after the register changed. Decisions on places found again are kept.

    Raises:
        Refused: the actor may not.
        PreparationClosed: being applied, or released.
    """
    _require_readable(actor, preparation)
    record(actor, Operation.COMBINATION, preparation, purpose="read-again")
    with transaction.atomic():
        held = Preparation.objects.select_for_update().get(pk=preparation.pk)
        preparation.state = Preparation.State.READING
        preparation.scan = held.scan + 1
        preparation.save(update_fields=["scan", "state"])
    submit(preparation)


def submit(preparation: Preparation) -> None:
    """Give the job worker what the state of the preparation asks for; asked twice, it is one job."""
    kind = RELEASE if preparation.state == Preparation.State.APPLYING else SUGGEST
    payload = {"preparation": preparation.pk, "scan": preparation.scan}
    job = queue().submit(kind, payload, key=f"{kind}/{preparation.pk}/{preparation.scan}")
    preparation.job = str(job.id)
    preparation.save(update_fields=["job"])


def job_of(preparation: Preparation) -> Job | None:
    """The job at work on a preparation, or the last one that was."""
    return queue().get(int(preparation.job)) if preparation.job else None


def unnamed_people(preparation: Preparation) -> list[dict[str, object]]:
    """Names found in the documents that are nobody on the register yet: spelling, places, documents; most first."""
    found: dict[str, dict[str, object]] = {}
    rows = Mention.objects.filter(document__preparation=preparation, kind="person", person="").values_list(
        "text", "document_id"
    )
    for text, document in rows:
        name = " ".join(text.split())
        entry = found.setdefault(name.casefold(), {"name": name, "places": 0, "in": set()})
        entry["places"] += 1  # type: ignore[operator]
        entry["in"].add(document)  # type: ignore[attr-defined]
    listed = [{"name": e["name"], "places": e["places"], "documents": len(e["in"])} for e in found.values()]  # type: ignore[arg-type]
    return sorted(listed, key=lambda entry: (-int(str(entry["places"])), str(entry["name"])))


def is_working(preparation: Preparation) -> bool:
    """Whether a job is to move this preparation on."""
    return preparation.state in {Preparation.State.READING, Preparation.State.APPLYING}


def is_stuck(preparation: Preparation, job: Job | None) -> bool:
    """Whether the job that is to move it on never will, unless a person steps in."""
    return is_working(preparation) and (job is None or job.finished)


def try_again(actor: User, preparation: Preparation) -> None:
    """Have a job that was given up done again; one that is under way is left alone.

    Raises:
        Refused: the actor may not do what the job does.
    """
    needed = "redaction.release" if preparation.state == Preparation.State.APPLYING else "redaction.decide"
    require(actor, needed, preparation.case)
    job = job_of(preparation)
    if not is_stuck(preparation, job):
        return
    record(actor, Operation.COMBINATION, preparation, purpose="try-again")
    if job is not None and job.state in {JobState.QUARANTINED, JobState.CANCELLED}:
        queue().requeue(job.id, actor_of(actor.get_username()))
    else:
        submit(preparation)


def change_register(
    actor: User, preparation: Preparation, roles: Mapping[Person, str], new: Sequence[tuple[str, str]]
) -> bool:
    """Give people of the register other roles, add people found in the documents, and read the documents again.

    Args:
        actor: needs `case.change` and `redaction.decide` on the case.
        preparation: whose documents are read again.
        roles: the role each person is to have; roles that are no role are left as they were.
        new: name and role of each person to add; without either, nobody is added.

    Returns:
        Whether anything changed.

    Raises:
        Refused: the actor may not.
        PreparationClosed: being applied, or released.
    """
    _require_readable(actor, preparation)
    known = {role.value for role in Role}
    changed = [(person, role) for person, role in roles.items() if role in known and role != person.role]
    added = [(name.strip(), role) for name, role in new if name.strip() and role in known]
    for person, role in changed:
        services.change_person(actor, person, names=person.names, role=role, aliases=person.aliases)
    for name, role in added:
        services.add_person(actor, preparation.case, names=[name], role=role)
    if changed or added:
        read_again(actor, preparation)
    return bool(changed or added)
