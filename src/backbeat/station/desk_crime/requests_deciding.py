"""Granting or refusing a request: the act of a named person whom the rules name, and who is independent where they ask.

Rules p25: C2 to C5 are decided by somebody independent of the investigation, C2 for rape and homicide only by a
registrar on the College of Policing's register.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from backbeat.crime.model import Authority, RequestKind
from backbeat.crime.requests import RequestAnswer, RequestVerdict
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may, require
from backbeat.station.audit import records
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.afterwards import Subject
from backbeat.station.desk_crime.errors import ChangedMeanwhile, NotIndependent, NotReady, NotTheDecider
from backbeat.station.desk_crime.ledger_rows import leave_request_row
from backbeat.station.desk_crime.models import CrimeRequest, GrantTakenBack
from backbeat.station.desk_crime.requests import (
    REGISTRARS,
    deciders_of,
    find_subject,
    gone_meanwhile,
    propose_request,
    touch_request,
    unanswered_of,
)
from backbeat.station.desk_crime.ruling import is_independent

__all__ = [
    "Standing",
    "decide_it",
    "leaves_nothing",
    "must_be_registered",
    "needs_independence",
    "standing_of",
    "take_back",
    "take_back_of",
    "words_of",
]

_PERMISSIONS = {
    Authority.OFFICER.value: "crime.record",
    Authority.SUPERVISOR.value: "crime.supervise",
    Authority.INSPECTOR.value: "crime.supervise",
    Authority.DDM.value: "crime.supervise",
    Authority.FCR.value: "crime.rule",
    Authority.REGISTERED_FCR.value: "crime.rule",
}
"""Authority → the permission of whoever may act as it. Nobody at a station is the Appropriate Authority."""
_WORDS = {
    Authority.OFFICER.value: "an officer",
    Authority.SUPERVISOR.value: "a supervisor",
    Authority.INSPECTOR.value: "an inspector",
    Authority.DDM.value: "a designated decision maker",
    Authority.FCR.value: "the force crime registrar",
    Authority.REGISTERED_FCR.value: "a force crime registrar on the College of Policing’s register",
    Authority.APPROPRIATE_AUTHORITY.value: "the Appropriate Authority",
}

_AGAINST = {
    RequestKind.OUTCOME.value: ("another outcome", "no outcome yet"),
    RequestKind.CANCEL.value: ("wait for", "reclassify"),
    RequestKind.RECLASSIFY.value: ("cancel",),
}
"""How candidates begin that speak for something else than what is asked for (p18, p20, p25, p34, p58)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody may decide a request."""

    fits: bool
    """Their role is one the rules name."""
    independent: bool
    """They are independent of it, or need not be."""
    why_not: str = ""
    """In words, where either is missing."""

    def __bool__(self) -> bool:
        return self.fits and self.independent


def leaves_nothing(kind: str, candidate: str) -> bool:
    """Whether a candidate of the rules leaves nothing to grant: it speaks for something else than what is asked for."""
    return candidate.startswith(_AGAINST[kind])


def words_of(deciders: list[str]) -> str:
    """`a designated decision maker or the force crime registrar`."""
    named = [_WORDS[one] for one in deciders]
    return " or ".join(named) if named else "whoever the force’s own procedure names (Outcomes p3)"


def must_be_registered(deciders: list[str]) -> bool:
    """Whether the registrar who decides must stand on the College of Policing's register."""
    return deciders == [Authority.REGISTERED_FCR.value]


def needs_independence(request: CrimeRequest) -> bool:
    """Whether the rules ask that somebody independent of the investigation decides: C2 to C5 (p25)."""
    if request.kind != RequestKind.CANCEL:
        return False
    rows = engine.rules_on(engine.day_of(request.report.received_at)).rows("cancellations")
    return any(row["cancellation"] == request.wanted and row["independent"] == "yes" for row in rows)


