"""Whole calls with the outcome they must have (list `examples` of the edition): the vignettes a policy is held to.

A force may ask more of the police than the edition does, never less: on an example its policy gives the same response
or a greater one. A policy may ask for facts an example does not say, such as the age: what counts is the least
response that any answer leaves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backbeat.rulebook import Fact
from backbeat.triage.assessing import assess
from backbeat.triage.facts_json import read_facts
from backbeat.triage.model import Assessment, Outcome
from backbeat.triage.policies import Policy

__all__ = ["CallExample", "Shortfall", "call_examples", "shortfalls"]


@dataclass(frozen=True, slots=True)
class CallExample:
    """One call, and who must own it."""

    id: str
    call: str
    facts: tuple[tuple[str, Fact], ...]
    outcome: Outcome
    lead: str
    why: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An example on which a policy asks less of the police than it must, or could once more is asked."""

    example: CallExample
    assessment: Assessment

    def line(self) -> str:
        """In words."""
        one = self.example
        return f"example {one.id} ({one.call}): must be {one.outcome}, would be {self.assessment.floor}. {one.why}."


def call_examples(policy: Policy) -> tuple[CallExample, ...]:
    """Every example of the edition below a policy. Facts are read as from a file of facts."""
    found = []
    for row in policy.edition.lists["examples"].rows:
        pairs = (one.partition("=") for one in row["facts"].split())
        facts = read_facts(policy, {name: int(word) if word.isdigit() else word for name, _, word in pairs})
        found.append(
            CallExample(row["id"], row["call"], tuple(facts.items()), Outcome(row["outcome"]), row["lead"], row["why"])
        )
    return tuple(found)


def shortfalls(policy: Policy) -> Iterator[Shortfall]:
    """The examples a policy falls short of."""
    for example in call_examples(policy):
        assessment = assess(policy, dict(example.facts))
        if assessment.floor.response < example.outcome.response:
            yield Shortfall(example, assessment)
