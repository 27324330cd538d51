"""The registrar's decisions: what holds of a referral, with a rationale, by somebody who did not record it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from backbeat.crime.errors import FactsRefused
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.choosing import Choice, choose
from backbeat.station.desk_crime.errors import ChangedMeanwhile, NotIndependent, NotReady
from backbeat.station.desk_crime.ledger_rows import leave_row
from backbeat.station.desk_crime.models import CrimeReport, DecisionVersion, DutyDone, RegistrarRuling
from backbeat.station.desk_crime.recording import (
    plain_of,
    ruling_row,
    rulings_for,
    separate_of,
    state_after,
    write_crimes,
)
from backbeat.station.desk_crime.reports import touch

__all__ = [
    "OVERSIGHT",
    "is_independent",
    "late_recordings",
    "late_version",
    "oversee",
    "recorders_of",
    "referred_reports",
    "rule",
    "unruled",
]


_RULED = "Ruling of the registrar"
OVERSIGHT = "late-oversight"
"""Key of the duty done when a registrar has seen to a late recording."""


def recorders_of(report: CrimeReport) -> set[object]:
    """Ids of everybody who had a hand in the facts or the decision; a registrar's own versions do not count."""
    return {
        report.created_by_id,
        *report.changes.values_list("author", flat=True),
        *report.versions.exclude(reason__startswith=_RULED).values_list("decided_by", flat=True),
    }


def is_independent(user: User, report: CrimeReport) -> bool:
    """Whether they did not record it."""
    return user.pk not in recorders_of(report)


def require_independent(user: User, report: CrimeReport, what: str) -> None:
    """Raises:
    NotIndependent: they recorded it.
    """
    if not is_independent(user, report):
        raise NotIndependent(
            f"You had a hand in recording this report, so you may not {what} it.",
            where=f"crime report {report.pk}",
            do="ask a colleague who did not",
        )


def referred_reports() -> QuerySet[CrimeReport]:
    """What waits for a registrar, the nearest deadline first."""
    return (
        CrimeReport.objects.filter(state=CrimeReport.State.REFERRED)
        .select_related("unit", "current__decided_by")
        .order_by("deadline", "pk")
    )


def late_recordings() -> QuerySet[DecisionVersion]:
    """Decisions recorded late that no registrar has overseen yet, the longest waiting first (p10)."""
    return (
        DecisionVersion.objects.exclude(late_rationale="")
        .exclude(duties_done__key=OVERSIGHT)
        .select_related("report__unit", "decided_by")
        .order_by("decided_at", "pk")
    )


def late_version(report: CrimeReport) -> DecisionVersion | None:
    """The version of a report that was recorded late, if one was; there is never a second."""
    return report.versions.exclude(late_rationale="").select_related("decided_by").first()


def oversee(actor: User, report: CrimeReport) -> None:
    """The registrar's oversight of a late recording is done.

    Raises:
        Refused: they do not rule.
        NotIndependent: they recorded the report.
        ChangedMeanwhile: there is no late recording.
    """
    require(actor, "crime.rule")
    require_independent(actor, report, "oversee the late recording of")
    version = late_version(report)
    if version is None:
        raise ChangedMeanwhile(
            "This report was not recorded late.",
            where=f"crime report {report.pk}",
            do="look at the report as it stands",
        )
    with recorded(actor, Operation.ALTERATION, report, purpose="late-oversight"):
        DutyDone.objects.get_or_create(version=version, key=OVERSIGHT, defaults={"by": actor})


def unruled(report: CrimeReport) -> list[dict[str, Any]]:
    """The referrals of the decision that stands which nobody has ruled on."""
    if report.current is None:
        return []
    ruled = rulings_for(report, report.current.referrals)
    return [one for one in report.current.referrals if one["key"] not in ruled]


def rule(
    actor: User,
    report: CrimeReport,
    *,
    key: str,
    candidates: Sequence[str],
    rationale: str,
    others: Sequence[str] = (),
    counts: Mapping[str, str] | None = None,
) -> DecisionVersion:
    """Say which candidates of a referral hold, or which other offence. A version of the decision with it is recorded.

    `others` are offences found by the search, `CODE|CLASS|TEXT`; `counts` how many crimes each offence makes.

    Raises:
        Refused: they do not rule.
        NotIndependent: they recorded the report.
        NotReady: the rationale is missing, there is no such candidate, or more is named than the rules allow.
        ChangedMeanwhile: somebody else ruled first.
    """
    require(actor, "crime.rule")
    require_independent(actor, report, "rule on")
    where = f"crime report {report.pk}"
    if report.state != CrimeReport.State.REFERRED:
        raise ChangedMeanwhile(
            "This report does not wait for a ruling: somebody is deciding it again, or it is decided.",
            where=where,
            do="look at the report as it stands now",
        )
    referral = next((one for one in unruled(report) if one["key"] == key), None)
    if referral is None or report.current is None:
        raise ChangedMeanwhile(
            "This referral no longer waits for a ruling.", where=where, do="look at the report as it stands now"
        )
    day = engine.day_of(report.received_at)
    chosen = choose(referral, candidates, others, counts or {}, day=day, where=where)
    if not rationale.strip():
        raise NotReady("The rationale is missing.", where=where, do="say why, so that an audit can follow it")
    detail = {"rationale": rationale}
    try:
        with recorded(actor, Operation.ALTERATION, report, purpose="ruling", detail=detail), transaction.atomic():
            version = _write(actor, report, report.current, referral, chosen, rationale.strip())
    except IntegrityError:
        raise ChangedMeanwhile(
            "Somebody else ruled on this meanwhile.", where=where, do="look at the report as it stands now"
        ) from None
    touch(report)
    leave_row(actor, report, version, _proposed_again(version))
    return version


def _proposed_again(version: DecisionVersion) -> engine.Proposal | None:
    """The proposal of a version, made again from its own facts; None where the rules cannot read them any more."""
    with suppress(FactsRefused):
        return engine.propose(plain_of(version)["facts"])
    return None


def _write(
    actor: User,
    report: CrimeReport,
    before: DecisionVersion,
    referral: Mapping[str, Any],
    chosen: Choice,
    rationale: str,
) -> DecisionVersion:
    ruling = RegistrarRuling.objects.create(
        report=report,
        version=before,
        key=referral["key"],
        about=referral["about"],
        candidate=chosen.words,
        labels=list(chosen.labels),
        offences=list(chosen.offences),
        document=chosen.document,
        page=chosen.page,
        rationale=rationale,
        by=actor,
    )
    rulings = [*before.rulings, ruling_row(ruling)]
    version = DecisionVersion.objects.create(
        report=report,
        number=before.number + 1,
        proposal=bytes(before.proposal),
        edition=before.edition,
        edition_hash=before.edition_hash,
        deadline=before.deadline,
        separate_count=separate_of(plain_of(before), before.referrals, rulings),
        referrals=before.referrals,
        rulings=rulings,
        decided_by=actor,
        decided_at=timezone.now(),
        reason=f"{_RULED}: {ruling.candidate}"[:300],
    )
    plain = plain_of(version)
    write_crimes(version, plain)
    ruled = rulings_for(report, version.referrals)
    state = state_after(version.referrals, ruled, still_open=bool(plain["questions"]))
    CrimeReport.objects.filter(pk=report.pk).update(state=state, current=version)
    report.refresh_from_db()
    return version
