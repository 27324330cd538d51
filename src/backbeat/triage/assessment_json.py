"""An assessment as JSON: same facts, same policy, same bytes."""

from backbeat.canonical import Json, canonical_json
from backbeat.triage.model import Assessment, Question, Source

__all__ = ["SCHEMA", "assessment_bytes", "assessment_json"]

SCHEMA = "backbeat.triage.assessment/1"


def assessment_bytes(assessment: Assessment) -> bytes:
    """Canonical bytes."""
    return canonical_json(assessment_json(assessment))


def assessment_json(assessment: Assessment) -> dict[str, Json]:
    """Plain JSON: what is proposed, why, and what is still to be asked."""
    one = assessment
    return {
        "schema": SCHEMA,
        "policy": {"id": one.policy, "hash": one.policy_hash},
        "facts": dict(one.facts),
        "outcome": one.outcome,
        "if_unknown": one.if_unknown,
        "floor": one.floor,
        "reachable": list(one.reachable),
        "lead": None
        if one.lead is None
        else {
            "agency": one.lead.agency,
            "title": one.lead.title,
            "urgency": one.lead.urgency,
            "route": one.lead.route,
            "phone": one.lead.phone,
        },
        "questions": [_question(question) for question in one.questions],
        "reasons": [
            {"gate": reason.gate, "response": reason.response, "text": reason.text, **_source(reason.source)}
            for reason in one.reasons
        ],
        "duties": [{"id": duty.id, "text": duty.text, **_source(duty.source)} for duty in one.duties],
        "statement": one.statement,
        "review_minutes": one.review_minutes,
        "why": one.why.to_json(),
    }


def _question(question: Question) -> Json:
    return {
        "group": question.group,
        "gate": question.gate,
        "text": question.text,
        "help": question.help,
        "kind": question.kind,
        "facts": list(question.facts),
        "choices": [{"id": choice.id, "words": choice.words, "sets": dict(choice.sets)} for choice in question.choices],
        **_source(question.source),
    }


def _source(source: Source) -> dict[str, Json]:
    return {"document": source.document, "page": source.page}
