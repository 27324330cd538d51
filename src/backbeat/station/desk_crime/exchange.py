"""Reports in from a file, and recorded crimes out to one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from backbeat.crime.errors import FactsRefused
from backbeat.crime.exporting import CrimeLine, Granted, Since, write_lines
from backbeat.crime.importing import MOST_BYTES, Batch, Fault, NewReport, read_batch
from backbeat.crime.model import RequestKind
from backbeat.errors import InputRejected, NoRuleForDate
from backbeat.station.accounts.models import Unit, User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, record, recorded
from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.access import visible_reports
from backbeat.station.desk_crime.afterwards import (
    Change,
    Subject,
    crimes_of,
    granted_on,
    since_of,
    standing_of_report,
)
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest, DecisionVersion, RecordedCrime
from backbeat.station.desk_crime.recording import plain_of, victim_of

__all__ = ["MOST_CRIMES", "Fate", "InMemory", "count_crimes", "give_out", "take_in"]

MOST_CRIMES = 100_000
"""Lines in one export."""
_AT_ONCE = 500


class InMemory(FileUploadHandler):
    """Keeps one upload in memory, never on disk, and stops reading past the limit."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._content = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Append; past the limit the rest is read and dropped, and there is no file."""
        self._content += raw_data
        if len(self._content) > MOST_BYTES:
            raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        """The file."""
        return SimpleUploadedFile(self.file_name or "unnamed", bytes(self._content))


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a file."""

    taken: tuple[str, ...] = ()
    """References taken in."""
    skipped: tuple[str, ...] = ()
    """References that were here before, left as they are."""
    faults: tuple[Fault, ...] = ()
    more_faults: int = 0


def _check(facts: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    try:
        if engine.propose(facts) is None:
            return [("allegations", "there is nothing to decide; give an allegation")]
    except FactsRefused as refusal:
        return [(fault.place, fault.what) for fault in engine.faults_of(refusal)]
    except NoRuleForDate as missing:
        return [("received_at", missing.what)]
    return []


def take_in(actor: User, content: bytes, *, kind: str, skip_known: bool) -> Fate:
    """Read a file of reports and take all of them in, or none.

    Args:
        actor: who imports.
        content: the file.
        kind: `csv`, `json` or `jsonl`.
        skip_known: leave reports whose reference is here already as they are; else each is a fault.

    Raises:
        Refused: they may not import.
        InputRejected: it cannot be read at all.
    """
    require(actor, "crime.import")
    batch = read_batch(content, kind=kind, check=_check)
    known = _known(batch)
    faults = [*batch.faults, *_unit_faults(batch)]
    if not skip_known:
        faults += [
            Fault(new.row, "reference", "is the reference of a report that is here already")
            for new in batch.reports
            if new.reference in known
        ]
    if faults:
        record(actor, Operation.COLLECTION, "crime-import", purpose="refused-import")
        return Fate(faults=tuple(sorted(faults, key=lambda one: one.row)), more_faults=batch.more_faults)
    fresh = [new for new in batch.reports if new.reference not in known]
    units = {unit.name: unit for unit in Unit.objects.all()}
    rows = [_row(actor, new, units) for new in fresh]
    try:
        with recorded(actor, Operation.COLLECTION, "crime-import", purpose="import"), transaction.atomic():
            CrimeReport.objects.bulk_create(rows, batch_size=_AT_ONCE)
    except IntegrityError:
        raise InputRejected(
            "Somebody took in one of these references a moment ago, so nothing was taken in.",
            where="the file to import",
            do="import it again",
        ) from None
    return Fate(tuple(new.reference for new in fresh), tuple(sorted(known)))


def _known(batch: Batch) -> set[str]:
    references = [new.reference for new in batch.reports]
    known: set[str] = set()
    for start in range(0, len(references), _AT_ONCE):
        part = references[start : start + _AT_ONCE]
        known.update(CrimeReport.objects.filter(reference__in=part).values_list("reference", flat=True))
    return known


def _unit_faults(batch: Batch) -> list[Fault]:
    names = set(Unit.objects.values_list("name", flat=True))
    return [
        Fault(new.row, "unit", "is no unit of this station")
        for new in batch.reports
        if new.unit and new.unit not in names
    ]


def _row(actor: User, new: NewReport, units: Mapping[str, Unit]) -> CrimeReport:
    head = new.facts["report"]
    received_at = datetime.fromisoformat(head["received_at"])
    report = CrimeReport(
        reference=new.reference,
        received_at=received_at,
        force=head["force"],
        unit=units.get(new.unit, actor.unit),
        state=CrimeReport.State.OPEN,
        facts={"parties": [], "relationships": [], "allegations": [], **new.facts},
        narrative=new.narrative,
        created_by=actor,
    )
    proposal = engine.propose(report.facts)
    report.deadline = proposal.deadline(received_at) if proposal else received_at + engine.WITHIN
    report.questions_open = len(proposal.questions) if proposal else 0
    return report


def _span(first_day: date, last_day: date) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    until = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=zone)
    return datetime.combine(first_day, time(), tzinfo=zone), until


def _crimes(actor: User, first_day: date, last_day: date) -> QuerySet[RecordedCrime]:
    since, until = _span(first_day, last_day)
    return RecordedCrime.objects.filter(
        stands=True,
        report__in=visible_reports(actor),
        version__decided_at__gte=since,
        version__decided_at__lt=until,
    )


def count_crimes(actor: User, first_day: date, last_day: date) -> int:
    """How many lines an export of these days has."""
    return int(_crimes(actor, first_day, last_day).count())


def give_out(actor: User, first_day: date, last_day: date, *, recipient: str) -> Iterator[str]:
    """The crimes recorded in the period, both days included, as CSV a row at a time: a disclosure, and logged as one.

    Raises:
        Refused: they may not export.
        InputRejected: more lines than one file takes.
    """
    require(actor, "crime.export")
    if count_crimes(actor, first_day, last_day) > MOST_CRIMES:
        raise InputRejected(
            f"The period holds more than {MOST_CRIMES:,} lines, so nothing was written.",
            where="the form",
            do="choose a shorter period",
        )
    days = {"from": first_day.isoformat(), "to": last_day.isoformat(), "recipient": recipient}
    record(actor, Operation.DISCLOSURE, "crime-export", purpose="export", recipients=("crime-data",), detail=days)
    rows = (
        _crimes(actor, first_day, last_day)
        .select_related("report", "version__decided_by")
        .order_by("version__decided_at", "version_id", "number")
    )
    return write_lines(chain(_lines(rows), _from_incidents(actor, first_day, last_day)))


def _lines(rows: QuerySet[RecordedCrime]) -> Iterator[CrimeLine]:
    """Each line with how its crimes stand now; the requests of many reports are fetched at once."""
    decided = (list(of) for _version, of in groupby(rows.iterator(chunk_size=_AT_ONCE), key=attrgetter("version_id")))
    while batch := list(islice(decided, _AT_ONCE)):
        granted = granted_on({lines[0].report_id for lines in batch})
        for lines in batch:
            since: dict[int, list[Since]] = defaultdict(list)
            for one in crimes_of(lines, granted.get(lines[0].report_id, ())):
                assert one.line is not None  # noqa: S101 - a crime has its line
                since[one.line.pk].append(since_of(one))
            for line in lines:
                yield _line(line, tuple(since[line.pk]))


def _from_incidents(actor: User, first_day: date, last_day: date) -> Iterator[CrimeLine]:
    """Crimes that a granted request made of incidents in the period; recorded when it was granted."""
    since, until = _span(first_day, last_day)
    reports = (
        CrimeReport.objects.filter(
            pk__in=CrimeRequest.objects.filter(
                state=CrimeRequest.State.GRANTED,
                kind=RequestKind.RECLASSIFY,
                taken_back__isnull=True,
                decided_at__gte=since,
                decided_at__lt=until,
                report__in=visible_reports(actor),
            ).values("report")
        )
        .select_related("current")
        .order_by("received_at", "pk")
    )
    for report in reports:
        crimes = [one for one in standing_of_report(report) if one.line is None and one.is_crime]
        for one in crimes:
            made = one.reclassified
            if made is not None and since <= made.at < until and report.current is not None:
                yield _incident_line(report, report.current, one, made)


def _incident_line(report: CrimeReport, version: DecisionVersion, subject: Subject, made: Change) -> CrimeLine:
    facts = plain_of(version)["facts"]
    about = [one for one in facts.get("allegations", []) if one["id"] in subject.allegations]
    parties = {party["id"]: party for party in facts.get("parties", [])}
    days = sorted(one["on"] for one in about if one.get("on"))
    ends = sorted(one.get("until") or one["on"] for one in about if one.get("on"))
    victims = subject.victims or sorted({label for one in about for label in one.get("victims", [])})
    return CrimeLine(
        force=report.force,
        incident_reference=report.reference,
        number=version.recorded_count + subject.number,
        reported_at=timezone.localtime(report.received_at),
        recorded_at=timezone.localtime(made.at),
        class_=subject.recorded_class,
        code=subject.recorded_code,
        offence=subject.recorded_text,
        count=1,
        offence_from=date.fromisoformat(days[0]) if days else None,
        offence_to=date.fromisoformat(ends[-1]) if ends else None,
        victims=tuple(victim_of(label, parties.get(label, {})) for label in victims),
        offenders=tuple(sorted({label for one in about for label in one.get("offenders", [])})),
        additional=False,
        flags=(),
        decided_by=made.by,
        edition=version.edition,
        edition_hash=version.edition_hash,
        since=(_local(since_of(subject)),),
    )


def _local(since: Since) -> Since:
    def local(one: Granted | None) -> Granted | None:
        return replace(one, at=timezone.localtime(one.at)) if one else None

    return replace(
        since, cancelled=local(since.cancelled), outcome=local(since.outcome), reclassified=local(since.reclassified)
    )


def _line(row: RecordedCrime, since: tuple[Since, ...]) -> CrimeLine:
    return CrimeLine(
        force=row.force,
        incident_reference=row.report.reference,
        number=row.number,
        reported_at=timezone.localtime(row.report.received_at),
        recorded_at=timezone.localtime(row.version.decided_at),
        class_=row.class_name,
        code=row.code,
        offence=row.offence,
        count=row.count,
        offence_from=row.offence_from,
        offence_to=row.offence_to,
        victims=tuple((label, kind, age, sex) for label, kind, age, sex in row.victims),
        offenders=tuple(row.offenders),
        additional=row.additional,
        flags=tuple(row.flags),
        decided_by=str(row.version.decided_by),
        edition=row.version.edition,
        edition_hash=row.version.edition_hash,
        since=tuple(_local(one) for one in since),
    )
