"""Audit: draw a random sample of recorded decisions, have each checked by somebody else, and say how often they err."""

import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from backbeat.crime.sampling import Checked, Tally, tally
from backbeat.sampling import draw, draw_by_stratum
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.audit.records import Operation, recorded
from backbeat.station.desk_crime.errors import NotReady
from backbeat.station.desk_crime.models import AuditSample, CrimeReport, DecisionVersion, RecordedCrime, SampleItem
from backbeat.station.desk_crime.ruling import require_independent

__all__ = ["MOST", "draw_sample", "lines_of", "read_lines", "results", "review"]

MOST = 1000
"""Reports in one sample."""
_LINE = re.compile(r"(?P<class>[0-9A-Za-z/]+)\s+(?P<code>[0-9A-Za-z/]+?)(?:\s*[x×*]\s*(?P<count>[0-9]{1,4}))?")

Line = tuple[str, str, int]
"""Class, code and count."""


def _decided(first_day: date, last_day: date) -> QuerySet[DecisionVersion]:
    """Decisions that stand, made in the period."""
    zone = timezone.get_current_timezone()
    since = datetime.combine(first_day, time(), tzinfo=zone)
    until = datetime.combine(last_day + timedelta(days=1), time(), tzinfo=zone)
    states = (CrimeReport.State.DECIDED, CrimeReport.State.CLOSED)
    standing = CrimeReport.objects.filter(state__in=states).values("current")
    return DecisionVersion.objects.filter(pk__in=standing, decided_at__gte=since, decided_at__lt=until)


def draw_sample(
    actor: User,
    *,
    title: str,
    size: int,
    first_day: date,
    last_day: date,
    by_class: bool,
    class_name: str,
    blind: bool,
    seed: str = "",
) -> AuditSample:
    """Draw and keep a sample; a seed given draws the same one again from the same decisions.

    Raises:
        Refused: they do not audit.
        NotReady: there is nothing to draw from.
    """
    require(actor, "crime.audit")
    versions = {str(pk): count for pk, count in _decided(first_day, last_day).values_list("pk", "recorded_count")}
    strata: dict[str, list[str]] = defaultdict(list)
    crimes = RecordedCrime.objects.filter(stands=True, version__in=_decided(first_day, last_day))
    for version, name in crimes.values_list("version", "class_name"):
        if not class_name or name == class_name:
            strata[name].append(str(version))
    keys = {key for name in strata.values() for key in name} if class_name else set(versions)
    if not keys:
        raise NotReady(
            "No decided report answers this, so there is nothing to draw.",
            where="the form",
            do="choose a longer period or another class",
        )
    seed = seed or secrets.token_hex(8)
    if by_class:
        drawn = [(key, name) for name, of in sorted(draw_by_stratum(strata, size, seed).items()) for key in of]
    else:
        drawn = [(key, "") for key in draw(keys, size, seed)]
    sample = AuditSample(
        title=title,
        seed=seed,
        size=len(drawn),
        first_day=first_day,
        last_day=last_day,
        by_class=by_class,
        class_name=class_name,
        blind=blind,
        population=len(keys),
        drawn_by=actor,
    )
    with recorded(actor, Operation.CONSULTATION, "crime-audit", purpose="draw-sample"), transaction.atomic():
        sample.save()
        SampleItem.objects.bulk_create(
            SampleItem(sample=sample, number=number, version_id=int(key), stratum=name, recorded=versions[key])
            for number, (key, name) in enumerate(drawn, 1)
        )
    return sample


def read_lines(text: str) -> list[Line]:
    """What a reviewer would record, a line each: `8N 008/06` or `8N 008/06 x 2`.

    Raises:
        ValueError: a line is not written so; says which.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = _LINE.fullmatch(line.strip())
        if read is None:
            raise ValueError(f"Line {number} is not written like 8N 008/06 x 2")
        lines.append((read["class"].upper(), read["code"], int(read["count"] or 1)))
    return lines


def lines_of(version: DecisionVersion) -> list[Line]:
    """What was recorded."""
    return [(one.class_name, one.code, one.count) for one in version.crimes.all()]


def _counted(lines: Sequence[Line]) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for class_name, code, count in lines:
        counted[class_name, code] += count
    return +counted


def review(
    actor: User,
    item: SampleItem,
    *,
    note: str,
    lines: Sequence[Line] | None = None,
    should: int | None = None,
    class_right: bool | None = None,
) -> SampleItem:
    """Keep what the reviewer found: either the lines they would record, or a count and whether every class is right.

    With lines the classes are right if what was recorded is among them as far as the counts allow: a crime too many or
    too few is counted as that, not as a wrong class too.

    Raises:
        Refused: they do not audit.
        NotIndependent: they recorded the report.
        NotReady: neither was given, or a wrong record is not explained.
    """
    require(actor, "crime.audit")
    report = item.version.report
    require_independent(actor, report, "audit")
    if lines is not None:
        wanted, stands = _counted(lines), _counted(lines_of(item.version))
        should = sum(wanted.values())
        class_right = not (stands - wanted) or not (wanted - stands)
    if should is None or class_right is None:
        raise NotReady(
            "The finding is not complete.", where="the form", do="say how many, and whether classes are right"
        )
    checked = Checked(item.recorded, should, class_right)
    if checked.wrong and not note.strip():
        raise NotReady("Say what is wrong with the record.", where="field Note", do="give the rule and its page")
    with recorded(actor, Operation.ALTERATION, report, purpose="audit-finding"):
        item.should, item.class_right, item.note = should, class_right, note.strip()
        item.lines = [list(line) for line in lines or ()]
        item.reviewer, item.reviewed_at = actor, timezone.now()
        item.save()
    return item


def results(sample: AuditSample) -> tuple[Tally, list[tuple[str, Tally]]]:
    """Over everything checked so far, and stratum by stratum."""
    by_stratum: dict[str, list[Checked]] = defaultdict(list)
    for item in sample.items.all():
        if item.should is not None and item.class_right is not None:
            by_stratum[item.stratum].append(Checked(item.recorded, item.should, item.class_right))
    whole = tally(one for found in by_stratum.values() for one in found)
    parts = [(name, tally(found)) for name, found in sorted(by_stratum.items())] if sample.by_class else []
    return whole, parts
