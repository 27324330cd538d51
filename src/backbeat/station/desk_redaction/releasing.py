"""Release: from decisions to verified files, a certificate and a ledger row; and handing them to a recipient."""

import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.ledger import Ledger
from backbeat.redaction import labels, service
from backbeat.redaction.manifest import Status
from backbeat.redaction.model import Action, Box, Decision, Kind
from backbeat.runner import JobContext
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record
from backbeat.station.desk_redaction import clock
from backbeat.station.desk_redaction.errors import NothingToDecide, NotReviewed, PreparationClosed
from backbeat.station.desk_redaction.evidence import staged
from backbeat.station.desk_redaction.groups import kind_inside, mentions_of
from backbeat.station.desk_redaction.merging import without_overlaps
from backbeat.station.desk_redaction.models import Mention, Preparation, PreparedDocument
from backbeat.station.desk_redaction.preparing import RELEASE, submit
from backbeat.station.desk_redaction.spreading import spread

__all__ = ["RELEASE", "Readiness", "Result", "apply", "disclose", "readiness", "release", "result"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a preparation and its release."""

    documents: int
    refused: int
    redact: int
    keep: int
    undecided: int
    pages: int
    seen: int


def readiness(preparation: Preparation) -> Readiness:
    """Count decisions, pages seen, documents left out."""
    documents = list(preparation.documents.all())
    read = [document for document in documents if document.state == PreparedDocument.State.READ]
    decided = Counter(mentions_of(preparation).filter(document__in=read).values_list("decided", flat=True))
    return Readiness(
        documents=len(read),
        refused=sum(document.state == PreparedDocument.State.REFUSED for document in documents),
        redact=decided[Mention.Action.REDACT] + decided[Mention.Action.PSEUDONYM],
        keep=decided[Mention.Action.KEEP],
        undecided=decided[""],
        pages=sum(document.pages for document in read),
        seen=sum(len(document.seen_pages) for document in read),
    )


def apply(actor: User, preparation: Preparation) -> None:
    """Have the job worker remove, verify and certify.

    Raises:
        Refused: the actor lacks `redaction.release`.
        PreparationClosed: it is being worked on, or was released.
        NotReviewed: places are undecided, or no document could be read.
    """
    require(actor, "redaction.release", preparation.case)
    if not preparation.is_open:
        raise PreparationClosed(
            "This preparation is not in review.",
            where=f"preparation {preparation.pk}",
            do="wait for the work in progress, or prepare the documents again",
        )
    _check_reviewed(preparation)
    record(actor, Operation.COMBINATION, preparation, purpose="release")
    with transaction.atomic():
        held = Preparation.objects.select_for_update().get(pk=preparation.pk)
        _check_reviewed(held)
        if held.is_open:  # otherwise somebody else asked for the same a moment ago
            # The time is taken now: a release done again after a crash must say the same.
            held.outcome = {**held.outcome, "spent": clock.milliseconds(held)}
            held.state = Preparation.State.APPLYING
            held.released_by = actor
            held.scan += 1
            held.save(update_fields=["outcome", "state", "released_by", "scan"])
    submit(held)


def _check_reviewed(preparation: Preparation) -> None:
    ready = readiness(preparation)
    where = f"preparation {preparation.pk}"
    if not ready.documents:
        raise NotReviewed(
            "No document of this preparation could be read, so nothing was released.",
            where=where,
            do="see what became of each document, and prepare those that can be read",
        )
    if ready.undecided:
        raise NotReviewed(
            f"{ready.undecided} places are undecided, so nothing was released.",
            where=where,
            do="decide every place; unknown never counts as keep",
        )


def release(context: JobContext) -> Json:
    """The job: make the files, let the sceptic at them, certify, bundle. Run again, it ends the same."""
    if not isinstance(context.payload, Mapping):
        raise Bug("a release job without its numbers")
    pk, scan = int(str(context.payload["preparation"])), int(str(context.payload["scan"]))
    preparation = Preparation.objects.select_related("case", "released_by").get(pk=pk)
    if preparation.scan != scan or preparation.state != Preparation.State.APPLYING:
        return {"superseded": True}
    folder = context.scratch()
    spread(preparation, folder)
    # Counted, not taken from `spread`: of what a killed attempt added, the next finds nothing more to add.
    if more := readiness(preparation).undecided:
        _finish(pk, scan, state=Preparation.State.REVIEW, outcome={**preparation.outcome, "spread": more})
        return {"more": more}
    out = folder / "released"
    done = _release_files(preparation, folder, out, context)
    if any(fate.status is not Status.REDACTED for fate in done.fates):
        # `withheld_before` makes what follows rework, which the ledger counts apart.
        outcome = {"documents": done.manifest["documents"], "withheld_before": True}
        _finish(pk, scan, state=Preparation.State.WITHHELD, outcome=outcome)
        return {"withheld": True}
    bundle = context.output("bundle.zip")
    _bundle(out, bundle)
    sha256 = context.store.put(bundle)
    outcome = {"documents": done.manifest["documents"], "spent": preparation.outcome["spent"]}
    row = done.receipt.seq if done.receipt else None
    _finish(pk, scan, state=Preparation.State.RELEASED, outcome=outcome, bundle_sha256=sha256, ledger_row=row)
    return {"bundle": sha256}


def _finish(pk: int, scan: int, **values: object) -> None:
    with transaction.atomic():
        Preparation.objects.filter(pk=pk, scan=scan, state=Preparation.State.APPLYING).update(**values)


def _release_files(preparation: Preparation, folder: Path, out: Path, context: JobContext) -> service.Release:
    spent = preparation.outcome["spent"]
    actor = preparation.released_by
    if actor is None:
        raise Bug("a release that nobody asked for")
    documents = list(
        preparation.documents.filter(state=PreparedDocument.State.READ).select_related("evidence").order_by("pk")
    )
    inputs = [
        service.ReleaseInput(
            path=staged(document.evidence, folder),
            decisions=_decisions(preparation, document),
            shown_as=f"exhibit {number}",
        )
        for number, document in enumerate(documents, 1)
    ]
    return service.release(
        inputs,
        out,
        installation=settings.INSTALLATION,
        actor=service.Actor(actor.get_username(), shown_as=str(actor), role=actor.role_titles),
        profile_id=preparation.profile,
        on=preparation.profile_date,
        case_id=str(preparation.case_id),
        human=service.HumanTime(spent["preparing"], spent["review"], spent["rework"]),
        key=f"{RELEASE}/{preparation.pk}/{preparation.scan}",
        progress=lambda done, total: context.progress(done, total),
    )


def _decisions(preparation: Preparation, document: PreparedDocument) -> tuple[Decision, ...]:
    secret = settings.INSTALLATION.secret("pseudonym")
    made = []
    for mention in document.mentions.select_related("decided_by"):
        action, kind = Action(mention.decided), Kind(mention.kind)
        if action is Action.PSEUDONYM and not mention.person:
            action = Action.REDACT  # nobody known to stand in for
        stand_in = None
        if action is Action.PSEUDONYM:
            stand_in = labels.pseudonym(secret, str(preparation.case_id), mention.person, kind)
        drawn = mention.start is None
        made.append(
            Decision(
                action=action,
                kind=kind,
                reason=mention.decided_reason or mention.reason,
                author=mention.decided_by.get_username() if mention.decided_by else "",
                basis=mention.decided_basis,
                start=mention.start,
                end=mention.end,
                boxes=tuple(Box(int(page), *corners) for page, *corners in mention.boxes) if drawn else (),
                person=mention.person or None,
                replacement=stand_in,
            )
        )
    return without_overlaps(made)


def _bundle(out: Path, target: Path) -> None:
    """One zip of the output folder; entries carry one fixed date, so the same files give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(out.iterdir()):
            entry = zipfile.ZipInfo(path.name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w") as sink:
                while chunk := source.read(1 << 20):
                    sink.write(chunk)


def disclose(actor: User, preparation: Preparation, recipient: str) -> None:
    """Record that the bundle goes to `recipient`, before it does.

    Raises:
        Refused: the actor lacks `redaction.release`.
        NothingToDecide: no recipient was named.
    """
    require(actor, "redaction.release", preparation.case)
    to = " ".join(recipient.split())[:120]
    if not to:
        raise NothingToDecide(
            "A disclosure needs a recipient, so nothing was downloaded.",
            where="the form",
            do="say who will receive the bundle",
        )
    record(
        actor,
        Operation.DISCLOSURE,
        preparation,
        purpose=preparation.profile,
        recipients=(preparation.profile,),
        detail={"recipient": to},
    )


@dataclass(frozen=True, slots=True)
class Result:
    """What a release did, in words for its page."""

    documents: int
    pages: int
    removed: int
    kept: int
    by_kind: tuple[tuple[str, int], ...]
    notices: tuple[str, ...]
    findings: tuple[Mapping[str, Any], ...]
    spent: str
    saved: str
    against: str


def result(preparation: Preparation) -> Result | None:
    """The result of the last release or attempt at one; None before any."""
    documents = preparation.outcome.get("documents")
    if not documents:
        return None
    removed: Counter[str] = Counter()
    for document in documents:
        removed.update(document["counts"])
    names = [d.evidence.original_name for d in preparation.documents.filter(state="read").order_by("pk")]
    findings = [
        {"document": name, "page": finding.get("page"), "message": finding["message"]}
        for name, document in zip(names, documents, strict=False)
        for finding in document["findings"] + _problem_of(document)
    ]
    spent = preparation.outcome.get("spent", {})
    saved, against = _saved(preparation)
    return Result(
        documents=len(documents),
        pages=sum(document["pages"] for document in documents),
        removed=removed.total(),
        kept=sum(sum(document["kept"].values()) for document in documents),
        by_kind=tuple((kind_inside(kind), count) for kind, count in removed.most_common()),
        notices=tuple(dict.fromkeys(n["message"] for document in documents for n in document["notices"])),
        findings=tuple(findings),
        spent=_minutes(sum(spent.values())),
        saved=saved,
        against=against,
    )


def _problem_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    error = document.get("error")
    return [{"page": None, "message": error["what"]}] if error else []


def _minutes(milliseconds: int) -> str:
    return f"{milliseconds / 60_000:.1f} minutes"


def _saved(preparation: Preparation) -> tuple[str, str]:
    """Net minutes of this one row against its baseline, never without the grade."""
    if preparation.ledger_row is None:
        return "", ""
    savings = Ledger.open(settings.INSTALLATION).saving(seq=preparation.ledger_row).savings
    if not savings:
        return "Not measured against anything", "There is no baseline for this work."
    saving = savings[0]
    return (
        f"{saving.net_ms / 60_000:+.1f} minutes",
        f"Net of your time, against {saving.baseline.source}; evidence grade {saving.grade.value}, interval not yet "
        "estimated.",
    )
