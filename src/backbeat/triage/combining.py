"""From what the gates say to who owns the call. Pure and total: the safety checks enumerate it whole.

The greatest response of any gate prevails, so that no gate can take back what another asked for. Only where none asks
for police does a partner lead: the ambulance service in a medical emergency, else the agency of the strand. Where
police go and somebody needs treatment, it is joint. (decisions/0009)
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from backbeat.triage.gates import AMBULANCE, Verdict, verdict_of
from backbeat.triage.model import Outcome

__all__ = ["Owner", "Sets", "combine", "combine_edges", "owners", "swings"]

Sets = tuple[frozenset[Verdict], ...]


class Owner(NamedTuple):
    """Who owns the call."""

    outcome: Outcome
    lead: str
    """Agency; empty where no partner leads or joins."""
    urgency: str


def greater(responses: Sequence[Outcome | None]) -> Outcome | None:
    """The greatest response; None where nobody asks for one."""
    return max((one for one in responses if one is not None), key=lambda one: one.response, default=None)


@lru_cache(maxsize=4096)
def combine_edges(scope: Verdict, strand: Verdict, partner: Verdict) -> Verdict:
    """What scope, strand and partner say together: the greater response, and the strand's agency."""
    return verdict_of(greater((scope.response, strand.response, partner.response)), strand.lead, strand.urgency)


@lru_cache(maxsize=65536)
def combine(crime: Verdict, risk: Verdict, duty: Verdict, edges: Verdict, repeat: Verdict, *, medical: bool) -> Owner:
    """Who owns the call where every gate has decided; `edges` is from `combine_edges`.

    `medical` says that somebody is known to need emergency treatment.
    """
    said = (crime, risk, duty, edges, repeat)
    final = greater([verdict.response for verdict in said]) or Outcome.PARTNER_LEADS
    if final.attends and medical:
        final = Outcome.JOINT
    if final is Outcome.JOINT:
        return Owner(final, AMBULANCE, "emergency")
    leading = risk if risk.lead else edges
    return Owner(final, leading.lead, leading.urgency) if final is Outcome.PARTNER_LEADS else Owner(final, "", "")


@lru_cache(maxsize=16384)
def owners(sets: Sets, *, medical: bool) -> frozenset[Owner]:
    """Every owner that verdicts out of these sets can give (crime, risk, duty, edges, repeat)."""
    return frozenset(combine(*verdicts, medical=medical) for verdicts in product(*sets))


@lru_cache(maxsize=16384)
def swings(sets: Sets, *, medical: bool) -> tuple[bool, ...]:
    """For each set, whether another verdict out of it could give the call another owner."""
    found = []
    for at, own in enumerate(sets):
        others = sets[:at] + sets[at + 1 :]
        found.append(
            len(own) > 1
            and any(
                len({combine(*rest[:at], one, *rest[at:], medical=medical) for one in own}) > 1
                for rest in product(*others)
            )
        )
    return tuple(found)
