"""FACTS.json → `Report`: checked whole, every fault at once with its place and its rule, put into canonical order.

The names and types of facts are those the edition's tables ask for; the docs describe the format.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backbeat.crime.classifying import NAMED
from backbeat.crime.clock import report_day
from backbeat.crime.contradictions import find_contradictions
from backbeat.crime.errors import FactsRefused, RepealedOffence, UnknownOffence
from backbeat.crime.fact_types import fact_types, nearest_fact
from backbeat.crime.facts_file import (
    AllegationEntry,
    FactsFile,
    FactValue,
    OffenceEntry,
    PartyEntry,
    RecordedEntry,
    RelationshipEntry,
    RequestEntry,
)
from backbeat.crime.model import (
    Allegation,
    NamedOffence,
    Party,
    PartyKind,
    Recorded,
    Relationship,
    Report,
    Request,
    RequestKind,
)
from backbeat.crime.rules import Rules, RulesShelf
from backbeat.handed_json import NotTaken, read_json
from backbeat.rulebook import Fact

__all__ = ["read_facts", "read_facts_file"]

MOST_WRONGED = 1_000
"""Victims of all allegations together, so that every decision is made in seconds and can be decided again."""
_DO = "correct the facts and decide again; nothing was recorded"
_BRANCHES = ("constrained-str", "constrained-int", "str", "int")
"""Names by which pydantic tells apart what the value of a fact may be."""
_NO_FACTS: Mapping[str, Fact] = MappingProxyType({})
_MARGIN = timedelta(hours=14)
"""A day named in one time zone may have begun there before the report's own clock says so."""


def read_facts_file(path: Path, shelf: RulesShelf, edition_id: str | None = None) -> tuple[Report, Rules]:
    """Read a file; see `read_facts`.

    Raises:
        FactsRefused: also where the file is no JSON.
        NoRuleForDate: see there.
    """
    try:
        value = read_json(path)
    except NotTaken as error:
        where = ", ".join(filter(None, ("facts file", error.place)))
        raise FactsRefused(f"The file {error.what}.", where=where, do=_DO) from error
    return read_facts(value, shelf, edition_id)


def read_facts(value: object, shelf: RulesShelf, edition_id: str | None = None) -> tuple[Report, Rules]:
    """The report in a JSON value, and the edition to decide it under: the one named, else that of the report's day.

    Raises:
        FactsRefused: every fault at once, each with its place; quotes no value.
        NoRuleForDate: no edition is in force on the day of the report.
    """
    try:
        file = FactsFile.model_validate(value)
    except ValidationError as error:
        every = error.errors(include_url=False, include_input=False)
        faults = dict.fromkeys(f"{_place(one['loc'])}: {_words(one)}" for one in every)
        raise FactsRefused.of(tuple(faults), where="facts", do=_DO) from None
    if edition_id is None:
        rules = shelf.on(report_day(file.report.received_at))
    elif (named := shelf.named(edition_id)) is not None:
        rules = named
    else:
        raise FactsRefused(
            "There is no edition of that name.", where="edition", do=f"name one of {', '.join(shelf.ids)}"
        )
    reading = _Reading(file, rules)
    report = reading.report()
    if reading.faults:
        raise FactsRefused.of(sorted(set(reading.faults)), where="facts", do=_DO)
    contradictions = find_contradictions(rules, report)
    if contradictions:
        raise FactsRefused.of(contradictions, where="facts", do=_DO)
    return report, rules


def _place(location: Sequence[int | str]) -> str:
    # Keys of a map of facts are the user's own words; a name that is none is not repeated.
    parts = [f"{part + 1}" if isinstance(part, int) else part for part in location if part not in _BRANCHES]
    said = ("name" if part == "[key]" else part if part.isidentifier() or part.isdigit() else "entry" for part in parts)
    return " ".join(said) or "the whole file"


