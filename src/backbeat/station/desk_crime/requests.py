"""Requests about crimes on record: asking, answering, withdrawing. `requests_deciding` grants and refuses.

Each is a facts document of its own, with the facts of the report and this one request, so that it is decided by the
engine like anything else and what was decided can be replayed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from backbeat.crime.errors import FactsRefused
from backbeat.crime.facts_file import FORMAT
from backbeat.crime.model import Authority, RequestKind
from backbeat.crime.requests import RequestAnswer, RequestVerdict, decide_request
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.afterwards import Subject, standing_of_report
from backbeat.station.desk_crime.entering import find_fact
from backbeat.station.desk_crime.errors import ChangedMeanwhile, NotReady
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest
from backbeat.station.desk_crime.recording import plain_of
from backbeat.station.desk_crime.reports import PAUSE

__all__ = [
    "REGISTRARS",
    "Subject",
    "Wanted",
    "about_of",
    "answer_request",
    "ask_for",
    "choices_of",
    "deciders_of",
    "find_subject",
    "gone_meanwhile",
    "propose_request",
    "search_wanted",
    "subjects_of",
    "touch_request",
    "unanswered_of",
    "withdraw",
]

DECIDED = (CrimeReport.State.DECIDED, CrimeReport.State.CLOSED)
MOST_FOUND = 20
REGISTRARS = {Authority.FCR.value, Authority.REGISTERED_FCR.value}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that can be asked for."""

    value: str
    words: str


def subjects_of(report: CrimeReport) -> list[Subject]:
    """What requests can be about: each crime of the decision that stands, less those cancelled, as reclassified."""
    return [one for one in standing_of_report(report) if one.cancelled is None]


def find_subject(report: CrimeReport, key: str) -> Subject | None:
    """The crime as it stands now; None where it stands no more."""
    return next((one for one in subjects_of(report) if one.key == key), None)


def choices_of(kind: RequestKind, day: date) -> list[Wanted]:
    """What can be asked for without searching: every outcome (rules p24) or cancellation (p25 to 26)."""
    rules = engine.rules_on(day)
    match kind:
        case RequestKind.OUTCOME:
            return [Wanted(row["outcome"], row["title"]) for row in rules.rows("outcomes")]
        case RequestKind.CANCEL:
            return [Wanted(row["cancellation"], row["title"]) for row in rules.rows("cancellations")]
    return []


def search_wanted(words: str, day: date) -> list[Wanted]:
    """Offences and incidents that a code, a class or a few words may mean, to reclassify to."""
    if not words.strip():
        return []
    parts = words.casefold().split()
    incidents = [
        Wanted(f"{row['code']} {row['class']}", f"{row['class']} {row['code']} {row['title']}")
        for row in engine.rules_on(day).rows("incidents")
        if row["current"] == "yes"
        and all(part in f"{row['class']} {row['code']} {row['title']}".casefold() for part in parts)
    ]
    pairs = dict.fromkeys((one.code, one.class_) for one in engine.offences_for(words, day))
    crimes = {f"{code} {class_}": f"{class_} {code} {_text_of(code, class_, day)}" for code, class_ in pairs}
    return [*incidents, *(Wanted(value, text) for value, text in crimes.items())][:MOST_FOUND]


def _wanted(kind: RequestKind, value: str, day: date) -> Wanted | None:
    """What was picked, in words; None where the edition has no such thing."""
    if kind is not RequestKind.RECLASSIFY:
        return next((one for one in choices_of(kind, day) if one.value == value), None)
    code, _, class_ = value.partition(" ")
    for row in engine.rules_on(day).rows("incidents"):
        if (row["code"], row["class"]) == (code, class_):
            return Wanted(value, f"{class_} {code} {row['title']}")
    text = _text_of(code, class_, day)
    return Wanted(value, f"{class_} {code} {text}") if text else None


def _text_of(code: str, class_: str, day: date) -> str:
    """The offence in the list's words, all of them where one code has several: none is picked for the recorder."""
    rows = [row for row in engine.rules_on(day).rows("offences") if (row["code"], row["class"]) == (code, class_)]
    current = [row for row in rows if row["current"] == "yes"] or rows
    return " / ".join(dict.fromkeys(row["offence"] for row in current))


def propose_request(document: dict[str, Any]) -> tuple[engine.Proposal, RequestAnswer]:
    """What the rules make of a request as it stands: the decision, and the answer with what each reason does.

    Raises:
        FactsRefused: the facts contradict the rules.
    """
    proposal = engine.propose(document)
    assert proposal is not None  # noqa: S101 - the document has a request
    decision = proposal.decision
    return proposal, decide_request(decision.rules, decision.report, decision.report.requests[0])


def deciders_of(answer: RequestAnswer) -> list[str]:
    """Who may decide it, any one of them. What the rules leave open is for whom they refer it to."""
    if answer.referral is not None:
        return [answer.referral.to.value]
    return [one.value for one in answer.deciders]


def unanswered_of(document: dict[str, Any], answer: RequestAnswer) -> tuple[list[Any], list[Any]]:
    """Its questions: those still to be asked, and those asked that nobody could answer."""
    to_ask, not_known = [], []
    for question in answer.questions:
        given = find_fact(document, question.about, question.fact) == "unknown"
        (not_known if given else to_ask).append(question)
    return to_ask, not_known


