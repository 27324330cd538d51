"""Fraud and cyber: what Report Fraud records instead of the force, and when the force keeps a record too (p97-98)."""

from collections.abc import Iterable

from backbeat.crime.model import Verdict
from backbeat.crime.parts import Part
from backbeat.crime.recording import Recording
from backbeat.crime.resolving import ask
from backbeat.crime.rules import Rules

__all__ = ["REPORT_FRAUD", "route_fraud"]

REPORT_FRAUD = "Report Fraud"
NATIONAL = "NFIB"
"""Classes of the list that begin so are counted nationally and not by the force."""


def route_fraud(rules: Rules, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts with every fraud that the force does not count made an incident for Report Fraud.

    Whether a local record is kept beside it is asked of the table `fraud_route`; its note goes with the incident.
    """
    return tuple(_routed(rules, part) for part in parts)


def _routed(rules: Rules, part: Part) -> Part:
    class_ = part.classified.class_
    national = class_ is not None and class_.startswith(NATIONAL) and part.recording.verdict is Verdict.RECORD
    if not national and part.classified.incident != REPORT_FRAUD:
        return part
    asked = ask(rules, "fraud_route", part.scope)
    if asked.outcome is None:
        open_ = part.recording._replace(verdict=Verdict.OPEN, incident=None, questions=asked.questions)
        return part._replace(recording=open_, place=None)
    source, because = asked.source or part.recording.source, asked.because
    note = str(asked.outcome["note"] or "")
    routed = Recording(
        part.recording.allegation,
        Verdict.INCIDENT,
        REPORT_FRAUD,
        notes=(*part.recording.notes, note) if note else part.recording.notes,
        why=(*part.recording.why, asked.result),
        exit="report-fraud",
        source=source,
        because=because,
    )
    return part._replace(recording=routed, place=None)
