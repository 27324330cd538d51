"""What can be done with evidence: take it in, look at it, hand out the original, remove and restore it."""

from pathlib import PurePath
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from backbeat.errors import InputRejected, UserError
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit import records
from backbeat.station.audit.records import Operation, Outcome
from backbeat.station.cases.errors import EvidenceDuplicate, UploadTooLarge
from backbeat.station.cases.inspection import inspect
from backbeat.station.cases.models import Case, EvidenceItem
from backbeat.station.cases.uploads import Arrival

__all__ = ["add_evidence", "list_evidence", "open_original", "remove_evidence", "restore_evidence", "view_evidence"]

PURPOSE = "evidence-upload"


def list_evidence(actor: User, case: Case, *, removed: bool = False) -> QuerySet[EvidenceItem]:
    """The evidence of a case, newest first.

    Raises:
        Refused: they may not see it.
    """
    require(actor, "evidence.view", case)
    records.record(actor, Operation.CONSULTATION, case, purpose="evidence-list")
    state = EvidenceItem.State.REMOVED if removed else EvidenceItem.State.READY
    return EvidenceItem.objects.filter(case=case, state=state)


def add_evidence(actor: User, case: Case, arrival: Arrival, name: str) -> EvidenceItem:
    """Check an arrived file and keep it, unchanged, as evidence.

    Raises:
        Refused: they may not add evidence to this case.
        InputRejected: the file is not taken in; a leaf says why.
    """
    require(actor, "evidence.upload", case)
    try:
        item = _checked(case, arrival, PurePath(name).name)
    except InputRejected as refusal:
        purpose = refusal.code.replace(".", "-")
        records.record(actor, Operation.COLLECTION, case, purpose=purpose, outcome=Outcome.REFUSED)
        raise
    item.uploaded_by = actor
    with records.recorded(actor, Operation.COLLECTION, item, purpose=PURPOSE, detail={"case": str(case.pk)}):
        item.sha256 = arrival.incoming.keep()
        try:
            item.save(force_insert=True)
        except IntegrityError as error:
            raise _duplicate() from error
    return item


def _checked(case: Case, arrival: Arrival, name: str) -> EvidenceItem:
    if arrival.too_large:
        raise UploadTooLarge(
            f"The file is larger than {settings.MAX_UPLOAD_BYTES >> 20:,} MiB, the most this station takes.",
            where="the file as a whole",
            do="split it, or ask your administrator to raise BACKBEAT_MAX_UPLOAD_MIB",
        )
    found = inspect(arrival.temporary, name)
    return EvidenceItem(
        id=uuid4(),
        case=case,
        original_name=name[-255:],
        size=arrival.incoming.size,
        media_type=found.media_type,
        pages=found.pages,
    )


def _duplicate() -> EvidenceDuplicate:
    return EvidenceDuplicate(
        "A file with exactly this content is already evidence in this case.",
        where="the file as a whole",
        do="use the one that is there; nothing was stored twice",
    )


def view_evidence(actor: User, case_id: UUID, item_id: UUID) -> EvidenceItem:
    """One item, for reading about it; the look is logged.

    Raises:
        Refused: they may not see it.
        Http404: there is none in this case.
    """
    item = get_object_or_404(
        EvidenceItem.objects.select_related("case", "uploaded_by", "removed_by"), pk=item_id, case=case_id
    )
    require(actor, "evidence.view", item)
    records.record(actor, Operation.CONSULTATION, item)
    return item


def open_original(actor: User, item: EvidenceItem) -> "EvidenceItem":
    """Permission to read the stored original; logged as a look at its content.

    Raises:
        Refused: they may not see it.
        UserError: it has been removed.
    """
    require(actor, "evidence.view", item)
    if item.state != EvidenceItem.State.READY:
        raise UserError("This evidence has been removed.", where=f"evidence {item.pk}", do="restore it first")
    records.record(actor, Operation.CONSULTATION, item, purpose="download-original")
    return item


def remove_evidence(actor: User, item: EvidenceItem, *, reason: str) -> None:
    """Take an item out of use. Its content is kept, so that it can be restored.

    Raises:
        Refused: they may not remove evidence of this case.
    """
    require(actor, "evidence.remove", item)
    with records.recorded(actor, Operation.ERASURE, item, purpose="remove-evidence", detail={"reason": reason}):
        item.state = EvidenceItem.State.REMOVED
        item.removed_by, item.removed_at, item.removal_reason = actor, timezone.now(), reason
        item.save(update_fields=["state", "removed_by", "removed_at", "removal_reason"])


def restore_evidence(actor: User, item: EvidenceItem) -> None:
    """Bring a removed item back.

    Raises:
        Refused: they may not.
        EvidenceDuplicate: the same content has been added again since.
    """
    require(actor, "evidence.remove", item)
    with records.recorded(actor, Operation.ALTERATION, item, purpose="restore-evidence"):
        item.state = EvidenceItem.State.READY
        item.removed_by, item.removed_at, item.removal_reason = None, None, ""
        try:
            with transaction.atomic():
                item.save(update_fields=["state", "removed_by", "removed_at", "removal_reason"])
        except IntegrityError as error:
            raise _duplicate() from error
