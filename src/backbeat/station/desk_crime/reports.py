"""Entering a report: every change of its facts is decided again at once, and can be undone.

Facts that the rules refuse change nothing; the caller shows what is wrong, at the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from backbeat.crime.errors import FactsRefused
from backbeat.errors import UserError
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.entering import find_fact, new_document
from backbeat.station.desk_crime.errors import ChangedMeanwhile, ReferenceTaken, ReportClosed
from backbeat.station.desk_crime.models import CrimeReport, FactChange

__all__ = [
    "PAUSE",
    "Refusal",
    "assign",
    "change_facts",
    "change_narrative",
    "close",
    "erase_narrative",
    "open_report",
    "put_in_queue",
    "require_open",
    "touch",
    "unanswered",
    "undo",
]

Facts = dict[str, Any]
PAUSE = timedelta(minutes=5)
"""What a longer pause between two signs of work counts as."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that was not made, because the facts would have been wrong."""

    faults: tuple[engine.Fault, ...]


def unanswered(report: CrimeReport, proposal: engine.Proposal | None) -> tuple[list[Any], list[Any]]:
    """The questions of a proposal: those still to be asked, and those asked that nobody could answer."""
    to_ask, not_known = [], []
    asked = {tuple(pair) for pair in report.asked}
    for question in proposal.questions if proposal else ():
        given = find_fact(report.facts, question.about, question.fact) == "unknown"
        (not_known if given or (question.about, question.fact) in asked else to_ask).append(question)
    return to_ask, not_known


