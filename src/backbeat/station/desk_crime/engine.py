"""The one door from the pages to the crime engine: decide, search, cite, and write the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

from django.conf import settings

from backbeat.crime import service
from backbeat.crime.assist import Kind, search
from backbeat.crime.assist.points import points_by_offence
from backbeat.crime.assist.proposals import Point
from backbeat.crime.clock import SAME_DAY, ClockState, delay_duties, report_day, state
from backbeat.crime.decision import Decision, State
from backbeat.crime.errors import FactsRefused
from backbeat.crime.hours import HumanTime
from backbeat.crime.model import Duty, Offence, Question
from backbeat.crime.parts import parts_of
from backbeat.crime.rules import Rules, open_rules

__all__ = [
    "Cited",
    "Fault",
    "Proposal",
    "act_titles",
    "acts_by_group",
    "cited",
    "day_of",
    "faults_of",
    "is_red",
    "late_duties",
    "offences_for",
    "offences_to_record",
    "points_to_prove",
    "propose",
    "rules_on",
    "search_offences",
    "write_ledger",
]

MOST_FOUND = 20
WITHIN = timedelta(hours=24)
"""Crime Recording Rules 2026/27, p10: the same day, at most 24 hours after the report; until a decision says more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the facts, and where."""

    place: str
    """`allegation a1, fact injury`; as the engine names it."""
    what: str

    @property
    def about(self) -> str:
        """`allegation:a1`; empty where it is no place of its own."""
        kind, _, label = self.place.partition(",")[0].partition(" ")
        return f"{kind}:{label}" if kind in ("allegation", "party", "relationship", "request") and label else ""


@dataclass(frozen=True)
class Proposal:
    """What the rules make of the facts as they stand."""

    proposed: service.Proposal

    @property
    def decision(self) -> Decision:
        """The engine's own."""
        return self.proposed.decision

    @cached_property
    def plain(self) -> dict[str, Any]:
        """As the record keeps it."""
        return self.decision.to_plain()

    @property
    def bytes(self) -> bytes:
        """What is recorded."""
        return self.decision.to_json()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Still to be asked or found out, most useful first."""
        return self.decision.questions

    def deadline(self, received_at: datetime) -> datetime | None:
        """Latest time to record; None where the rules take the report outside the clock."""
        due = [one for one in self.decision.deadlines if one.what != SAME_DAY]
        times = [one.at for one in due if one.at is not None]
        if times:
            return min(times)
        return None if due else received_at + WITHIN


def day_of(received_at: datetime) -> date:
    """The day that chooses the edition: that of receipt in England and Wales."""
    return report_day(received_at)


def rules_on(day: date) -> Rules:
    """The edition in force.

    Raises:
        NoRuleForDate: none is.
    """
    return open_rules().on(day)


def propose(facts: Mapping[str, Any]) -> Proposal | None:
    """The decision; None while there is nothing to decide, because nothing was alleged or asked for.

    Raises:
        FactsRefused: the facts contradict each other or the rules; every fault at once.
        NoRuleForDate: no edition is in force on the day of the report.
    """
    if not facts.get("allegations") and not facts.get("requests"):
        return None
    return Proposal(service.propose(facts))


def write_ledger(proposal: Proposal, account: str, active_ms: int, *, ruled: int | None = None) -> int | None:
    """Leave the ledger row of a decision, with the time people spent; its number. None where it is not settled.

    `ruled`: a registrar has ruled on every point it refers, and so many crimes are recorded with those rulings.
    """
    unruled = proposal.decision.state is State.REFERRED and ruled is None
    if proposal.decision.state is State.OPEN or unruled:
        return None
    done = service.record(
        proposal.proposed,
        installation=settings.INSTALLATION,
        actor=service.Actor(account),
        human=HumanTime(active_ms=active_ms),
        ruled=ruled,
    )
    return done.receipt.seq


def offences_to_record(decision: Decision) -> dict[tuple[str, str], dict[str, Any]]:
    """What a candidate such as `recorded here` records, by what its referral is about and its label.

    `records`: that it records a crime; with `class`, `code` and `offence` where what was alleged is one offence.
    """
    labels = {row["label"] for row in decision.rules.rows("recording_referrals") if row["records"] == "yes"}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for part in parts_of(decision.rules, decision.report):
        if part.referral is None:
            continue
        offence = part.classified.offence
        named = {"class": offence.class_, "code": offence.code, "offence": offence.text} if offence else {}
        for candidate in part.referral.candidates:
            key = (part.referral.about[0], candidate.label)
            if candidate.label in labels:
                meant = {"records": True, **named}
                # Victims may fare differently: where it is not one offence for all, the registrar names it.
                found[key] = meant if found.get(key, meant) == meant else {"records": True}
    return found


def is_red(received_at: datetime, now: datetime) -> bool:
    """Whether the time in which a report is to be recorded has passed (p10)."""
    return state(rules_on(day_of(received_at)), received_at, now) is ClockState.RED


def late_duties(received_at: datetime, recorded_at: datetime, about: Iterable[str] = ()) -> tuple[Duty, ...]:
    """What recording at that time needs because it is late: the rationale, then the registrar's oversight (p10)."""
    return delay_duties(rules_on(day_of(received_at)), received_at, recorded_at, about)


