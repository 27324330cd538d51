"""The close-out panel: every step that is still owed, with what it takes to do it, and those that are done."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from backbeat.station.desk_triage import engine
from backbeat.station.desk_triage.asking import answers_given
from backbeat.station.desk_triage.models import Call
from backbeat.station.desk_triage.words import outcome_words
from backbeat.triage.calls.digests import statement_id
from backbeat.triage.calls.owed import Debt, Owed
from backbeat.triage.calls.state import CallState
from backbeat.triage.calls.words import POLICE
from backbeat.triage.model import Assessment, Outcome
from backbeat.triage.policies import Policy

__all__ = ["Step", "agencies", "rationale_from_facts", "steps_of"]


_AT_ONCE = frozenset({Debt.CALL_BACK, Debt.TELL, Debt.PROMISE, Debt.DEPLOY})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the panel."""

    kind: str
    """A `Debt`, which names the form in `_step.html`."""
    text: str
    done: bool
    about: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    """What its form needs."""


def steps_of(call: Call, state: CallState, assessment: Assessment) -> list[Step]:
    """What is owed, first things first, after what is done. While more is asked, only what cannot wait for it."""
    debts = engine.owed_now(state, assessment)
    if state.outcome is Outcome.ASK_MORE:
        debts = tuple(one for one in debts if one.debt in _AT_ONCE)
        if not debts:
            return []
    return [*_done(state), *(_step(call, state, assessment, one) for one in debts)]


def _done(state: CallState) -> list[Step]:
    made = []
    if state.deployed is not None:
        made.append(Step("done", f"Police sent at {_time(state.deployed.at)}.", True))
    if state.owner is not None and state.owner_counts:
        owner = state.owner
        whose = "the police" if owner.agency == POLICE else owner.agency.replace("-", " ")
        text = f"{owner.name}, {owner.position}, at {whose} accepted it at {_time(owner.mark.at)}."
        made.append(Step("owner-done", text, True, owner.agency))
    if state.statement is not None and state.statement.mark.sequence > state.fresh_from:
        made.append(Step("done", f"The caller was told at {_time(state.statement.mark.at)}.", True))
    if state.review is not None and state.review > timezone.now():
        made.append(Step("done", f"Review at {_time(state.review)}.", True))
    if state.rationale is not None:
        made.append(Step("done", "The rationale is written.", True))
    return made


def _step(call: Call, state: CallState, assessment: Assessment, one: Owed) -> Step:
    policy = engine.policy_of(call)
    more: dict[str, Any] = {}
    text = one.text
    match one.debt:
        case Debt.OWNER:
            more = _owner(state, policy, one.about)
            if one.about:
                text = text.replace(f"at {one.about}", f"at {more['title']}")
        case Debt.STATEMENT:
            words = engine.statement_of(call, state, assessment)
            more = {"words": words, "statement": one.about or statement_id(words)}
        case Debt.REVIEW:
            more = {"minutes": assessment.review_minutes or 60, "due": state.review is not None}
        case Debt.DUTY:
            duties = {duty.id: duty.text for duty in assessment.duties}
            text = duties.get(one.about, text)
        case Debt.RATIONALE:
            more = {"words": rationale_from_facts(state, assessment, policy)}
        case Debt.TELL:
            more = {"audience": one.about}
        case Debt.DEPLOY:
            more = {"joint": state.outcome is Outcome.JOINT}
    return Step(one.debt.value, text, False, one.about, more)


def _owner(state: CallState, policy: Policy, agency: str) -> dict[str, Any]:
    said = policy.edition.decide("agencies", {"agency": agency}).outcome or {} if agency not in ("", POLICE) else {}
    title = "the police" if agency == POLICE else str(said.get("title", "the agency that leads"))
    phone = str(said.get("phone") or "")
    return {
        "agency": agency,
        "title": title,
        "route": str(said.get("route", "")),
        "phone": "" if phone == "-" else phone,
        "police": agency == POLICE,
        "offered_at": state.offers.get(agency),
        "agencies": agencies(policy) if not agency else (),
    }


def agencies(policy: Policy) -> list[tuple[str, str]]:
    """Every agency of the policy: id and title."""
    table = policy.edition.tables["agencies"]
    known = [row.id for row in table.rows]
    said = [(one, policy.edition.decide("agencies", {"agency": one}).outcome or {}) for one in known]
    return [(one, str(outcome.get("title", one))) for one, outcome in said]


def rationale_from_facts(state: CallState, assessment: Assessment, policy: Policy) -> str:
    """A first draft for the handler to change: what was said, what the rules make of it, who has it."""
    given = {name: fact for name, fact in state.facts.items() if name in state.given or name == "contact_number"}
    lines = [f"{one.text} {one.words}." for one in answers_given(given, policy)]
    lead = assessment.lead if assessment.lead and assessment.lead.agency == state.lead else None
    outcome = state.outcome
    words = outcome_words(outcome, lead if outcome is assessment.outcome else None)
    if state.decision is not None and state.decision_stands:
        lines.append(f"Outcome: {words}, decided by the supervisor: {state.decision.reason}")
    else:
        why = " ".join(reason.text for reason in assessment.reasons)
        lines.append(f"Outcome: {words}. {why}".strip())
    if state.owner is not None and state.owner_counts:
        lines.append(f"Accepted by {state.owner.name}, {state.owner.position}, at {_time(state.owner.mark.at)}.")
    return "\n".join(lines)


def _time(at: Any) -> str:
    return timezone.localtime(at).strftime("%H:%M")