def touch(report: CrimeReport) -> None:
    """Somebody works on the report now: count the time since the last sign, a longer pause as `PAUSE`.

    To count a pause as nothing would claim more time given back than there is.
    """
    now = timezone.now()
    since = min(now - report.touched_at, PAUSE) if report.touched_at else timedelta()
    report.active_ms += max(0, since // timedelta(milliseconds=1))
    report.touched_at = now
    CrimeReport.objects.filter(pk=report.pk).update(active_ms=report.active_ms, touched_at=now)


def _decide_again(report: CrimeReport) -> engine.Proposal | None:
    """Set what follows from the facts: deadline and number of open questions.

    Raises:
        FactsRefused: they are wrong.
    """
    proposal = engine.propose(report.facts)
    report.deadline = proposal.deadline(report.received_at) if proposal else report.received_at + engine.WITHIN
    report.questions_open = len(unanswered(report, proposal)[0])
    return proposal


def open_report(
    actor: User,
    *,
    reference: str,
    received_at: datetime,
    force: str,
    facts: Facts | None = None,
    narrative: str = "",
    begun_at: datetime | None = None,
) -> CrimeReport | Refusal:
    """A new report in the actor's unit, being entered by the actor since `begun_at`.

    Raises:
        Refused: they may not enter reports.
        ReferenceTaken: another report has the reference.
    """
    require(actor, "crime.record")
    report = CrimeReport(
        reference=reference,
        received_at=received_at,
        force=force,
        unit=actor.unit,
        created_by=actor,
        assigned_to=actor,
        narrative=narrative,
        touched_at=begun_at,
        facts=facts or new_document(reference, timezone.localtime(received_at), force),
    )
    try:
        _decide_again(report)
    except FactsRefused as refusal:
        return Refusal(tuple(engine.faults_of(refusal)))
    if CrimeReport.objects.filter(reference=reference).exists():
        raise _taken()
    try:
        with recorded(actor, Operation.COLLECTION, report), transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        raise _taken() from None
    touch(report)
    return report


def _taken() -> ReferenceTaken:
    return ReferenceTaken(
        "Another report has this reference.", where="field Reference", do="open that report, or give another reference"
    )


def require_open(report: CrimeReport) -> None:
    """Raises:
    ReportClosed: facts may not change now.
    """
    if not report.can_change:
        raise ReportClosed(
            "The report is decided or with the registrar, so its facts do not change.",
            where=f"crime report {report.pk}",
            do="choose “Decide again” on the report first",
        )


def change_facts(
    actor: User,
    report: CrimeReport,
    facts: Facts,
    *,
    summary: str,
    revision: int,
    asked: list[list[str]] | None = None,
) -> Refusal | None:
    """Put other facts in the place of those that stand, if the rules can read them.

    `revision` is that of the report on the page that sent this; `asked` what was asked without an answer, where that
    changes too; `summary` what was done, in words.

    Raises:
        Refused: they may not record.
        ReportClosed: the report is not open.
        ChangedMeanwhile: somebody else was faster.
    """
    require(actor, "crime.record")
    require_open(report)
    before, asked_before = report.facts, report.asked
    report.facts, report.asked = facts, report.asked if asked is None else asked
    try:
        _decide_again(report)
    except FactsRefused as refusal:
        report.facts, report.asked = before, asked_before
        return Refusal(tuple(engine.faults_of(refusal)))
    with recorded(actor, Operation.ALTERATION, report, purpose="facts"), transaction.atomic():
        _save(report, revision)
        FactChange.objects.create(
            report=report, author=actor, summary=summary[:300], before=before, asked_before=asked_before
        )
    touch(report)
    return None


def _save(report: CrimeReport, revision: int, **more: object) -> None:
    values: Mapping[str, object] = {
        "facts": report.facts,
        "asked": report.asked,
        "deadline": report.deadline,
        "questions_open": report.questions_open,
        "revision": F("revision") + 1,
        **more,
    }
    if not CrimeReport.objects.filter(pk=report.pk, revision=revision).update(**values):
        raise ChangedMeanwhile(
            "The report was changed while this page was open, so nothing was changed by it.",
            where=f"crime report {report.pk}",
            do="look at the report as it stands now, and answer again if you still need to",
        )
    report.revision = revision + 1


def undo(actor: User, report: CrimeReport, *, revision: int) -> str | None:
    """Take back the newest change of the facts, whoever of the recorders made it; what it was, or None.

    Raises:
        Refused: they may not record.
        ReportClosed: the report is not open.
        ChangedMeanwhile: somebody else was faster.
    """
    require(actor, "crime.record")
    require_open(report)
    last = report.changes.filter(undone=False).first()
    if last is None:
        return None
    report.facts, report.asked = last.before, last.asked_before
    _decide_again(report)
    with recorded(actor, Operation.ALTERATION, report, purpose="undo"), transaction.atomic():
        _save(report, revision)
        FactChange.objects.filter(pk=last.pk).update(undone=True)
    return last.summary


def put_in_queue(actor: User, report: CrimeReport) -> None:
    """Leave it for whoever is free; the clock runs on.

    Raises:
        Refused: they may not record.
        ReportClosed: the report is not open.
    """
    require(actor, "crime.record")
    require_open(report)
    with recorded(actor, Operation.ALTERATION, report, purpose="queue"):
        CrimeReport.objects.filter(pk=report.pk).update(state=CrimeReport.State.OPEN, assigned_to=None)


def assign(actor: User, report: CrimeReport, user: User) -> None:
    """Give the report to somebody: recorders take it themselves, supervisors give it to anyone of their unit.

    Raises:
        Refused: neither is theirs to do.
    """
    require(actor, "crime.record" if user.pk == actor.pk else "crime.supervise")
    with recorded(actor, Operation.ALTERATION, report, purpose="assign", detail={"to": str(user.pk)}):
        CrimeReport.objects.filter(pk=report.pk).update(assigned_to=user)


def close(actor: User, report: CrimeReport) -> None:
    """A supervisor has checked the decision: nothing more is to be done.

    Raises:
        Refused: they may not supervise.
        ReportClosed: it is not decided.
        UserError: they recorded it themselves.
    """
    require(actor, "crime.supervise")
    if report.state != CrimeReport.State.DECIDED or report.current is None:
        raise ReportClosed(
            "Only a decided report is closed.", where=f"crime report {report.pk}", do="record the decision first"
        )
    if report.current.decided_by_id == actor.pk:
        raise UserError(
            "You recorded this decision, so another supervisor closes it.",
            where=f"crime report {report.pk}",
            do="ask a colleague",
        )
    with recorded(actor, Operation.ALTERATION, report, purpose="close"):
        CrimeReport.objects.filter(pk=report.pk, state=CrimeReport.State.DECIDED).update(state=CrimeReport.State.CLOSED)


def change_narrative(actor: User, report: CrimeReport, text: str) -> None:
    """Keep what was told in words. No rule reads it.

    Raises:
        Refused: they may not record.
        ReportClosed: the report is not open.
    """
    require(actor, "crime.record")
    require_open(report)
    with recorded(actor, Operation.ALTERATION, report, purpose="narrative"):
        CrimeReport.objects.filter(pk=report.pk).update(narrative=text, narrative_erased_at=None)


def erase_narrative(actor: User, report: CrimeReport) -> None:
    """Delete the words for good; facts and decisions stay.

    Raises:
        Refused: they may neither record nor supervise.
    """
    require(actor, "crime.record")
    with recorded(actor, Operation.ERASURE, report, purpose="narrative"):
        CrimeReport.objects.filter(pk=report.pk).update(narrative="", narrative_erased_at=timezone.now())
