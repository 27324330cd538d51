"""The figures that gate the build, tried on every combination of facts and not on a sample."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest

from backbeat.rulebook import NO, UNKNOWN, YES, Answer, Fact
from backbeat.triage.assessing import assess
from backbeat.triage.combining import combine
from backbeat.triage.gates import Verdict, read_verdict, verdict_of
from backbeat.triage.model import Outcome, Strand
from backbeat.triage.policies import Policy, open_policies
from backbeat.triage.safety import check_policy, core_classes

POLICY: Policy = open_policies().on(date(2026, 11, 22))
ANSWERS = (NO, UNKNOWN, YES)
CRIME = ("crime", "crime_live")
RISK = ("risk_life_now", "serious_harm_now", "medical", "police_need", "ambulance_in_time")
DUTY = ("attendance_promised", "risk_created", "officers_on_scene", "s136_custody", "handover_agreed")
LOWEST_RISK = {"ambulance_in_time": YES, "handover_agreed": YES}
NEUTRAL = {"medical"}
"""Says who leads, and is no risk by itself."""
NOTHING = verdict_of(None)
LEADS = verdict_of(None, "adult-social-care", "soon")
Case = tuple[Answer, ...]


def verdict(table_id: str, names: tuple[str, ...], case: Case) -> Verdict:
    table = POLICY.edition.tables[table_id]
    (at,) = table.answer(dict(zip(names, case, strict=True))).fired
    return read_verdict(table, at)


@pytest.fixture(scope="module")
def gates() -> dict[str, dict[Case, Verdict]]:
    """What each gate of the core says to each combination of its own facts."""
    return {
        name: {case: verdict(f"gate_{name}", names, case) for case in product(ANSWERS, repeat=len(names))}
        for name, names in (("crime", CRIME), ("risk", RISK), ("duty", DUTY))
    }


def riskier(names: tuple[str, ...], case: Case) -> Iterator[Case]:
    """The case with one risk added: from its lowest to its highest value, and from its lowest to not known."""
    for at, name in enumerate(names):
        if name in NEUTRAL:
            continue
        lowest = LOWEST_RISK.get(name, NO)
        if case[at] is lowest:
            highest = NO if lowest is YES else YES
            for value in (highest, UNKNOWN):
                yield (*case[:at], value, *case[at + 1 :])


def test_no_partner_leads_while_a_fact_that_bears_on_life_is_unknown(gates: dict[str, dict[Case, Verdict]]) -> None:
    tried = leads = 0
    for (crime, one), (risk, two), (duty, three) in product(*(gate.items() for gate in gates.values())):
        tried += 1
        owner = combine(one, two, three, LEADS, NOTHING, medical=risk[2] is YES)
        if owner.outcome is not Outcome.PARTNER_LEADS:
            continue
        leads += 1
        assert crime[0] is NO
        assert UNKNOWN not in risk[:2]
        if YES in risk[:2]:
            assert risk[2:] == (YES, NO, YES)  # medical, nothing only police can do, the ambulance in time
            assert owner.lead == "ambulance"
        assert duty[4] is YES or duty[:4] == (NO, NO, NO, NO)
    assert tried == 3**12
    assert leads > 0


def test_adding_a_risk_never_lowers_the_response(gates: dict[str, dict[Case, Verdict]]) -> None:
    names = {"crime": CRIME, "risk": RISK, "duty": DUTY}
    others = {gate: sorted(set(found.values()), key=str) for gate, found in gates.items()}
    steps = 0
    for gate, found in gates.items():
        rest = [others[name] for name in gates if name != gate]
        for case, before in found.items():
            for more in riskier(names[gate], case):
                steps += 1
                after = found[more]
                if after == before:
                    continue
                medical = gate == "risk" and case[2] is YES
                for beside in product(*rest):
                    for edges, repeat, also in product(
                        (NOTHING, LEADS), (NOTHING, verdict_of(Outcome.SUPERVISOR)), (0, 1)
                    ):
                        cells = dict(zip([name for name in gates if name != gate], beside, strict=True))
                        low = combine(
                            **{**cells, gate: before}, edges=edges, repeat=repeat, medical=medical or bool(also)
                        )
                        high = combine(
                            **{**cells, gate: after}, edges=edges, repeat=repeat, medical=medical or bool(also)
                        )
                        assert high.outcome.response >= low.outcome.response, (gate, case, more)
    assert steps > 1_000


def test_the_packaged_policy_keeps_every_rule() -> None:
    assert check_policy(POLICY) == ()


def test_the_classes_cover_every_combination_also_with_facts_not_asked() -> None:
    assert sum(one.cases for one in core_classes(POLICY)) == 4**12


def test_an_assessment_says_what_the_classes_say() -> None:
    """The proof is about the gates' verdicts; this ties it to `assess` itself, on one example of every class."""
    eased: dict[str, Fact] = {"strand": "transport", "partner_available": YES, "contact_number": 1}
    classes = core_classes(POLICY)
    for one in classes:
        facts: dict[str, Fact] = dict(eased)
        for name, word in one.example:
            if name != "ambulance_in_time":
                facts[name] = Answer(word)
        in_time = dict(one.example).get("ambulance_in_time")
        if in_time is not None:
            facts |= {"ambulance_accepted": Answer(in_time)}
            facts |= {"ambulance_eta_minutes": 8, "risk_window_minutes": 10, "partner_eta_minutes": 8}
        assessment = assess(POLICY, facts)
        if not one.settled:
            assert assessment.outcome is not Outcome.PARTNER_LEADS, one.example
            assert assessment.if_unknown is not Outcome.PARTNER_LEADS, one.example
        assert assessment.floor.response <= assessment.if_unknown.response


@pytest.mark.parametrize("strand", Strand)
def test_nothing_known_at_all_is_never_for_a_partner(strand: Strand) -> None:
    assessment = assess(POLICY, {"strand": strand})

    assert assessment.outcome is Outcome.ASK_MORE
    assert assessment.if_unknown is Outcome.SUPERVISOR
