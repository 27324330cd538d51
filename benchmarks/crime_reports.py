"""Reports as a busy force might take them, made up from the edition itself: acts picked, questions answered, at random.

Nobody in them exists. A seed gives the same reports on every machine.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from backbeat.crime.deciding import decide
from backbeat.crime.errors import FactsRefused
from backbeat.crime.facts_json import read_facts
from backbeat.crime.rules import Rules, RulesShelf
from backbeat.rulebook.values import Shape, ValueType

__all__ = ["answered_reports", "varied"]

ORDINARY = {
    "reported_by": "victim",
    "amounts_to_crime": "yes",
    "contrary_evidence": "no",
    "another_force_recording": "no",
    "police_on_duty_complaint": "no",
    "investigation_by": "police",
    "school_premises_and_hours": "no",
    "suspect_was_in": "this-force",
    "points_to_prove": "yes",
    "reporter_impaired": "no",
}
"""What is true of most reports, so that most questions left are about the crime itself."""
MOST_QUESTIONS = 60


def answered_reports(shelf: RulesShelf, rules: Rules, count: int, seed: int) -> Iterator[dict[str, object]]:
    """FACTS.json of `count` different reports with one to four allegations, answered until nothing is open."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        facts = _answered(shelf, rules, chance, made)
        if facts is not None:
            made += 1
            yield facts


def varied(facts: dict[str, object], number: int, chance: random.Random) -> dict[str, object]:
    """The same report by other people on another day: ages change, and with them some answers."""
    head = dict(facts["report"])  # type: ignore[call-overload]
    head["reference"] = f"NS-26-{number:07d}"
    received = datetime(2026, 4, 1, 8, tzinfo=UTC) + timedelta(minutes=2 * number)
    head["received_at"] = received.isoformat()
    parties = [
        {**party, "age": chance.randint(16, 80)} if party.get("age", 0) >= 16 else party
        for party in facts["parties"]  # type: ignore[attr-defined]
    ]
    return {**facts, "report": head, "parties": parties}


def _answered(shelf: RulesShelf, rules: Rules, chance: random.Random, number: int) -> dict[str, object] | None:
    victims = [f"v{n}" for n in range(chance.choice((1, 1, 1, 2, 3)))]
    offenders = [f"o{n}" for n in range(chance.choice((0, 1, 1, 1, 2)))]
    parties = [
        {"id": one, "age": chance.randint(14, 80), "sex": chance.choice(("female", "male")), "household": "h"}
        for one in (*victims, *offenders)
    ]
    acts = sorted(rules.acts)
    facts: dict[str, object] = {
        "format": "backbeat.crime.facts/1",
        "report": {
            "reference": f"NS-26-{number:07d}",
            "received_at": "2026-05-01T10:00:00+01:00",
            "force": "northshire",
            "facts": dict(ORDINARY),
        },
        "parties": parties,
        "relationships": [],
        "allegations": [
            {
                "id": f"a{n}",
                "act": chance.choice(acts),
                "victims": chance.sample(victims, chance.randint(1, len(victims))),
                "offenders": chance.sample(offenders, chance.randint(min(1, len(offenders)), len(offenders))),
                "facts": {},
            }
            for n in range(chance.choice((1, 1, 1, 1, 2, 2, 3, 4)))
        ],
    }
    for _ in range(MOST_QUESTIONS):
        try:
            questions = decide(rules, read_facts(facts, shelf)[0]).questions
        except FactsRefused:
            return None
        if not questions:
            return facts
        question = questions[0]
        _put(facts, question.about, question.fact, _any_value(ValueType.parse(question.type), chance))
    return None


def _any_value(type_: ValueType, chance: random.Random) -> object:
    match type_.shape:
        case Shape.TRI | Shape.ENUM:
            return chance.choice(type_.choices)
        case Shape.INT:
            return chance.randint(type_.low or 0, min(type_.high or 100, 100))
        case Shape.DATE:
            return "2026-04-20"
        case Shape.DURATION:
            return "2"
    return "elsewhere"


def _put(facts: dict[str, object], about: str, fact: str, value: object) -> None:
    kind, _, name = about.partition(":")
    if kind == "report":
        facts["report"]["facts"][fact] = value  # type: ignore[index]
        return
    if kind == "relationship":
        victim, _, offender = name.partition("/")
        bonds = facts["relationships"]
        bond = next((one for one in bonds if (one["victim"], one["offender"]) == (victim, offender)), None)  # type: ignore[attr-defined]
        if bond is None:
            bond = {"victim": victim, "offender": offender, "facts": {}}
            bonds.append(bond)  # type: ignore[attr-defined]
        bond["facts"][fact] = value
        return
    entries = facts["parties" if kind == "party" else "allegations"]
    entry = next(one for one in entries if one["id"] == name)  # type: ignore[attr-defined]
    if kind == "party" and fact in ("age", "sex"):
        entry[fact] = value
    else:
        entry.setdefault("facts", {})[fact] = value