def _standing(document: dict[str, Any]) -> dict[str, object]:
    """Columns that follow from the facts."""
    _proposal, answer = propose_request(document)
    to_ask, _not_known = unanswered_of(document, answer)
    deciders = deciders_of(answer)
    ready = not to_ask and answer.verdict in (RequestVerdict.ALLOWED, RequestVerdict.REFER)
    return {
        "state": CrimeRequest.State.DRAFT if to_ask else CrimeRequest.State.ANSWERED,
        "verdict": answer.verdict.value,
        "deciders": deciders,
        "to_registrar": ready and bool(set(deciders) & REGISTRARS),
    }


def ask_for(actor: User, report: CrimeReport, *, subject: str, kind: str, wanted: str) -> CrimeRequest:
    """Begin a request about a crime on record.

    Raises:
        Refused: they may not record.
        NotReady: the report is not decided, it has no such crime, nothing that can be asked for was picked, or the same
            is asked already.
    """
    require(actor, "crime.record")
    where = f"crime report {report.pk}"
    if report.state not in DECIDED or report.current is None:
        raise NotReady("The report is not decided.", where=where, do="record the decision first")
    about = find_subject(report, subject)
    if about is None:
        raise NotReady("No crime was picked.", where=where, do="pick the crime that this is about")
    picked = _wanted(RequestKind(kind), wanted, engine.day_of(report.received_at))
    if picked is None:
        raise NotReady("Nothing was picked.", where=where, do="pick what is wanted")
    if report.requests.filter(subject=subject, kind=kind, wanted=wanted, state__in=CrimeRequest.OPEN).exists():
        raise NotReady("The same is asked already.", where=where, do="go on with that request, or withdraw it")
    number = (report.requests.aggregate(last=Max("number"))["last"] or 0) + 1
    document = _document(report, about, kind, wanted, number)
    try:
        standing = _standing(document)
    except FactsRefused as refusal:
        raise NotReady(refusal.what, where=where, do=refusal.do or "pick something else") from None
    made = CrimeRequest(
        report=report,
        version=report.current,
        number=number,
        subject=subject,
        subject_words=about.words[:300],
        kind=kind,
        wanted=wanted,
        wanted_words=picked.words[:500],
        facts=document,
        hands=[str(actor.pk)],
        asked_by=actor,
        touched_at=timezone.now(),
        **standing,
    )
    try:
        with recorded(actor, Operation.ALTERATION, report, purpose="request"), transaction.atomic():
            made.save()
    except IntegrityError:
        raise ChangedMeanwhile(
            "Somebody else asked for something at the same moment.", where=where, do="send it again"
        ) from None
    return made


def _document(report: CrimeReport, about: Subject, kind: str, wanted: str, number: int) -> dict[str, Any]:
    """Its own number tells it from one about the crime of another victim, so that each leaves its own row of time."""
    assert report.current is not None  # noqa: S101 - the caller has seen to it
    offence = {"code": about.code, "class": about.class_}
    if about.text:
        offence["offence"] = about.text
    return {
        "format": FORMAT,
        "report": dict(plain_of(report.current)["facts"]["report"]),
        "parties": [],
        "relationships": [],
        "allegations": [],
        "requests": [{"id": f"r{number}", "kind": kind, "offence": offence, "wanted": wanted, "facts": {}}],
    }


def gone_meanwhile(request: CrimeRequest) -> ChangedMeanwhile:
    """What to say when a page was drawn from an older state."""
    return ChangedMeanwhile(
        "The request was changed while this page was open, so nothing was changed by it.",
        where=f"request {request.number} of crime report {request.report_id}",
        do="look at it as it stands now",
    )


def answer_request(actor: User, request: CrimeRequest, facts: dict[str, Any], *, revision: int) -> None:
    """Put other facts in the place of those that stand.

    Raises:
        Refused: they may not record.
        FactsRefused: the rules cannot read the facts; nothing was changed.
        ChangedMeanwhile: somebody else was faster, or it is decided.
    """
    require(actor, "crime.record")
    standing = _standing(facts)
    hands = sorted({*request.hands, str(actor.pk)})
    with recorded(actor, Operation.ALTERATION, request.report, purpose="request-facts"):
        open_now = CrimeRequest.objects.filter(pk=request.pk, revision=revision, state__in=CrimeRequest.OPEN)
        if not open_now.update(facts=facts, hands=hands, revision=F("revision") + 1, **standing):
            raise gone_meanwhile(request)
    touch_request(request)


def touch_request(request: CrimeRequest) -> None:
    """Somebody works on the request now: count the time since the last sign, a longer pause as five minutes."""
    now = timezone.now()
    since = min(now - request.touched_at, PAUSE) if request.touched_at else timedelta()
    request.active_ms += max(0, since // timedelta(milliseconds=1))
    request.touched_at = now
    CrimeRequest.objects.filter(pk=request.pk).update(active_ms=request.active_ms, touched_at=now)


def about_of(request: CrimeRequest) -> str:
    """Where its questions are asked: `request:r1`."""
    return f"request:{request.facts['requests'][0]['id']}"


def withdraw(actor: User, request: CrimeRequest) -> None:
    """Take it back; what was answered stays to be read.

    Raises:
        Refused: they may not record.
        ChangedMeanwhile: it is decided or withdrawn already.
    """
    require(actor, "crime.record")
    with recorded(actor, Operation.ALTERATION, request.report, purpose="request-withdraw"):
        open_now = CrimeRequest.objects.filter(pk=request.pk, state__in=CrimeRequest.OPEN)
        if not open_now.update(state=CrimeRequest.State.WITHDRAWN, to_registrar=False, revision=F("revision") + 1):
            raise gone_meanwhile(request)
