"""Deciding: one act over one or many mentions, always by a named person, always undoable until release."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from backbeat.redaction.page_view import Rectangle, view_page
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_redaction.errors import NothingToDecide, PreparationClosed
from backbeat.station.desk_redaction.evidence import readable_path
from backbeat.station.desk_redaction.models import DecisionBatch, Mention, Preparation, PreparedDocument

__all__ = ["ACCEPT", "draw", "decide", "mark", "undo", "withdraw"]

ACCEPT = "accept"
"""Decide what the profile suggests."""
REASON_LIMIT = 200


def require_open(actor: User, preparation: Preparation) -> None:
    """Let through who may decide on a preparation that can still change.

    Raises:
        Refused: the actor lacks `redaction.decide` on the case.
        PreparationClosed: it is being read, applied, or was released.
    """
    require(actor, "redaction.decide", preparation.case)
    if not preparation.is_open:
        raise PreparationClosed(
            "Decisions cannot change now.",
            where=f"preparation {preparation.pk}",
            do="wait until the work in progress is done; for a released set, prepare the documents again",
        )


def decide(
    actor: User, preparation: Preparation, mentions: QuerySet[Mention], action: str, reason: str, *, basis: str
) -> DecisionBatch:
    """Record one decision over `mentions`.

    Args:
        actor: who decides.
        preparation: what the mentions belong to; others are left out.
        mentions: which.
        action: `redact`, `pseudonym`, `keep`, or `accept` for what is suggested.
        reason: in the person's words; empty means the profile's reason stands. Cut at 200 characters.
        basis: `individual` or `bulk`.

    Raises:
        NothingToDecide: no mention is meant, or the action cannot be taken for all of them.
    """
    require_open(actor, preparation)
    chosen = list(mentions.filter(document__preparation=preparation))
    if action == ACCEPT:
        chosen = [mention for mention in chosen if mention.suggested != Mention.Action.ASK]
    elif action not in {Mention.Action.REDACT, Mention.Action.PSEUDONYM, Mention.Action.KEEP}:
        raise NothingToDecide(
            "That is not something a mention can be decided as.", where="the decision", do="choose redact or keep"
        )
    if not chosen:
        raise NothingToDecide(
            "Nothing was decided: no place was chosen, or those chosen are questions that need your own answer.",
            where="the decision",
            do="choose at least one place, then redact or keep",
        )
    record(actor, Operation.ALTERATION, preparation, purpose=f"decide-{action}")
    now = timezone.now()
    with transaction.atomic():
        batch = _remember(actor, preparation, chosen, f"{action.capitalize()} {len(chosen)} place(s)")
        for mention in chosen:
            mention.decided = mention.suggested if action == ACCEPT else action
            mention.decided_reason = reason.strip()[:REASON_LIMIT]
            mention.decided_basis = basis
            mention.decided_by = actor
            mention.decided_at = now
        Mention.objects.bulk_update(chosen, _DECISION, batch_size=500)
    return batch


_DECISION = ["decided", "decided_reason", "decided_basis", "decided_by", "decided_at"]


def _remember(actor: User, preparation: Preparation, mentions: Sequence[Mention], summary: str) -> DecisionBatch:
    before = [
        [
            mention.pk,
            mention.decided,
            mention.decided_reason,
            mention.decided_basis,
            str(mention.decided_by_id) if mention.decided_by_id else None,
            mention.decided_at.isoformat() if mention.decided_at else None,
        ]
        for mention in mentions
    ]
    return DecisionBatch.objects.create(preparation=preparation, author=actor, summary=summary, before=before)


def undo(actor: User, preparation: Preparation) -> DecisionBatch | None:
    """Take back the newest decision on this preparation that was not taken back yet; None if there is none."""
    require_open(actor, preparation)
    batch = preparation.batches.filter(undone=False).first()
    if batch is None:
        return None
    record(actor, Operation.ALTERATION, preparation, purpose="undo-decision")
    with transaction.atomic():
        for pk, decided, reason, basis, by, at in batch.before:
            meant = Mention.objects.filter(pk=pk)
            if not decided and meant.filter(detector="manual").delete()[0]:
                continue  # a mark made by hand was never undecided: taking it back removes it
            meant.update(decided=decided, decided_reason=reason, decided_basis=basis, decided_by=by, decided_at=at)
        batch.undone = True
        batch.save(update_fields=["undone"])
    return batch


def draw(actor: User, document: PreparedDocument, page: int, shown: Rectangle, *, kind: str, reason: str) -> Mention:
    """A box drawn by hand on a page as shown; it is decided as redact at once.

    Raises:
        InputRejected: the box covers nothing of the page.
    """
    require_open(actor, document.preparation)
    with readable_path(document.evidence) as path:
        box = view_page(path, page).box(shown)
    return _manual(
        actor,
        document,
        kind=kind,
        reason=reason,
        page=page,
        text="",
        boxes=[[box.page, box.x0, box.y0, box.x1, box.y1]],
        why="drawn by hand",
    )


def mark(
    actor: User, document: PreparedDocument, start: int, end: int, text: str, *, kind: str, reason: str
) -> Mention:
    """A span of text marked by hand in a document without pages; it is decided as redact at once.

    Raises:
        NothingToDecide: the span is empty or outside the text.
    """
    require_open(actor, document.preparation)
    if not 0 <= start < end <= document.characters:
        raise NothingToDecide(
            "The text marked is empty or outside the document.", where="the mark", do="select the words again"
        )
    return _manual(
        actor, document, kind=kind, reason=reason, start=start, end=end, text=text, why="marked by hand", boxes=[]
    )


def _manual(actor: User, document: PreparedDocument, *, kind: str, reason: str, **place: object) -> Mention:
    record(actor, Operation.ALTERATION, document.preparation, purpose="mark-by-hand")
    with transaction.atomic():
        mention = Mention.objects.create(
            document=document,
            kind=kind,
            detector="manual",
            suggested=Mention.Action.REDACT,
            reason=(reason or "Marked by hand")[:60],
            **place,
        )
        _remember(actor, document.preparation, [mention], "Mark by hand")
        mention.decided = Mention.Action.REDACT
        mention.decided_reason = reason.strip()[:REASON_LIMIT]
        mention.decided_basis = "individual"
        mention.decided_by = actor
        mention.decided_at = timezone.now()
        mention.save(update_fields=_DECISION)
    return mention


def withdraw(actor: User, mention: Mention) -> None:
    """Remove a mark made by hand; what a detector found cannot be removed, only kept.

    Raises:
        NothingToDecide: the mention was found by a detector.
    """
    require_open(actor, mention.document.preparation)
    if not mention.is_manual:
        raise NothingToDecide(
            "Only marks made by hand can be removed.", where=f"mention {mention.pk}", do="decide to keep it instead"
        )
    record(actor, Operation.ALTERATION, mention.document.preparation, purpose="remove-own-mark")
    mention.delete()
