"""What the pages call things: outcomes with the shape that stands beside each, so that colour never says it alone."""

from dataclasses import dataclass

from backbeat.triage.model import Lead, Outcome

__all__ = ["CALLERS", "CHARACTERISTICS", "THRIVE", "Shown", "outcome_words", "show_outcome"]

_SHAPES = {
    Outcome.POLICE_DEPLOY: "▲",
    Outcome.JOINT: "✚",
    Outcome.POLICE_OWN: "■",
    Outcome.SUPERVISOR: "◆",
    Outcome.PARTNER_LEADS: "●",
    Outcome.ASK_MORE: "?",
}
_WORDS = {
    Outcome.POLICE_DEPLOY: "Send police",
    Outcome.JOINT: "Send police with the ambulance service",
    Outcome.POLICE_OWN: "Police keep it",
    Outcome.SUPERVISOR: "The supervisor decides",
    Outcome.PARTNER_LEADS: "A partner leads",
    Outcome.ASK_MORE: "Still asking",
}
CALLERS = (
    ("unknown", "Not known yet"),
    ("themselves", "The person themselves"),
    ("family", "Family"),
    ("public", "Friend, neighbour, passer-by"),
    ("health", "Hospital, GP, mental health"),
    ("ambulance", "Ambulance service"),
    ("social-care", "Social care"),
    ("other-agency", "Another agency"),
)
THRIVE = (
    ("threat", "Threat"),
    ("harm", "Harm"),
    ("risk", "Risk"),
    ("investigation", "Investigation"),
    ("vulnerability", "Vulnerability"),
    ("engagement", "Engagement"),
)
CHARACTERISTICS = (
    ("age", "Age", ("0-17", "18-24", "25-39", "40-59", "60-74", "75 and over")),
    ("sex", "Sex", ("Female", "Male")),
    ("ethnicity", "Ethnicity", ("Asian", "Black", "Mixed", "White", "Other")),
    ("disability", "Disability", ("Yes", "No")),
)
"""Asked of nobody; kept where it is known anyway, for the rates only."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An outcome ready to be shown."""

    id: str
    shape: str
    words: str


def outcome_words(outcome: str, lead: Lead | None = None) -> str:
    """`Send police`, `The hospital leads`."""
    known = Outcome(outcome)
    if lead is not None and known is Outcome.PARTNER_LEADS:
        return f"{lead.title[:1].upper()}{lead.title[1:]} leads" + (" now" if lead.urgency == "emergency" else "")
    if lead is not None and known is Outcome.JOINT:
        return f"Send police with {lead.title}"
    return _WORDS[known]


def show_outcome(outcome: str, lead: Lead | None = None) -> Shown:
    """The outcome with its shape and words."""
    return Shown(str(outcome), _SHAPES[Outcome(outcome)], outcome_words(outcome, lead))
