"""A made-up month of calls, fitted to published figures: seeded, one call at a time, the same on every machine.

Nobody in it exists: a call has no name, number or place. What is fitted stands in `data/figures.yaml`, everything
assumed in `data/month.yaml`. The month shows how policies differ on the same calls; it is no evidence of what a force
saves.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from backbeat.errors import InputRejected
from backbeat.rulebook import NO, UNKNOWN, YES, Answer, Fact
from backbeat.triage.model import Outcome
from backbeat.triage.simulation.model import Call, Decided, Harm, Later, Truth
from backbeat.triage.simulation.recipe import Profile, Recipe, Scenario, recipe

__all__ = ["PROFILES", "make_month"]

DAYS = 30
PROFILES = ("cheshire", "humberside", "met")
_MOST_RINGS = 3
_SPREAD = 0.8
"""Of the logarithm of officers' time: most deployments are short and a few last a night. Assumed."""
_RISK = ("risk_life_now", "serious_harm_now")
T = TypeVar("T")


def make_month(
    profile: str = "cheshire", *, seed: int = 1, calls: int | None = None, start: datetime | None = None
) -> Iterator[Call]:
    """Thirty days of calls in order of time.

    Args:
        profile: one of `PROFILES`: whose published figures the month is fitted to.
        seed: the same seed gives the same month.
        calls: how many; the published number unless given.
        start: first moment, zone-aware; 1 June 2026 in London unless given.

    Raises:
        InputRejected: there is no such profile.
    """
    made = recipe()
    if profile not in made.profiles:
        raise InputRejected(
            "There is no such profile of a month.", where="profile", do=f"name one of {', '.join(PROFILES)}"
        )
    fitted = made.profiles[profile]
    total = fitted.calls if calls is None else calls
    first = start or datetime(2026, 5, 31, 23, tzinfo=UTC)
    chance = random.Random(f"{profile} {seed}")  # noqa: S311  # a month to be had again, no secret
    number = 0
    for day in range(DAYS):
        today = total * (day + 1) // DAYS - total * day // DAYS
        moments = sorted(_moment(chance, made.hours) for _ in range(today))
        for seconds in moments:
            number += 1
            yield _call(chance, made, fitted, number, first + timedelta(days=day, seconds=seconds))


def _moment(chance: random.Random, hours: Sequence[int]) -> int:
    (hour,) = chance.choices(range(24), weights=hours)
    return hour * 3600 + chance.randrange(3600)


def _call(chance: random.Random, made: Recipe, profile: Profile, number: int, at: datetime) -> Call:
    partner_rings = chance.random() < profile.partner
    scenario = _scenario(chance, made, profile, partner_rings)
    caller = chance.choice(scenario.callers if partner_rings else scenario.public)
    facts: dict[str, Fact] = {**made.facts, "strand": scenario.strand, **scenario.facts}
    urgent = scenario.risk or scenario.truth is Truth.ATTEND
    window = _minutes(chance, made, "window" if urgent else "partner_window")
    partner_minutes = _partner(chance, made, scenario, facts, window)
    misled = scenario.risk and scenario.truth is Truth.ATTEND and chance.random() < made.chances["misled"]
    later = _later(chance, made, facts, partner_minutes, misled)
    officer_minutes = round(chance.lognormvariate(-_SPREAD * _SPREAD / 2, _SPREAD) * profile.officer_minutes)
    return Call(
        reference=f"SIM{number:06}",
        received_at=at,
        caller=caller,
        facts=facts,
        later=later,
        rings_again=_rings(chance, made),
        truth=scenario.truth,
        misled=misled,
        window_minutes=window if urgent else None,
        police_minutes=_minutes(chance, made, "police"),
        partner_minutes=partner_minutes,
        officer_minutes=max(10, officer_minutes),
        decided=_before(chance, made, profile, scenario, partner_minutes),
        characteristics=_characteristics(chance, made, facts),
    )


def _scenario(chance: random.Random, made: Recipe, profile: Profile, partner_rings: bool) -> Scenario:
    if chance.random() < profile.attend:
        truth = Truth.ATTEND
    else:
        truth = Truth.POLICE if chance.random() < made.chances["police_without_sending"] else Truth.PARTNER
    fitting = [one for one in made.scenarios if one.truth is truth]
    (scenario,) = chance.choices(fitting, weights=[one.weight[0 if partner_rings else 1] for one in fitting])
    return scenario


