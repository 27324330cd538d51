"""What is settled while something is not known of a pair is so however it turns out, and what can matter is asked."""

from itertools import product
from typing import Any

import pytest
from crime_facts import facts_of, offence_of, summary

from backbeat.crime.deciding import decide
from backbeat.crime.facts_json import read_facts
from backbeat.crime.rules import open_rules

FORMER = ("yes", "no", None)
AGES = (30, 14, None)
Pair = tuple[str | None, int | None]
CHARGED = (
    {"act": "named", "offence": offence_of("195/94 8L")},
    {"act": "named", "offence": offence_of("008/30 8L")},
    {
        "act": "conduct",
        "facts": {
            **{"course_of_conduct": "yes", "controlling_or_coercive": "no", "fixated_or_obsessed": "no"},
            **{"fear_of_violence": "no", "serious_alarm_or_distress": "yes", "caused_distress": "yes"},
            "racially_or_religiously_aggravated": "no",
        },
    },
)


def said(charged: dict[str, Any], pairs: tuple[Pair, ...]) -> dict[str, Any]:
    names = [f"o{number}" for number, _ in enumerate(pairs)]
    parties = [{"id": "v1", "age": 30}] + [
        {"id": name, **({"age": age} if age else {})} for name, (_, age) in zip(names, pairs, strict=True)
    ]
    bonds = [
        {"victim": "v1", "offender": name, "facts": {"former_partner": former}}
        for name, (former, _) in zip(names, pairs, strict=True)
        if former
    ]
    facts = facts_of(
        [{"id": "a1", "victims": ["v1"], "offenders": names, **charged}],
        parties,
        facts={"registrar_satisfied_harassment_only": "no"},
        relationships=bonds,
    )
    report, rules = read_facts(facts, open_rules())
    found = summary(decide(rules, report))
    return {name: found[name] for name in ("state", "crimes", "candidates") if name in found}


def completions(pairs: tuple[Pair, ...]) -> list[tuple[Pair, ...]]:
    each = [
        [(one, other) for one in ((former,) if former else ("yes", "no")) for other in ((age,) if age else (30, 14))]
        for former, age in pairs
    ]
    return list(product(*each))


@pytest.mark.parametrize("charged", CHARGED, ids=["harassment", "harassment-fear", "by-the-table"])
def test_settled_means_settled_however_the_rest_turns_out(charged: dict[str, Any]) -> None:
    """p55 over every two offenders; a crime that is the same either way waits for nobody's answer."""
    known = {pairs: said(charged, pairs) for pairs in product(product(("yes", "no"), (30, 14)), repeat=2)}
    assert all(one["state"] != "open" for one in known.values())
    for pairs in product(product(FORMER, AGES), repeat=2):
        found = said(charged, pairs)
        ways = [known[way] for way in completions(pairs)]
        if found["state"] != "open":
            assert all(way == found for way in ways), pairs
        else:
            # Beside a referral more is asked than must be: never less.
            assert any(way != ways[0] or way["state"] == "referred" for way in ways), pairs


@pytest.mark.parametrize("charged", CHARGED, ids=["harassment", "harassment-fear", "by-the-table"])
def test_any_adult_former_partner_makes_it_stalking_and_order_never_matters(charged: dict[str, Any]) -> None:
    """p55, by brute force: an adult former partner is enough; one under 16 is the registrar's; else harassment."""
    for pairs in product(product(("yes", "no"), (30, 14)), repeat=3):
        found = said(charged, pairs)

        assert found == said(charged, pairs[::-1])
        if ("yes", 30) in pairs:
            assert found["state"] == "settled"
            assert "8Q" in found["crimes"][0]
        elif ("yes", 14) in pairs:
            assert found["state"] == "referred"
        else:
            assert "8L" in found["crimes"][0]