@lru_cache(maxsize=4)
def _points(rules: Rules) -> Mapping[tuple[str, str], tuple[Point, ...]]:
    return points_by_offence(rules)


def points_to_prove(day: date, code: str, class_: str) -> tuple[Point, ...]:
    """What the rules print an offence consists of, in the order of the page; empty where they print nothing."""
    return _points(rules_on(day)).get((code, class_), ())


def faults_of(refusal: FactsRefused) -> list[Fault]:
    """The lines of a refusal."""
    faults = []
    for line in refusal.what.splitlines():
        place, colon, what = line.partition(": ")
        faults.append(Fault(place, what) if colon else Fault("", line))
    return faults


def acts_by_group(day: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a recorder can pick, under its headings: [(group, [(act, title), …]), …]."""
    acts = rules_on(day).acts.values()
    return [(group, [(act.id, act.title) for act in of]) for group, of in groupby(acts, key=lambda act: act.group)]


def act_titles(day: date) -> dict[str, str]:
    """Act → title."""
    return {act.id: act.title for act in rules_on(day).acts.values()}


def search_offences(words: str, day: date) -> tuple[list[tuple[str, str]], list[Offence]]:
    """What words, a code or a class may mean: acts as (id, title), and offences in force; the likeliest first.

    It proposes; a person picks.
    """
    rules = rules_on(day)
    found = search(rules, words, MOST_FOUND) if words.strip() else ()
    acts = [(one.act.id, one.act.title) for one in found if one.act is not None]
    offences = [one.offence for one in found if one.offence is not None and rules.offences.in_force(one.offence, day)]
    return acts, offences


def offences_for(words: str, day: date) -> list[Offence]:
    """Offences in force that words, a code or a class may mean, the likeliest first; for words that mean an act, those
    it may come out at.
    """
    rules = rules_on(day)
    found = search(rules, words, MOST_FOUND, only=Kind.OFFENCE) if words.strip() else ()
    return [one.offence for one in found if one.offence is not None and rules.offences.in_force(one.offence, day)]


@dataclass(frozen=True, slots=True)
class Cited:
    """A rule of the edition that cites a page."""

    where: str
    """Title of the table, or name of the list."""
    why: str


def cited(edition: str, document: str, page: str) -> tuple[str, list[Cited]] | None:
    """The document's title and every rule of the edition that rests on the page, in the edition's own words.

    None where there is no such edition or document.
    """
    rules = open_rules().named(edition)
    if rules is None or document not in rules.edition.documents:
        return None
    found = {
        Cited(table.title, row.why)
        for table in rules.edition.tables.values()
        for row in table.rows
        if row.document == document and set(page.split(";")) & set(row.page.split(";"))
    }
    found |= {
        Cited(f"List: {name}", row["why"])
        for name, listed in rules.edition.lists.items()
        for row in listed.rows
        if row["document"] == document and set(page.split(";")) & set(row["page"].split(";"))
    }
    return rules.edition.documents[document].title, sorted(found, key=lambda one: (one.where, one.why))