def _partner(
    chance: random.Random, made: Recipe, scenario: Scenario, facts: dict[str, Fact], window: int
) -> int | None:
    """When the partner really comes; what it says beforehand goes into the facts."""
    medical = facts["medical"] is YES
    comes = _minutes(chance, made, "ambulance" if medical else "partner")
    if medical:
        comes = window + comes if scenario.ambulance_late else min(comes, window)
    slips = chance.random() < made.chances["eta_slips"]
    says = max(1, comes * chance.randint(40, 80) // 100) if slips else comes
    if chance.random() < made.chances["partner_refuses"] and not medical:
        facts |= {"partner_available": NO, "partner_eta_minutes": UNKNOWN, "risk_window_minutes": window}
        return None
    facts |= dict.fromkeys(_etas(facts), says)
    facts["risk_window_minutes"] = window
    return comes


def _etas(facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Where somebody needs treatment the ambulance is the partner that leads, so both questions have one answer."""
    return ("ambulance_eta_minutes", "partner_eta_minutes") if facts["medical"] is YES else ("partner_eta_minutes",)


def _later(
    chance: random.Random, made: Recipe, facts: dict[str, Fact], partner_minutes: int | None, misled: bool
) -> tuple[Later, ...]:
    """What comes out afterwards; what is not known yet is made unknown, or wrongly denied, in the facts."""
    found: list[Later] = []
    says = facts["partner_eta_minutes"]
    if isinstance(says, int) and partner_minutes is not None and partner_minutes > says:
        found.append(Later(says, dict.fromkeys(_etas(facts), partner_minutes)))
    if misled:
        hidden = {name: facts[name] for name in (*_RISK, "police_need", "crime", "crime_live")}
        facts.update(dict.fromkeys(hidden, NO))
        found.append(Later(partner_minutes or chance.randint(60, 300), hidden))
    elif chance.random() < made.chances["cannot_say"]:
        known = {name: facts[name] for name in _RISK}
        facts.update(dict.fromkeys(_RISK, UNKNOWN))
        found.append(Later(chance.randint(5, 90), known))
    return tuple(sorted(found, key=lambda one: one.minutes))


def _rings(chance: random.Random, made: Recipe) -> tuple[int, ...]:
    again: list[int] = []
    at, odds = 0, made.chances["rings_again"]
    while len(again) < _MOST_RINGS and chance.random() < odds:
        at += chance.randint(30, 300)
        again.append(at)
        odds = made.chances["rings_once_more"]
    return tuple(again)


def _before(
    chance: random.Random,
    made: Recipe,
    profile: Profile,
    scenario: Scenario,
    partner_minutes: int | None,
) -> Decided:
    """What the practice before made of it: as often to the scene as was published, mostly where it was needed."""
    needed = made.chances["attended_if_needed"]
    otherwise = (profile.before - profile.attend * needed) / (1 - profile.attend)
    goes = chance.random() < (needed if scenario.truth is Truth.ATTEND else otherwise)
    if goes:
        outcome = Outcome.JOINT if scenario.facts.get("medical") is YES else Outcome.POLICE_DEPLOY
        minutes: int | None = _minutes(chance, made, "police")
    else:
        outcome = Outcome.POLICE_OWN if scenario.truth is Truth.POLICE else Outcome.PARTNER_LEADS
        minutes = partner_minutes
    again = not goes and chance.random() < made.chances["rings_again"]
    hurt = not goes and scenario.truth is Truth.ATTEND and chance.random() < made.chances["harmed"]
    return Decided(
        outcome=outcome,
        responder_minutes=minutes,
        recontact_24h=Answer.of(again),
        later_deployment=Answer.of(again and chance.random() < made.chances["later_deployed"]),
        harm=Harm.INJURY if hurt else Harm.NONE,
    )


def _characteristics(chance: random.Random, made: Recipe, facts: Mapping[str, Fact]) -> dict[str, str]:
    found = {}
    for name, weights in made.characteristics.items():
        if chance.random() < made.chances["not_recorded"]:
            continue
        (group,) = chance.choices(list(weights), weights=list(weights.values()))
        found[name] = group
    if facts["child"] is YES:
        found["age"] = "under 18"
    elif found.get("age") == "under 18":
        del found["age"]
    return found


def _minutes(chance: random.Random, made: Recipe, name: str) -> int:
    least, mode, most = made.minutes[name]
    return round(chance.triangular(least, most, mode))
