"""A call as its page shows it: what stands, what is asked, what is owed, what was answered, what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may
from backbeat.station.desk_triage import calls, engine
from backbeat.station.desk_triage.asking import answers_given, ask
from backbeat.station.desk_triage.log_lines import lines_of
from backbeat.station.desk_triage.models import Call
from backbeat.station.desk_triage.owing import steps_of
from backbeat.station.desk_triage.words import CALLERS, CHARACTERISTICS, THRIVE, Shown, outcome_words, show_outcome
from backbeat.triage.calls.state import CallState
from backbeat.triage.model import Assessment, Gate, Lead, Outcome, Urgency

__all__ = ["Banner", "banner_of", "history_of", "shown_of", "side_context", "work_context"]

HISTORY_LINES = 6


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands, at every moment, in the largest words of the page."""

    shown: Shown
    when: str
    floor: str
    why: str
    could: str


def banner_of(state: CallState, assessment: Assessment) -> Banner:
    """The outcome that stands; while more is asked, what it is if the rest is unknown."""
    if state.outcome is not Outcome.ASK_MORE:
        why = _main_reason(assessment)
        when = "Decided on what is known"
        if state.decision is not None and state.decision_stands:
            when, why = f"Decided by the supervisor, {state.decision.by}", state.decision.reason
        elif state.outcome is not assessment.outcome:
            when = "A supervisor was asked for" if state.outcome is Outcome.SUPERVISOR else "Police have been sent"
        lead = assessment.lead if state.lead and assessment.lead and assessment.lead.agency == state.lead else None
        return Banner(show_outcome(state.outcome, lead), when, "", why, "")
    floor = ""
    if assessment.floor.attends:
        floor = "Police go, whatever else is answered: send them now."
    elif assessment.floor is not Outcome.PARTNER_LEADS:
        floor = f"At least: {outcome_words(assessment.floor)[:1].lower()}{outcome_words(assessment.floor)[1:]}."
    others = [one for one in assessment.reachable if one is not assessment.if_unknown]
    could = f"Answers can still make it: {_listed(outcome_words(one).lower() for one in others)}." if others else ""
    return Banner(show_outcome(assessment.if_unknown), "If the rest stays unknown", floor, "", could)


def _main_reason(assessment: Assessment) -> str:
    """The words of the gate that made the outcome; where a partner leads, those of the kind of call."""
    made = [one.text for one in assessment.reasons if one.response is assessment.outcome]
    strand = [one.text for one in assessment.reasons if one.gate is Gate.STRAND]
    rest = [one.text for one in assessment.reasons]
    return next(iter([*made, *strand, *rest]), "")


def shown_of(call: Call) -> Shown:
    """The outcome that stands, from the columns of a call; names the agency that leads."""
    lead = (call.assessment or {}).get("lead")
    if lead is None or lead["agency"] != call.lead:
        return show_outcome(call.outcome)
    return show_outcome(call.outcome, Lead(**{**lead, "urgency": Urgency(lead["urgency"])}))


def _listed(words: Iterable[str]) -> str:
    every = list(words)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])}, or {every[-1]}"


def work_context(actor: User, call: Call, **more: object) -> dict[str, object]:
    """Everything of the part that is swapped after each step."""
    state = engine.fold_call(call)
    assessment = engine.assess_state(call, state).value
    policy = engine.policy_of(call)
    events = lines_of(call)
    given = {name: fact for name, fact in state.facts.items() if name in state.given or name == "contact_number"}
    context: dict[str, object] = {
        "call": call,
        "key": f"{call.pk.hex[:12]}:{call.revision}",
        "may_handle": may(actor, "triage.handle"),
        "banner": banner_of(state, assessment),
        "asked": ask(assessment.questions, policy, supervises=may(actor, "triage.supervise")),
        "given": answers_given(given, policy),
        "reasons": [
            {"text": one.text, "document": policy.edition.documents[one.source.document].title, "page": one.source.page}
            for one in assessment.reasons
        ],
        "undo": calls.last_answer(call) if call.is_open else None,
        "steps": steps_of(call, state, assessment),
        "can_close": call.is_open and not engine.owed_now(state, assessment),
        "callback_minutes": policy.minutes("call-back"),
        "rethrive": _rethrive(call),
        "log": events,
        "matter": _matter(call),
        "contact_words": _ordinal(call.contact_number),
    }
    return {**context, **more}


def _rethrive(call: Call) -> bool:
    """Whether a fact changed since THRIVE was last written; only once it has been."""
    kinds = list(call.events.filter(kind__in=("thrive", "fact", "recontact")).values_list("kind", flat=True))
    return "thrive" in kinds and kinds[-1] != "thrive"


def _matter(call: Call) -> list[dict[str, object]]:
    """The other calls on the same matter, newest first, each with what happened on it."""
    if call.matter_id is None and not call.later_calls.exists():
        return []
    root = call.matter_id or call.pk
    others = Call.objects.filter(pk=root).union(Call.objects.filter(matter_id=root)).order_by("-opened_at")
    return [
        {
            "call": other,
            "shown": shown_of(other),
            "lines": history_of(other),
        }
        for other in others
        if other.pk != call.pk and other.opened_at < call.opened_at
    ]


def history_of(call: Call) -> list[str]:
    """How a call began, and the last things of weight that happened on it."""
    first, *rest = [line.words for line in lines_of(call) if line.matters]
    return [first, *rest[-HISTORY_LINES:]]


def _ordinal(number: int) -> str:
    words = {1: "First call", 2: "Second call", 3: "Third call", 4: "Fourth call"}
    return words.get(number, f"Call number {number}")


def side_context(call: Call) -> dict[str, Any]:
    """Who and where, THRIVE and what is known about the person, as their forms show them."""
    given: Mapping[str, str] = call.characteristics
    return {
        "now": timezone.now(),
        "callers": CALLERS,
        "thrive": [{"id": id_, "words": words, "text": call.thrive.get(id_, "")} for id_, words in THRIVE],
        "thrive_written": sum(bool(text) for text in call.thrive.values()),
        "characteristics": [
            {"id": id_, "words": words, "choices": choices, "given": given.get(id_, "")}
            for id_, words, choices in CHARACTERISTICS
        ],
    }
