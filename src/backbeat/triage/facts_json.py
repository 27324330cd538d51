"""FACTS.json ↔ facts of a call: checked whole, every fault at once with its place.

    {"format": "backbeat.triage.facts/1", "at": "2026-11-22T01:30:00+00:00", "facts": {"crime": "no", …}}

`at` is when the call came in; the policy of that day applies. Facts are words, or whole numbers; a fact left out has
not been asked, `unknown` means that nobody could say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from backbeat.handed_json import NotTaken, read_json
from backbeat.rulebook import NO, YES, Fact
from backbeat.triage.errors import FactsRefused
from backbeat.triage.policies import Policy, PolicyShelf

__all__ = ["FORMAT", "CallFacts", "read_call", "read_call_file", "read_fact", "read_facts"]

FORMAT = "backbeat.triage.facts/1"
_DO = "correct the facts and assess again; nothing was recorded"
_KNOWN = frozenset({"format", "at", "facts"})


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What a file of facts says."""

    at: datetime
    policy: Policy
    facts: Mapping[str, Fact]


def read_call_file(path: Path, shelf: PolicyShelf) -> CallFacts:
    """Read a file; see `read_call`.

    Raises:
        FactsRefused: also where the file is no JSON.
        NoRuleForDate: see there.
    """
    try:
        value = read_json(path)
    except NotTaken as error:
        where = ", ".join(filter(None, ("facts file", error.place)))
        raise FactsRefused(f"The file {error.what}.", where=where, do=_DO) from error
    return read_call(value, shelf)


def read_call(value: object, shelf: PolicyShelf) -> CallFacts:
    """The call in a JSON value, and the policy in force when it came in.

    Raises:
        FactsRefused: every fault at once, each with its place; quotes no value.
        NoRuleForDate: no policy was in force then.
    """
    if not isinstance(value, dict):
        raise FactsRefused("The file must hold one object, in braces.", where="facts", do=_DO)
    faults = [f"{_shown(name)}: is no field of the format" for name in value if name not in _KNOWN]
    if value.get("format") != FORMAT:
        faults.append(f"format: must be {FORMAT}")
    at = _moment(value.get("at"), faults)
    given = value.get("facts")
    if not isinstance(given, dict):
        faults.append("facts: must be an object, in braces")
    if faults or at is None or not isinstance(given, dict):
        raise FactsRefused.of(faults, where="facts", do=_DO)
    policy = shelf.on(at.date())
    return CallFacts(at, policy, read_facts(policy, given))


def read_facts(policy: Policy, given: Mapping[str, object]) -> dict[str, Fact]:
    """Facts of the types a policy declares, from JSON.

    Raises:
        FactsRefused: every fault at once: names the policy does not know, values of another type, facts that
            contradict one another.
    """
    faults: list[str] = []
    facts: dict[str, Fact] = {}
    for name, value in given.items():
        try:
            facts[name] = read_fact(policy, name, value)
        except ValueError as error:
            faults.append(f"{_shown(name)}: {error}")
    if facts.get("crime") is NO and facts.get("crime_live") is YES:
        faults.append("crime_live: cannot be yes where crime is no (the first limb of the threshold, npa)")
    if facts.get("s136_custody") is YES and facts.get("strand") == "voluntary":
        faults.append("s136_custody: cannot be yes for somebody who attends of their own will")
    if faults:
        raise FactsRefused.of(faults, where=f"facts, policy {policy.id}", do=_DO)
    return dict(sorted(facts.items()))


def read_fact(policy: Policy, name: str, value: object) -> Fact:
    """One fact from JSON.

    Raises:
        ValueError: the policy does not ask for it, or it is of another type; the message quotes no value.
    """
    type_ = policy.types.get(name)
    if type_ is None:
        near = get_close_matches(name, policy.types, n=1)
        raise ValueError("is no fact of a call" + (f"; {near[0]} is" if near else ""))
    return type_.read_json(value)


def _moment(value: object, faults: list[str]) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        faults.append("at: must be a day and time with its offset from UTC, such as 2026-11-22T01:30:00+00:00")
        return None
    return at


def _shown(name: object) -> str:
    """Names come from outside; one that does not look like a name is not repeated."""
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= 40 else "a name"
