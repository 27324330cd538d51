"""Deciding: one act over one or many mentions, always by a named person, always undoable by them until release."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from backbeat.redaction.page_view import Rectangle
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_redaction.errors import NothingToDecide, PreparationClosed
from backbeat.station.desk_redaction.models import DecisionBatch, Mention, Preparation, PreparedDocument
from backbeat.station.desk_redaction.sheets import view_of

__all__ = ["ACCEPT", "decide", "draw", "mark", "require_open", "undo", "withdraw"]

ACCEPT = "accept"
"""Decide what the profile suggests."""
REASON_LIMIT = 200
LABEL_LIMIT = 60
"""Characters of a reason that may stand on a fill."""
_AT_ONCE = 500
"""Rows named in one statement; SQLite bounds how many."""
_DECISION = ("decided", "decided_reason", "decided_basis", "decided_by_id", "decided_at")
_ACTS = {
    ACCEPT: "Accepted the suggestion for",
    Mention.Action.REDACT: "Redacted",
    Mention.Action.PSEUDONYM: "Gave a pseudonym to",
    Mention.Action.KEEP: "Kept",
}


def require_open(actor: User, preparation: Preparation) -> None:
    """Let through who may decide on a preparation that can still change.

    Raises:
        Refused: the actor lacks `redaction.decide` on the case.
        PreparationClosed: it is being read, applied, or was released.
    """
    require(actor, "redaction.decide", preparation.case)
    _check_open(preparation)


def _check_open(preparation: Preparation) -> None:
    if not preparation.is_open:
        raise PreparationClosed(
            "Decisions cannot change now.",
            where=f"preparation {preparation.pk}",
            do="wait until the work in progress is done; for a released set, prepare the documents again",
        )


@contextmanager
def _held(preparation: Preparation) -> Iterator[None]:
    """A transaction in which nobody else decides on this preparation, nor starts its release.

    Raises:
        PreparationClosed: its state changed since the caller looked.
    """
    with transaction.atomic():
        _check_open(Preparation.objects.select_for_update().get(pk=preparation.pk))
        yield


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
    meant = mentions.filter(document__preparation=preparation)
    if action == ACCEPT:
        meant = meant.exclude(suggested=Mention.Action.ASK)
    elif action not in _ACTS:
        raise NothingToDecide(
            "That is not something a mention can be decided as.", where="the decision", do="choose redact or keep"
        )
    record(actor, Operation.ALTERATION, preparation, purpose=f"decide-{action}")
    with _held(preparation):
        before = _as_they_stand(meant)
        chosen = [pk for *_, pks in before for pk in pks]
        if not chosen:
            raise NothingToDecide(
                "Nothing was decided: no place was chosen, or those chosen are questions that need your own answer.",
                where="the decision",
                do="choose at least one place, then redact or keep",
            )
        plural = "" if len(chosen) == 1 else "s"
        batch = DecisionBatch.objects.create(
            preparation=preparation,
            author=actor,
            summary=f"{_ACTS[action]} {len(chosen)} place{plural}",
            before=before,
        )
        decided = F("suggested") if action == ACCEPT else action
        _set(
            chosen,
            decided=decided,
            decided_reason=reason.strip()[:REASON_LIMIT],
            decided_basis=basis,
            decided_by_id=actor.pk,
            decided_at=timezone.now(),
        )
    return batch


def _as_they_stand(mentions: QuerySet[Mention]) -> list[list[Any]]:
    """The decisions on `mentions`, as `DecisionBatch.before` keeps them."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for pk, *decision in mentions.order_by("pk").values_list("pk", *_DECISION):
        alike.setdefault(tuple(decision), []).append(pk)
    return [
        [decided, reason, basis, str(by) if by else None, at.isoformat() if at else None, pks]
        for (decided, reason, basis, by, at), pks in alike.items()
    ]


def _set(pks: list[int], **decision: object) -> int:
    return sum(Mention.objects.filter(pk__in=some).update(**decision) for some in _in_parts(pks))


def _in_parts(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    return (pks[at : at + _AT_ONCE] for at in range(0, len(pks), _AT_ONCE))


def undo(actor: User, preparation: Preparation) -> DecisionBatch | None:
    """Take back this person's newest decision that was not taken back yet; None if there is none.

    Places somebody else has decided since keep that later decision.
    """
    require_open(actor, preparation)
    record(actor, Operation.ALTERATION, preparation, purpose="undo-decision")
    with _held(preparation):
        batch = preparation.batches.filter(undone=False, author=actor).first()
        if batch is None:
            return None
        for decided, reason, basis, by, at, pks in batch.before:
            for some in _in_parts(pks):
                meant = Mention.objects.filter(pk__in=some, decided_by=actor)
                if not decided:
                    # A mark made by hand was never undecided: taking it back removes it.
                    meant.filter(detector=Mention.MANUAL).delete()
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
    box = view_of(document.evidence, page).box(shown)
    return _manual(
        actor,
        document,
        kind=kind,
        reason=reason,
        page=page,
        text="",
        boxes=[[box.page, box.x0, box.y0, box.x1, box.y1]],
        why="Drawn by hand.",
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
        actor, document, kind=kind, reason=reason, start=start, end=end, text=text, why="Marked by hand.", boxes=[]
    )


def _manual(actor: User, document: PreparedDocument, *, kind: str, reason: str, **place: object) -> Mention:
    preparation = document.preparation
    record(actor, Operation.ALTERATION, preparation, purpose="mark-by-hand")
    with _held(preparation):
        mention = Mention.objects.create(
            document=document,
            kind=kind,
            detector=Mention.MANUAL,
            suggested=Mention.Action.REDACT,
            reason=" ".join(reason.split())[:LABEL_LIMIT] or "Marked by hand",
            decided=Mention.Action.REDACT,
            decided_basis="individual",
            decided_by=actor,
            decided_at=timezone.now(),
            **place,
        )
        before = [["", "", "", None, None, [mention.pk]]]
        DecisionBatch.objects.create(preparation=preparation, author=actor, summary="Marked by hand", before=before)
    return mention


def withdraw(actor: User, mention: Mention) -> None:
    """Remove a mark made by hand; what a detector found cannot be removed, only kept.

    Raises:
        NothingToDecide: the mention was found by a detector.
    """
    preparation = mention.document.preparation
    require_open(actor, preparation)
    if not mention.is_manual:
        raise NothingToDecide(
            "Only marks made by hand can be removed.", where=f"mention {mention.pk}", do="decide to keep it instead"
        )
    record(actor, Operation.ALTERATION, preparation, purpose="remove-own-mark")
    with _held(preparation):
        mention.delete()