def _words(error: ErrorDetails) -> str:
    """Pydantic's message, in words for what a recorder is likely to get wrong."""
    if "facts" in error["loc"] and error["loc"][-1] in _BRANCHES:
        return "must be yes, no, unknown, a word of at most 60 letters, a whole number, or a day written YYYY-MM-DD"
    match error["type"]:
        case "extra_forbidden":
            return "is no field of the format"
        case "missing":
            return "is missing"
        case "timezone_aware":
            return "must carry its offset from UTC, such as +01:00: the 24 hours run from it (rules p10)"
        case "date_from_datetime_inexact" | "date_parsing" | "date_from_datetime_parsing":
            return "must be a day that exists, written YYYY-MM-DD"
        case "datetime_parsing" | "datetime_from_date_parsing":
            return "must be a day and time that exist, such as 2026-05-01T14:30:00+01:00"
        case "string_pattern_mismatch":
            return "is not written as the format asks"
        case "string_unicode":
            return "holds half a character, which no file can hold"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "must be an object, in braces"
    return error["msg"]


class _Reading:
    """One pass over a file of the right shape; faults are collected."""

    def __init__(self, file: FactsFile, rules: Rules) -> None:
        self.file, self.rules = file, rules
        self.types = fact_types(rules)
        self.faults: list[str] = []
        self.parties = {entry.id for entry in file.parties}
        self.latest = (file.report.received_at + _MARGIN).date()

    def report(self) -> Report:
        file = self.file
        self._unique("parties", [entry.id for entry in file.parties])
        self._unique("allegations", [entry.id for entry in file.allegations])
        self._unique("requests", [entry.id for entry in file.requests])
        self._unique("relationships", [(entry.victim, entry.offender) for entry in file.relationships])
        self._unique("recorded", [entry.reference for entry in file.recorded])
        if not file.allegations and not file.requests:
            self.faults.append("allegations: there is nothing to decide; give an allegation or a request")
        wronged = sum(max(1, len(entry.victims)) for entry in file.allegations)
        if wronged > MOST_WRONGED:
            self.faults.append(
                f"allegations: they name {wronged:,} victims, each counted once for each allegation; one report holds "
                f"at most {MOST_WRONGED:,}, so give the rest as a report of its own"
            )
        bonds = [self._relationship(entry) for entry in file.relationships]
        return Report(
            file.report.reference,
            file.report.received_at,
            file.report.force,
            {one.id: one for one in sorted(map(self._party, file.parties), key=lambda one: one.id)},
            {(one.victim, one.offender): one for one in sorted(bonds, key=lambda one: (one.victim, one.offender))},
            tuple(sorted(map(self._allegation, file.allegations), key=lambda one: one.id)),
            tuple(sorted(map(self._recorded, file.recorded), key=lambda one: one.reference)),
            tuple(sorted(map(self._request, file.requests), key=lambda one: one.id)),
            self._facts("report", "report", file.report.facts),
        )

    def _party(self, entry: PartyEntry) -> Party:
        return Party(
            entry.id, PartyKind(entry.kind), entry.age, entry.sex, entry.household,
            self._facts(f"party {entry.id}", "party", entry.facts),
        )  # fmt: skip

    def _relationship(self, entry: RelationshipEntry) -> Relationship:
        place = f"relationship {entry.victim}/{entry.offender}"
        self._known(place, [entry.victim, entry.offender])
        if entry.victim == entry.offender:
            self.faults.append(f"{place}: victim and offender are the same party")
        return Relationship(entry.victim, entry.offender, self._facts(place, "relationship", entry.facts))

    def _allegation(self, entry: AllegationEntry) -> Allegation:
        place = f"allegation {entry.id}"
        self._known(place, [*entry.victims, *entry.offenders])
        if both := sorted(set(entry.victims) & set(entry.offenders)):
            self.faults.append(f"{place}: {', '.join(both)} is both victim and offender of one allegation")
        named = None
        if entry.act == NAMED:
            if entry.offence is None:
                self.faults.append(f"{place}, offence: is missing; the act `named` needs the offence named")
            else:
                named = self._offence(f"{place}, offence", entry.offence, entry.on)
        elif entry.offence is not None:
            self.faults.append(
                f"{place}, offence: only the act `named` names its offence; the rules classify the others"
            )
        elif entry.act not in self.rules.acts:
            known = ", ".join([NAMED, *self.rules.acts])
            self.faults.append(f"{place}, act: is not in the edition's list, which has {known}")
        self._days(place, entry.on, entry.until)
        return Allegation(
            entry.id, entry.act, named, tuple(sorted(set(entry.victims))), tuple(sorted(set(entry.offenders))),
            entry.on, entry.until, entry.place, entry.force,
            self._standing(f"{place}, recorded_as", entry.recorded_as) if entry.recorded_as else None,
            self._facts(place, "allegation", entry.facts),
        )  # fmt: skip

    def _recorded(self, entry: RecordedEntry) -> Recorded:
        place = f"recorded {entry.reference}"
        self._known(place, [*([entry.victim] if entry.victim else []), *entry.offenders])
        offence = self._standing(f"{place}, offence", entry.offence)
        self._not_after("last_incident_on", place, entry.last_incident_on)
        self._not_after("recorded_on", place, entry.recorded_on)
        return Recorded(
            entry.reference, offence, entry.victim, tuple(sorted(set(entry.offenders))), entry.recorded_on,
            entry.last_incident_on, self._facts(place, "recorded", entry.facts),
        )  # fmt: skip

    def _request(self, entry: RequestEntry) -> Request:
        place = f"request {entry.id}"
        offence = self._standing(f"{place}, offence", entry.offence)
        return Request(
            entry.id, RequestKind(entry.kind), offence, entry.wanted, self._facts(place, "request", entry.facts)
        )

    def _offence(self, place: str, entry: OffenceEntry, on: date | None) -> NamedOffence:
        """An offence that is alleged: in the list, and in force on the day."""
        return self._listed(place, entry, on, alleged=True)

    def _standing(self, place: str, entry: OffenceEntry) -> NamedOffence:
        """What stands on record: an offence of the list, in force or not by now, or an incident."""
        if self.rules.is_incident(entry.code, entry.class_):
            return NamedOffence(entry.code, entry.class_, entry.offence)
        return self._listed(place, entry, None, alleged=False)

    def _listed(self, place: str, entry: OffenceEntry, on: date | None, *, alleged: bool) -> NamedOffence:
        try:
            found = self.rules.offences.find(entry.code, entry.class_, entry.offence)
            if alleged:
                self.rules.offences.require_in_force(found, on)
        except (UnknownOffence, RepealedOffence) as error:
            self.faults.append(f"{place}: {error.what} ({error.do})")
        return NamedOffence(entry.code, entry.class_, entry.offence)

    def _days(self, place: str, on: date | None, until: date | None) -> None:
        self._not_after("on", place, on)
        self._not_after("until", place, until)
        if until is not None and on is None:
            self.faults.append(f"{place}, until: needs the day it began, in `on`")
        elif until is not None and on is not None and until < on:
            self.faults.append(f"{place}, until: is before `on`")

    def _not_after(self, field: str, place: str, day: date | None) -> None:
        if day is not None and day > self.latest:
            self.faults.append(f"{place}, {field}: is after the report came in")

    def _known(self, place: str, parties: Iterable[str]) -> None:
        for one in sorted(set(parties) - self.parties):
            self.faults.append(f"{place}: names {one}, who is not among the parties")

    def _unique(self, what: str, ids: Sequence[object]) -> None:
        if len(set(ids)) < len(ids):
            self.faults.append(f"{what}: one of them is given twice")

    def _facts(self, place: str, kind: str, given: Mapping[str, FactValue]) -> Mapping[str, Fact]:
        if not given:
            return _NO_FACTS
        facts: dict[str, Fact] = {}
        for name in sorted(given):
            known = self.types.get(name)
            if known is None:
                self.faults.append(f"{place}, fact {name}: no rule asks for it{nearest_fact(self.rules, name)}")
            elif kind not in known.places:
                self.faults.append(f"{place}, fact {name}: is about the {known.about}; give it there")
            else:
                try:
                    facts[name] = known.read(given[name])
                except ValueError as error:
                    self.faults.append(f"{place}, fact {name}: {error}")
        return MappingProxyType(facts)
