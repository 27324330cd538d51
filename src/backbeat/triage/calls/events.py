"""The events of a call: in which order, under which key, when, by whom, and what happened.

`sequence` is 1 for the opening of a call and has no gaps; events are only ever added. What can happen stands in
`happenings`; how a call then stands is `state.fold`.

    {"sequence": 7, "key": "a1b2", "at": "2026-05-01T09:00:00+00:00", "by": "h.shaw", "role": "handler",
     "kind": "accepted", "data": {"agency": "crisis-team", "name": "A. Okafor", "position": "duty lead"}}
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Annotated, Final

from backbeat.canonical import Json, canonical_json, sha256_hex
from backbeat.triage.calls.errors import EventRefused, StepRefused
from backbeat.triage.calls.fields import HOW, MOMENT, ChoiceRule, Fault, NumberRule, Rule, TextRule, rules_of, settle
from backbeat.triage.calls.happenings import KINDS, Happening
from backbeat.triage.calls.words import Role

__all__ = ["Event", "read_event", "read_happening"]

_REFERENCE: Final = TextRule(100)


class _HappeningRule(Rule):
    def check(self, value: object) -> object:
        if not isinstance(value, Happening) or not value.kind:
            raise Fault("must be one of the kinds of event")
        return value


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one call.

    Raises:
        EventRefused: a field does not hold what it may.
        StepRefused: this role may not say so.
    """

    sequence: Annotated[int, NumberRule(1, 1_000_000)]
    """Place among the events of the call, 1 for its opening."""
    key: Annotated[str, _REFERENCE]
    """Idempotency key: the same key on the same call is the same event, sent again."""
    at: Annotated[datetime, MOMENT]
    by: Annotated[str, _REFERENCE]
    """Who, as the station names accounts; a timer is an actor too."""
    role: Annotated[Role, ChoiceRule(Role)]
    what: Annotated[Happening, _HappeningRule()]

    def __post_init__(self) -> None:
        """Check the envelope; `what` has checked itself."""
        settle(self, getattr(self.what, "kind", "") or "envelope")
        if self.role not in self.what.roles:
            may = " or ".join(sorted(self.what.roles))
            raise StepRefused(
                f"A {self.role} may not record this.",
                where=f"event {self.what.kind}, field role",
                do=f"have it recorded by a {may}",
            )

    def to_json(self) -> dict[str, Json]:
        """The event as JSON; `read_event` reads it back to an equal value."""
        return {
            "sequence": self.sequence,
            "key": self.key,
            "at": self.at.isoformat(),
            "by": self.by,
            "role": self.role.value,
            "kind": self.what.kind,
            "data": self.what.data(),
        }

    @property
    def content(self) -> str:
        """Digest of what is said and by whom, without order and time: equal for an event sent again."""
        return sha256_hex(canonical_json([self.by, self.role.value, self.what.kind, self.what.data()]))


_ENVELOPE: Final = ("sequence", "key", "at", "by", "role", "kind", "data")


def read_event(value: object) -> Event:
    """The event in a JSON value.

    Raises:
        EventRefused: fields missing, too many or wrong, by name.
        StepRefused: this role may not say so.
    """
    faults = _outer_faults(value, _ENVELOPE, _ENVELOPE)
    if faults or not isinstance(value, Mapping):
        raise EventRefused.of(faults, where="event", do=HOW)
    return Event(
        sequence=value["sequence"],
        key=value["key"],
        at=MOMENT.read(value["at"]),  # type: ignore[arg-type]  # checked when the event is made
        by=value["by"],
        role=value["role"],
        what=read_happening(value["kind"], value["data"]),
    )


def read_happening(kind: object, data: object) -> Happening:
    """What happened, from its word and the JSON of its fields; a field with a default may be left out.

    Raises:
        EventRefused: no such kind, or fields missing, too many or wrong, by name.
    """
    made = KINDS.get(kind) if isinstance(kind, str) else None
    if made is None:
        raise EventRefused.of(
            ["kind: must be one of the kinds of event"], where="event", do=f"use one of {', '.join(sorted(KINDS))}"
        )
    known = rules_of(made)
    needed = [one.name for one in fields(made) if one.default is MISSING]  # type: ignore[arg-type]
    faults = _outer_faults(data, tuple(known), needed)
    if faults or not isinstance(data, Mapping):
        raise EventRefused.of(faults, where=f"event {made.kind}", do=HOW)
    return made(**{name: known[name].read(item) for name, item in data.items()})


def _outer_faults(value: object, known: Iterable[str], needed: Iterable[str]) -> list[str]:
    if not isinstance(value, Mapping):
        return ["the whole: must be a map of fields"]
    allowed = tuple(known)
    faults = [f"{name}: is missing" for name in needed if name not in value]
    if any(name not in allowed for name in value):
        faults.append(f"a field that this event has not; it has {', '.join(allowed) or 'none'}")
    return faults
