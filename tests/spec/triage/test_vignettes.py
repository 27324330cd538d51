"""Every call of the shared vignettes comes out as listed, and says what it is made of."""

import json
from datetime import date
from pathlib import Path

import pytest

from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.assessing import assess
from backbeat.triage.examples import CallExample, call_examples
from backbeat.triage.model import Outcome
from backbeat.triage.policies import Policy, open_policies

POLICY: Policy = open_policies().on(date(2026, 11, 22))
EXAMPLES = {example.id: example for example in call_examples(POLICY)}
WORDS = {
    "PARTNER_LEAD": Outcome.PARTNER_LEADS,
    "POLICE_DEPLOY": Outcome.POLICE_DEPLOY,
    "POLICE_OWNED": Outcome.POLICE_OWN,
    "SUPERVISOR": Outcome.SUPERVISOR,
    "JOINT": Outcome.JOINT,
}
SAME = {"crime", "risk_life_now", "medical", "detained", "location_known", "police_specific_need", "capacity", "child"}
"""Hints of the file that are facts here; of the others the call itself is encoded."""


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_of_the_edition_is_decided_as_it_must_be(example: CallExample) -> None:
    assessment = assess(POLICY, dict(example.facts))

    assert assessment.outcome is example.outcome
    assert (assessment.lead.agency if assessment.lead else "") == example.lead
    assert assessment.questions == ()
    assert assessment.statement
    assert (assessment.review_minutes is None) is assessment.outcome.attends


def test_every_shared_vignette_is_an_example_with_the_outcome_listed(shared_data: Path) -> None:
    lines = (shared_data / "triage" / "vignettes.jsonl").read_text("utf-8").splitlines()
    vignettes = [json.loads(line) for line in lines]

    assert len(vignettes) == 16
    for vignette in vignettes:
        example = EXAMPLES[vignette["id"]]
        assert example.outcome is WORDS[vignette["expected"]], vignette["id"]
        facts = dict(example.facts)
        for hint, value in vignette["key_facts"].items():
            if hint in SAME:
                fact = facts["police_need" if hint == "police_specific_need" else hint]
                assert fact is {True: YES, False: NO, None: UNKNOWN}[value], f"{vignette['id']} {hint}"
        if "repeat_calls" in vignette["key_facts"]:
            assert facts["contact_number"] == vignette["key_facts"]["repeat_calls"]


def test_what_is_reported_decides_and_not_what_the_call_is_called() -> None:
    facts = dict(EXAMPLES["R31"].facts)

    for strand in ("welfare", "medical", "transport", "voluntary"):
        assert assess(POLICY, {**facts, "strand": strand}).outcome is Outcome.POLICE_DEPLOY
