"""Starting a preparation, reading its documents, and keeping what was decided when they are read again."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction

from backbeat.redaction.policy import PROFILE_IDS
from backbeat.runner import Job, JobQueue
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.cases import services
from backbeat.station.cases.models import Case, EvidenceItem, Person
from backbeat.station.desk_redaction.errors import NothingToDecide, PreparationClosed
from backbeat.station.desk_redaction.models import Mention, Preparation, PreparedDocument

__all__ = ["SUGGEST", "add_person", "change_role", "job_of", "queue", "read_again", "start", "unnamed_people"]

SUGGEST = "redaction.suggest"


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
    _submit(preparation)
    return preparation


def read_again(actor: User, preparation: Preparation) -> None:
    """Read the documents again, after the register changed. Decisions on places found again are kept.

    Raises:
        Refused: the actor may not.
        PreparationClosed: being applied, or released.
    """
    require(actor, "redaction.decide", preparation.case)
    if preparation.state in {Preparation.State.APPLYING, Preparation.State.RELEASED}:
        raise PreparationClosed(
            "These documents are no longer in review, so they are not read again.",
            where=f"preparation {preparation.pk}",
            do="prepare the documents again",
        )
    record(actor, Operation.COMBINATION, preparation, purpose="read-again")
    preparation.state = Preparation.State.READING
    _submit(preparation)


def _submit(preparation: Preparation) -> None:
    preparation.scan += 1
    preparation.save(update_fields=["scan", "state"])
    payload = {"preparation": preparation.pk, "scan": preparation.scan}
    job = queue().submit(SUGGEST, payload, key=f"{SUGGEST}/{preparation.pk}/{preparation.scan}")
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


def change_role(actor: User, person: Person, role: str) -> None:
    """Give somebody on the register another role."""
    services.change_person(actor, person, names=person.names, role=role, aliases=person.aliases)


def add_person(actor: User, case: Case, name: str, role: str) -> Person:
    """Put somebody found in the documents on the register."""
    return services.add_person(actor, case, names=[name], role=role)
