"""Recording a decision: a named person's act. What the rules proposed, who recorded it and every ruling stay together.

A version is never changed. Deciding again makes the next one; the crimes of the newest are those that stand.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from backbeat.canonical import canonical_json
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.errors import ChangedMeanwhile, NotReady, ReportClosed
from backbeat.station.desk_crime.ledger_rows import leave_row
from backbeat.station.desk_crime.models import CrimeReport, DecisionVersion, RecordedCrime, RegistrarRuling
from backbeat.station.desk_crime.reports import require_open, touch, unanswered

__all__ = [
    "AGAIN",
    "AS_PROPOSED",
    "decide_again",
    "is_late",
    "plain_of",
    "record_decision",
    "referral_key",
    "rulings_for",
    "ruling_row",
    "separate_of",
    "state_after",
    "victim_of",
    "write_crimes",
]

_LABEL = re.compile(r"(?P<class>[A-Z]{0,4}[0-9]{1,3}[A-Z]?(?:/[0-9]{1,2})?) (?P<code>[0-9]{1,3}/[0-9]{1,3})")
"""`8N 008/77`: a candidate that is an offence."""


def plain_of(version: DecisionVersion) -> dict[str, Any]:
    """The proposal as recorded."""
    plain: dict[str, Any] = json.loads(bytes(version.proposal))
    return plain


def referral_key(referral: Mapping[str, Any]) -> str:
    """The same for the same question between the same candidates, whatever else the decision says."""
    meant = [sorted(referral["about"]), sorted(one["label"] for one in referral["candidates"])]
    return hashlib.sha256(canonical_json(meant)).hexdigest()


def _referrals(proposal: engine.Proposal) -> list[dict[str, Any]]:
    """As a version keeps them. A candidate that only says that a crime is recorded names which, where that is known."""
    meant = engine.offences_to_record(proposal.decision)
    return [
        {
            "key": referral_key(one),
            "about": list(one["about"]),
            "reason": one["reason"],
            "to": one["to"],
            "candidates": [
                {**candidate, **meant.get((one["about"][0], candidate["label"]), {})} for candidate in one["candidates"]
            ],
        }
        for one in proposal.plain["referrals"]
    ]


def separate_of(plain: Mapping[str, Any], referrals: list[dict[str, Any]], rulings: list[dict[str, Any]]) -> int:
    """Crimes that separate recording would have made, less those of which the registrar ruled that there is none."""
    disputes = {one["key"] for one in referrals if one.get("dispute")}
    asked = [one for one in rulings if one["key"] not in disputes]
    none = sum(not one.get("offences") and not _LABEL.match(one["candidate"]) for one in asked)
    return max(0, int(plain["count"]["separate"]) - none)


MOST_RATIONALE = 4000
AS_PROPOSED = "As the rules propose"
AGAIN = "To be decided again"


def _dispute(report: CrimeReport, reason: str) -> dict[str, Any]:
    """The referral of a recorder who does not agree with the proposal: the software proposes, people decide."""
    candidates = [
        {
            "label": AS_PROPOSED,
            "document": "rules",
            "page": "57",
            "why": "Who is not sure what should be recorded refers it to the registrar, who makes the final decision.",
        },
        {
            "label": AGAIN,
            "document": "rules",
            "page": "13",
            "why": "What was classified in error may be classified again; the rationale says which facts to look at.",
        },
    ]
    return {
        "key": hashlib.sha256(f"{report.pk}\n{report.revision}\n{reason}".encode()).hexdigest(),
        "about": ["report"],
        "reason": f"The recorder does not agree with the proposal: {reason}",
        "to": "force-crime-registrar",
        "candidates": candidates,
        "dispute": True,
    }


def _is_disputed(version: DecisionVersion) -> bool:
    """Whether what the rules propose is not to stand, or not yet."""
    said = {one["key"]: one["candidate"] for one in version.rulings}
    return any(one.get("dispute") and said.get(one["key"]) != AS_PROPOSED for one in version.referrals)


def rulings_for(report: CrimeReport, referrals: list[dict[str, Any]]) -> dict[str, RegistrarRuling]:
    """Key → the ruling that stands for it."""
    keys = [one["key"] for one in referrals]
    return {one.key: one for one in report.rulings.filter(key__in=keys, superseded=False).select_related("by")}


def ruling_row(one: RegistrarRuling) -> dict[str, Any]:
    """A ruling as a version keeps it."""
    return {
        "key": one.key,
        "candidate": one.candidate,
        "labels": one.labels or [one.candidate],
        "offences": one.offences,
        "document": one.document,
        "page": one.page,
        "rationale": one.rationale,
        "by": str(one.by),
        "at": one.at.isoformat(timespec="seconds"),
    }


def state_after(referrals: list[dict[str, Any]], ruled: Mapping[str, RegistrarRuling], *, still_open: bool) -> str:
    """Where a recorded report goes: to the registrar, back to the queue while it is not all decided, else decided."""
    if any(one["key"] not in ruled for one in referrals):
        return CrimeReport.State.REFERRED
    still_open = still_open or any(ruled[one["key"]].candidate == AGAIN for one in referrals if one.get("dispute"))
    return CrimeReport.State.OPEN if still_open else CrimeReport.State.DECIDED


def is_late(report: CrimeReport, proposal: engine.Proposal, now: datetime) -> bool:
    """Whether recording now is delayed recording, which needs a rationale and the registrar's oversight (p10).

    It is not where the rules take the report outside the clock, nor where an earlier version left nothing open, or was
    late itself and has its rationale: to decide again is another matter.
    """
    if proposal.deadline(report.received_at) is None or not engine.is_red(report.received_at, now):
        return False
    return not any(one.late_rationale or not plain_of(one)["questions"] for one in report.versions.all())


def record_decision(
    actor: User, report: CrimeReport, *, revision: int, reason: str = "", dispute: str = "", rationale: str = ""
) -> DecisionVersion:
    """Record what the rules propose for the facts as they stand, under the actor's name.

    With `dispute`, why the actor does not agree, nothing of it stands until a registrar has ruled. `rationale` says why
    it is late, where it is; else it is not kept.

    Raises:
        Refused: they may not record.
        ReportClosed: it is decided already.
        NotReady: a question was not asked yet, there is nothing to record, or a reason or rationale is missing.
        ChangedMeanwhile: the facts are no longer those of the page.
    """
    require(actor, "crime.record")
    require_open(report)
    where = f"crime report {report.pk}"
    proposal = engine.propose(report.facts)
    to_ask, not_known = unanswered(report, proposal)
    if proposal is None:
        raise NotReady("Nothing is alleged yet.", where=where, do="say what happened first")
    if to_ask:
        raise NotReady(
            f"{len(to_ask)} question{'' if len(to_ask) == 1 else 's'} could still change this decision.",
            where=where,
            do="answer each, or say that it is not known",
        )
    plain = proposal.plain
    if not any(plain[part] for part in ("crimes", "incidents", "not_counted", "referrals", "requests")):
        raise NotReady(
            "Nothing can be recorded from what is known.", where=where, do="find out what is not known, then answer it"
        )
    if report.current_id is not None and not reason.strip():
        raise NotReady("Say why this report is decided again.", where=where, do="give a reason in a few words")
    late = is_late(report, proposal, timezone.now())
    if late and not rationale.strip():
        raise NotReady(
            "The 24 hours have passed and the rationale for the delay is missing.",
            where=where,
            do="say why it is recorded late (rules p10)",
        )
    if revision != report.revision:
        raise ChangedMeanwhile(
            "The report was changed while this page was open.", where=where, do="look at it as it stands, then record"
        )
    referrals = _referrals(proposal)
    if dispute.strip():
        referrals.append(_dispute(report, dispute.strip()[:1000]))
    ruled = rulings_for(report, referrals)
    state = state_after(referrals, ruled, still_open=bool(not_known))
    with recorded(actor, Operation.ALTERATION, report, purpose="decision"), transaction.atomic():
        if not CrimeReport.objects.filter(pk=report.pk, revision=revision).update(revision=revision + 1):
            raise ChangedMeanwhile(
                "The report was changed while this page was open.", where=where, do="look at it, then record"
            )
        version = _new_version(
            actor,
            report,
            proposal,
            referrals,
            ruled,
            reason=reason.strip(),
            rationale=rationale.strip() if late else "",
        )
        write_crimes(version, plain)
        CrimeReport.objects.filter(pk=report.pk).update(state=state, current=version, deadline=version.deadline)
    touch(report)
    report.refresh_from_db()
    leave_row(actor, report, version, proposal)
    return version


def _new_version(
    actor: User,
    report: CrimeReport,
    proposal: engine.Proposal,
    referrals: list[dict[str, Any]],
    ruled: Mapping[str, RegistrarRuling],
    *,
    reason: str,
    rationale: str,
) -> DecisionVersion:
    plain = proposal.plain
    last = report.versions.first()
    rulings = [ruling_row(one) for one in ruled.values()]
    return DecisionVersion.objects.create(
        report=report,
        number=last.number + 1 if last else 1,
        proposal=proposal.bytes,
        edition=plain["edition"]["id"],
        edition_hash=plain["edition"]["hash"],
        deadline=proposal.deadline(report.received_at),
        separate_count=separate_of(plain, referrals, rulings),
        referrals=referrals,
        rulings=rulings,
        decided_by=actor,
        decided_at=timezone.now(),
        reason=reason[:300],
        late_rationale=rationale[:MOST_RATIONALE],
    )


def write_crimes(version: DecisionVersion, plain: Mapping[str, Any]) -> None:
    """The lines of a version: what the rules propose to record, and what rulings add. Older lines stand no more."""
    parties = {party["id"]: party for party in plain["facts"].get("parties", [])}
    alleged = {one["id"]: one for one in plain["facts"].get("allegations", [])}
    rows: list[RecordedCrime] = []
    number = 1
    proposed = [] if _is_disputed(version) else [*plain["crimes"], *_ruled_crimes(version, plain)]
    for crime in proposed:
        days = [alleged[one] for one in crime["allegations"] if one in alleged]
        begun = sorted(one["on"] for one in days if one.get("on"))
        ended = sorted(one.get("until") or one["on"] for one in days if one.get("on"))
        rows.append(
            RecordedCrime(
                version=version,
                report=version.report,
                number=number,
                class_name=crime["class"],
                code=crime["code"],
                offence=crime["offence"][:400],
                count=crime["count"],
                unit=crime.get("unit", "")[:60],
                additional=crime["additional"],
                ruled=crime.get("ruled", False),
                force=crime["recording_force"] or version.report.force,
                victims=[list(victim_of(one, parties.get(one, {}))) for one in crime["victims"]],
                offenders=list(crime["offenders"]),
                offence_from=begun[0] if begun else None,
                offence_to=ended[-1] if ended else None,
                flags=sorted(
                    flag["flag"] for flag in plain["flags"] if set(flag["allegations"]) & set(crime["allegations"])
                ),
            )
        )
        number += crime["count"]
    RecordedCrime.objects.filter(report=version.report, stands=True).update(stands=False)
    RecordedCrime.objects.bulk_create(rows)
    version.recorded_count = number - 1
    version.save(update_fields=["recorded_count"])


def victim_of(label: str, party: Mapping[str, Any]) -> tuple[str, str, int | None, str]:
    """Label, kind, age and sex, as a line of a decision keeps them."""
    return label, party.get("kind", "person"), party.get("age"), party.get("sex", "")


def _ruled_crimes(version: DecisionVersion, plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The crimes that rulings name, each with those whom the allegations of its referral name."""
    made = []
    alleged = {one["id"]: one for one in plain["facts"].get("allegations", [])}
    for ruling in version.rulings:
        referral = next(one for one in version.referrals if one["key"] == ruling["key"])
        ids = [one.removeprefix("allegation:") for one in referral["about"]]
        named = [alleged[one] for one in ids if one in alleged]
        made += [
            {
                "class": offence["class"],
                "code": offence["code"],
                "offence": offence["offence"],
                "count": offence["count"],
                "allegations": ids,
                "victims": sorted({v for one in named for v in one.get("victims", [])}),
                "offenders": sorted({o for one in named for o in one.get("offenders", [])}),
                "unit": "",
                "additional": False,
                "recording_force": None,
                "ruled": True,
            }
            for offence in ruling.get("offences") or _offences_in(version, ruling["candidate"])
        ]
    return made


def _offences_in(version: DecisionVersion, candidate: str) -> list[dict[str, Any]]:
    """The offence of a candidate, for rulings made before they named their offences themselves."""
    label = _LABEL.match(candidate)
    if label is None:
        return []
    rules = engine.rules_on(engine.day_of(version.report.received_at))
    found = rules.offences.find(label["code"], label["class"])
    text = getattr(found, "text", "")
    return [{"class": label["class"], "code": label["code"], "offence": text, "count": 1}]


def decide_again(actor: User, report: CrimeReport) -> None:
    """Open a decided or referred report for other facts; the decision made stays until another is recorded.

    Raises:
        Refused: they may not record.
        ReportClosed: it is open already, or closed and the actor does not supervise.
    """
    require(actor, "crime.supervise" if report.state == CrimeReport.State.CLOSED else "crime.record")
    if report.can_change:
        raise ReportClosed("The report is open already.", where=f"crime report {report.pk}", do="change it there")
    with recorded(actor, Operation.ALTERATION, report, purpose="decide-again"):
        CrimeReport.objects.filter(pk=report.pk).update(state=CrimeReport.State.OPEN, assigned_to=actor)