def standing_of(user: User, request: CrimeRequest, deciders: list[str]) -> Standing:
    """Whether this person may decide it, and why not."""
    wanted = deciders or [Authority.OFFICER.value]
    held = [one for one in wanted if one in _PERMISSIONS and may(user, _PERMISSIONS[one])]
    if not held:
        return Standing(False, True, f"This is for {words_of(deciders)} to decide, which your roles do not make you.")
    if needs_independence(request) and not _has_no_hand(user, request):
        return Standing(
            True,
            False,
            "You had a hand in recording this report or in this request, and somebody independent of the investigation"
            " decides it (rules p25).",
        )
    if Authority.OFFICER.value not in held and str(user.pk) in request.hands:
        return Standing(True, False, "You asked for this or answered its questions, so a colleague decides it.")
    if all(_PERMISSIONS[one] == "crime.rule" for one in held) and not is_independent(user, request.report):
        return Standing(True, False, "You had a hand in recording this report, so another registrar decides it.")
    return Standing(True, True)


def _has_no_hand(user: User, request: CrimeRequest) -> bool:
    return str(user.pk) not in request.hands and is_independent(user, request.report)


def decide_it(
    actor: User,
    request: CrimeRequest,
    *,
    grant: bool,
    reason: str,
    revision: int,
    candidate: str = "",
    registered: bool = False,
) -> None:
    """Grant it, or refuse it. What the rules refuse is refused by whoever may record; nobody grants it.

    `candidate` is what the registrar chose where the rules leave it open; `registered` whether the actor says to stand
    on the College's register.

    Raises:
        NotReady: questions are open, the rules refuse it, or a reason, candidate or the register is missing.
        NotTheDecider: the rules leave it to somebody else; logged.
        NotIndependent: they had a hand in it.
        ChangedMeanwhile: it was changed or decided meanwhile, or the crime stands no more.
    """
    where = f"request {request.number} of crime report {request.report_id}"
    if not request.is_open or request.revision != revision:
        raise gone_meanwhile(request)
    proposal, answer = propose_request(request.facts)
    if unanswered_of(request.facts, answer)[0]:
        raise NotReady("Questions of this request are still open.", where=where, do="have them answered first")
    if answer.verdict is RequestVerdict.REFUSED and not grant:
        require(actor, "crime.rule" if may(actor, "crime.rule") else "crime.record")
    else:
        _require_standing(actor, request, answer, where)
    _require_complete(
        request.kind, answer, grant=grant, reason=reason, candidate=candidate, registered=registered, where=where
    )
    if grant:
        _require_as_asked(request, find_subject(request.report, request.subject))
    purpose = "request-granted" if grant else "request-refused"
    with recorded(actor, Operation.ALTERATION, request.report, purpose=purpose, detail={"reason": reason}):
        done = CrimeRequest.objects.filter(pk=request.pk, revision=revision, state__in=CrimeRequest.OPEN).update(
            state=CrimeRequest.State.GRANTED if grant else CrimeRequest.State.REFUSED,
            decision=proposal.bytes,
            decided_by=actor,
            decided_at=timezone.now(),
            candidate=candidate[:200],
            reason=reason.strip(),
            to_registrar=False,
            revision=F("revision") + 1,
        )
        if not done:
            raise gone_meanwhile(request)
    touch_request(request)
    leave_request_row(actor, request, proposal)


def _require_as_asked(request: CrimeRequest, now: Subject | None) -> None:
    """Raises:
    ChangedMeanwhile: the crime stands no more, or as another class or code than the rules were asked about.
    """
    if now is None:
        raise gone_meanwhile(request)
    asked = request.facts["requests"][0]["offence"]
    if (now.code, now.class_) != (asked["code"], asked["class"]):
        raise ChangedMeanwhile(
            f"The crime stands as {now.class_} {now.code} now, and the rules were asked about"
            f" {asked['class']} {asked['code']}.",
            where=f"request {request.number} of crime report {request.report_id}",
            do="withdraw it, and ask anew",
        )


