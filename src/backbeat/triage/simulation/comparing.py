"""A month of calls under two policies: what changes, for whom, and what it would do to the people waiting.

Counts only, whatever the number of calls. Both sides live through the same calls, so differences are of pairs.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from backbeat.canonical import Json
from backbeat.proportions import at_most_when_none, paired_difference, per_10000, wilson
from backbeat.triage.model import Outcome
from backbeat.triage.simulation.deciding import Decider, Recorded
from backbeat.triage.simulation.model import Call, Played, Truth, local_hour
from backbeat.triage.simulation.replaying import SUPERVISOR_MINUTES, play

__all__ = ["MEASURES", "Change", "Comparison", "Side", "compare"]

FORMAT = "backbeat.triage.replay/1"
MEASURES: Mapping[str, Callable[[Played], bool]] = {
    "deployed": attrgetter("deployed"),
    "police-own": lambda one: one.outcome is Outcome.POLICE_OWN,
    "partner-leads": lambda one: one.outcome is Outcome.PARTNER_LEADS,
    "escalated": attrgetter("escalated"),
    "left-open": attrgetter("left_open"),
}
"""What is counted of every call, by name; a call may count under several."""


@dataclass(frozen=True, slots=True)
class Change:
    """One call that comes out otherwise."""

    reference: str
    strand: str
    old: Outcome
    new: Outcome

    def to_json(self) -> Json:
        """Plain values."""
        return {"reference": self.reference, "strand": self.strand, "old": self.old.value, "new": self.new.value}


@dataclass(slots=True)
class Side:
    """What one policy makes of all calls."""

    name: str
    hash: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    """By `MEASURES`."""
    outcomes: Counter[str] = field(default_factory=Counter)
    by_strand: Counter[tuple[str, str]] = field(default_factory=Counter)
    """`(strand, outcome)`."""
    load: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Calls put to a partner: `(agency, hour of day in London)`."""
    asked: int = 0
    officer_minutes: int = 0
    """Officers' time of the deployments, where the log has it."""
    timed: int = 0
    """Deployments whose time the log has."""
    at_risk: int = 0
    """Calls with a time by which somebody had to be there, where it is known when somebody was."""
    late: int = 0
    """Of these: nobody came by then."""
    waits: Counter[int] = field(default_factory=Counter)
    """Minutes to the first responder, over `at_risk` calls that anybody came to."""
    missed: int = 0
    """Needed police at the scene; neither attended nor given to a supervisor, on what callers said."""
    missed_misled: int = 0
    """The same where a caller had wrongly said there was no risk, and nothing corrected it in time."""
    resting_on_supervisor: int = 0
    """Needed police at the scene; a supervisor has to send them."""

    def add(self, call: Call, played: Played) -> None:
        """Count one call."""
        self.counts.update(name for name, holds in MEASURES.items() if holds(played))
        self.outcomes[played.outcome.value] += 1
        self.by_strand[_strand(call), played.outcome.value] += 1
        if played.agency:
            self.load[played.agency, local_hour(call)] += 1
        self.asked += played.asked
        if played.deployed and call.officer_minutes is not None:
            self.officer_minutes += call.officer_minutes
            self.timed += 1
        if call.window_minutes is not None and played.responder_known:
            self.at_risk += 1
            self.late += played.responder_minutes is None or played.responder_minutes > call.window_minutes
            if played.responder_minutes is not None:
                self.waits[played.responder_minutes] += 1
        if call.truth is Truth.ATTEND and not played.deployed:
            if played.outcome is Outcome.SUPERVISOR:
                self.resting_on_supervisor += 1
            elif call.misled:
                self.missed_misled += 1
            else:
                self.missed += 1

    def wait(self, share: float) -> int | None:
        """Minutes within which this share of the calls at risk that anybody came to had somebody there."""
        rank, seen = share * sum(self.waits.values()), 0
        for minutes in sorted(self.waits):
            seen += self.waits[minutes]
            if seen >= rank:
                return minutes
        return None

    def to_json(self, calls: int, known_attend: int) -> dict[str, Json]:
        """Plain values; shares in ten-thousandths, times in minutes."""
        return {
            "policy": self.name,
            "hash": self.hash,
            "measures": {name: _share(self.counts[name], calls) for name in MEASURES},
            "outcomes": dict(sorted(self.outcomes.items())),
            "outcomes_by_strand": _nested(self.by_strand),
            "partner_load": _load(self.load),
            "questions": self.asked,
            "officer_minutes": {"total": self.officer_minutes, "deployments_timed": self.timed},
            "delay": {
                "at_risk": self.at_risk,
                "late": _share(self.late, self.at_risk),
                "minutes_median": self.wait(0.5),
                "minutes_p90": self.wait(0.9),
            },
            "needed_police": {
                "known": known_attend,
                "missed": self.missed,
                "missed_at_most_per_10000": _none_of(self.missed, known_attend),
                "missed_misled": self.missed_misled,
                "resting_on_supervisor": self.resting_on_supervisor,
            },
        }


