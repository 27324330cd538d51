"""A comparison as plain text, for people at a terminal. The figures are those of `Comparison.to_json`."""

from collections.abc import Iterator

from backbeat.proportions import Interval, at_most_when_none, paired_difference, wilson
from backbeat.triage.simulation.comparing import MEASURES, Comparison, Side
from backbeat.triage.simulation.replaying import SUPERVISOR_MINUTES

__all__ = ["render"]

_TITLES = {
    "deployed": "police sent by the policy",
    "escalated": "given to a supervisor",
    "police-own": "kept by police, nobody sent",
    "partner-leads": "led by a partner",
    "left-open": "left open: more to be asked",
}
_OWNERS = ("partner-leads", "police-own", "supervisor", "police-deploy", "joint")


def render(found: Comparison) -> str:
    """The report, ending in a line feed."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    yield f"{found.calls:,} calls under two policies; {found.changed:,} come out otherwise"
    yield f"  old: {found.old.name}"
    yield f"  new: {found.new.name}"
    if not found.calls:
        return
    yield ""
    yield _row("of all calls (share, 95 %)", "old", "new", "difference (95 %)")
    for name in MEASURES:
        yield _row(
            _TITLES[name],
            _of(found.old.counts[name], found.calls),
            _of(found.new.counts[name], found.calls),
            _difference(found, name),
        )
    yield f"  A supervisor is assumed to send police, {SUPERVISOR_MINUTES} minutes on; these are counted apart."
    yield ""
    yield from _needed(found)
    yield ""
    yield from _delay(found)
    yield ""
    yield from _moves(found)
    for side, word in ((found.old, "old"), (found.new, "new")):
        yield ""
        yield from _load(side, word)


def _needed(found: Comparison) -> Iterator[str]:
    old, new, known = found.old, found.new, found.needed_police
    if found.truth_unknown:
        yield f"What was needed is not known of {found.truth_unknown:,} calls; nothing is said of these here."
    if not known:
        yield "The log does not say which calls needed police at the scene: whether one was missed is not known."
        return
    yield _row(f"of {known:,} calls that needed police", "old", "new")
    yield _row("not attended, on what callers said", f"{old.missed:,}", f"{new.missed:,}")
    yield _row("not attended, caller denied the risk", f"{old.missed_misled:,}", f"{new.missed_misled:,}")
    yield _row(
        "attended only if the supervisor sends", f"{old.resting_on_supervisor:,}", f"{new.resting_on_supervisor:,}"
    )
    if not new.missed:
        yield f"  None of {known:,} leaves room for as many as {at_most_when_none(known):.2%} (95 %)."


def _delay(found: Comparison) -> Iterator[str]:
    old, new = found.old, found.new
    if not old.at_risk and not new.at_risk:
        yield "The log does not say when somebody was there: delay is not known."
        return
    yield _row("calls with a time to be there by", f"{old.at_risk:,}", f"{new.at_risk:,}")
    yield _row("nobody there in time", _of(old.late, old.at_risk), _of(new.late, new.at_risk))
    for title, share in (("first responder, median minutes", 0.5), ("first responder, 90 % within", 0.9)):
        yield _row(title, *("–" if (wait := side.wait(share)) is None else f"{wait:,}" for side in (old, new)))


def _moves(found: Comparison) -> Iterator[str]:
    yield _row("old ↓  new →", *_OWNERS)
    for old in _OWNERS:
        counts = [found.moves[old, new] for new in _OWNERS]
        if any(counts):
            yield _row(old, *(f"{count:,}" for count in counts))


def _load(side: Side, word: str) -> Iterator[str]:
    agencies = sorted({agency for agency, _hour in side.load})
    if not agencies:
        yield f"Nothing is put to a partner under the {word} policy."
        return
    yield _row(f"put to partners, {word}", "all", "00-05", "06-11", "12-17", "18-23", "busiest hour")
    for agency in agencies:
        hours = [side.load[agency, hour] for hour in range(24)]
        busiest = max(range(24), key=lambda hour: (hours[hour], -hour))
        quarters = [f"{sum(hours[start : start + 6]):,}" for start in range(0, 24, 6)]
        yield _row(agency, f"{sum(hours):,}", *quarters, f"{busiest:02}: {hours[busiest]:,}")


def _row(title: str, *cells: str) -> str:
    return f"{title:<38}" + "".join(f"{cell:>25}" if len(cells) <= 3 else f"{cell:>15}" for cell in cells).rstrip()


def _of(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%}, {_ends(wilson(part, whole))})" if whole else "–"


def _ends(interval: Interval) -> str:
    return f"{interval.low * 100:.0f}-{interval.high * 100:.0f}"


def _difference(found: Comparison, name: str) -> str:
    only_old, only_new = found.only[name]
    interval = paired_difference(only_old, only_new, found.calls)
    points = (only_new - only_old) * 100 / found.calls
    return f"{points:+.1f} ({interval.low * 100:+.1f} to {interval.high * 100:+.1f})"