def take_back_of(user: User, request: CrimeRequest) -> Standing:
    """Whether this person may take a grant back, and why not: whoever may decide it, and only the last one granted."""
    if request.state != CrimeRequest.State.GRANTED or request.is_taken_back:
        return Standing(False, True, "There is no grant to take back.")
    granted = request.report.requests.filter(
        subject=request.subject, state=CrimeRequest.State.GRANTED, taken_back__isnull=True
    )
    if granted.order_by("-decided_at", "-pk").values_list("pk", flat=True).first() != request.pk:
        return Standing(True, False, "Something was granted about the same crime since; that is taken back first.")
    return standing_of(user, request, request.deciders)


def take_back(actor: User, request: CrimeRequest, *, reason: str) -> None:
    """Take a grant back: the crime stands as before. Request and grant stay to be read, with this beside them.

    A crime stays on record unless something the rules name takes it off (rules p7); where that no longer holds, nor
    does the grant.

    Raises:
        NotTheDecider: the rules leave it to somebody else; logged.
        NotIndependent: they had a hand in it, or something was granted since.
        NotReady: the reason is missing.
        ChangedMeanwhile: it is no grant, or was taken back already.
    """
    where = f"request {request.number} of crime report {request.report_id}"
    if request.state != CrimeRequest.State.GRANTED or request.is_taken_back:
        raise gone_meanwhile(request)
    _raise_unless(take_back_of(actor, request), actor, request, where)
    if not reason.strip():
        raise NotReady("The reason is missing.", where=where, do="say why, so that an audit can follow it")
    detail = {"reason": reason}
    try:
        with (
            recorded(actor, Operation.ALTERATION, request.report, purpose="request-taken-back", detail=detail),
            transaction.atomic(),
        ):
            GrantTakenBack.objects.create(request=request, by=actor, reason=reason.strip())
    except IntegrityError:
        raise gone_meanwhile(request) from None


def _require_standing(actor: User, request: CrimeRequest, answer: RequestAnswer, where: str) -> None:
    _raise_unless(standing_of(actor, request, deciders_of(answer)), actor, request, where)


def _raise_unless(standing: Standing, actor: User, request: CrimeRequest, where: str) -> None:
    if not standing.fits:
        registrars = set(request.deciders) & REGISTRARS == set(request.deciders) != set()
        records.refusal(actor, "crime.rule" if registrars else "crime.supervise", request.report)
        raise NotTheDecider(standing.why_not, where=where, do="leave it to them; it waits in their list")
    if not standing.independent:
        raise NotIndependent(standing.why_not, where=where, do="ask a colleague who had no hand in it")


def _require_complete(
    kind: str, answer: RequestAnswer, *, grant: bool, reason: str, candidate: str, registered: bool, where: str
) -> None:
    if grant and answer.verdict is RequestVerdict.OPEN:
        raise NotReady(
            "Something that could still refuse it is not known.", where=where, do="find it out, then answer it"
        )
    if grant and answer.verdict is RequestVerdict.REFUSED:
        raise NotReady("The rules refuse it.", where=where, do="do what the reasons say first, or withdraw it")
    if not reason.strip():
        raise NotReady("The reason is missing.", where=where, do="say why, so that an audit can follow it")
    if grant and answer.referral and candidate not in {one.label for one in answer.referral.candidates}:
        raise NotReady("No candidate was chosen.", where=where, do="choose which of them holds")
    if grant and answer.referral and leaves_nothing(kind, candidate):
        raise NotReady(
            f"The candidate “{candidate}” leaves nothing to grant.",
            where=where,
            do="refuse this request with that as its reason, and ask for the other",
        )
    if grant and must_be_registered(deciders_of(answer)) and not registered:
        raise NotReady(
            "Only a registrar on the College of Policing’s register grants this (rules p25).",
            where=where,
            do="say that you stand on it, or leave it to somebody who does",
        )