@dataclass(slots=True)
class Comparison:
    """Counts over all calls, for both sides and call by call."""

    old: Side
    new: Side
    calls: int = 0
    changed: int = 0
    needed_police: int = 0
    """Calls known to have needed police at the scene."""
    truth_unknown: int = 0
    only: dict[str, list[int]] = field(default_factory=lambda: {name: [0, 0] for name in MEASURES})
    """Calls that count under a measure with the old policy only, and with the new only."""
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    """`(old outcome, new outcome)`."""

    def add(self, call: Call, old: Played, new: Played) -> Change | None:
        """Count one call; the change, if it comes out otherwise."""
        self.calls += 1
        self.needed_police += call.truth is Truth.ATTEND
        self.truth_unknown += call.truth is None
        self.old.add(call, old)
        self.new.add(call, new)
        for name, holds in MEASURES.items():
            before, after = holds(old), holds(new)
            if before != after:
                self.only[name][after] += 1
        self.moves[old.outcome.value, new.outcome.value] += 1
        if old.outcome is new.outcome:
            return None
        self.changed += 1
        return Change(call.reference, _strand(call), old.outcome, new.outcome)

    def to_json(self) -> dict[str, Json]:
        """Plain values. `difference_per_10000` is new less old with its 95 % interval (Bonett and Price, pairs)."""
        return {
            "format": FORMAT,
            "calls": self.calls,
            "changed": self.changed,
            "truth_unknown": self.truth_unknown,
            "supervisor_assumed": f"sends police after {SUPERVISOR_MINUTES} minutes; counted apart from deployed",
            "old": self.old.to_json(self.calls, self.needed_police),
            "new": self.new.to_json(self.calls, self.needed_police),
            "differences": {name: self._difference(name) for name in MEASURES},
            "moves": [{"old": old, "new": new, "calls": count} for (old, new), count in sorted(self.moves.items())],
        }

    def _difference(self, name: str) -> Json:
        only_old, only_new = self.only[name]
        if not self.calls:
            return None
        return {
            "only_old": only_old,
            "only_new": only_new,
            "difference_per_10000": round((only_new - only_old) * 10_000 / self.calls),
            "interval_per_10000": paired_difference(only_old, only_new, self.calls).to_json(),
        }


def compare(
    calls: Iterable[Call],
    old: Decider | Recorded,
    new: Decider | Recorded,
    *,
    on_change: Callable[[Change], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Live through every call under both.

    Args:
        calls: one at a time; nothing of them is kept.
        old: what it is compared with: a policy, `Before()` or `Recorded()`.
        new: the policy to try.
        on_change: called with each call that comes out otherwise, in order.
        progress: called with the number of calls done so far, now and then.

    Raises:
        Bug: `Recorded()` is given, and a call has no decision.
    """
    total = Comparison(Side(old.name, old.hash), Side(new.name, new.hash))
    for call in calls:
        change = total.add(call, play(call, old), play(call, new))
        if change is not None and on_change is not None:
            on_change(change)
        if progress is not None and total.calls % 1000 == 0:
            progress(total.calls)
    return total


def _strand(call: Call) -> str:
    strand = call.facts.get("strand")
    return strand if isinstance(strand, str) else "unknown"


def _share(part: int, whole: int) -> Json:
    return {
        "count": part,
        "of": whole,
        "per_10000": per_10000(part, whole),
        "interval_per_10000": wilson(part, whole).to_json() if whole else None,
    }


def _none_of(missed: int, known: int) -> Json:
    """What none of so many cannot rule out (one-sided, 95 %), in ten-thousandths rounded up; None where some were."""
    return None if missed or not known else -int(-at_most_when_none(known) * 10_000 // 1)


def _nested(counts: Mapping[tuple[str, str], int]) -> Json:
    found: dict[str, dict[str, Json]] = {}
    for (outer, inner), count in sorted(counts.items()):
        found.setdefault(outer, {})[inner] = count
    return found


def _load(load: Mapping[tuple[str, int], int]) -> Json:
    return {agency: [load[agency, hour] for hour in range(24)] for agency in sorted({agency for agency, _ in load})}
