"""May a crime on record take this outcome, be cancelled or reclassified, who decides it, and what must come first.

The guards are tables of the edition; a row that fires refuses, holds back, names who decides, refers, or lays down a
duty. A row that may still fire asks: an unknown fact neither allows nor refuses. What nobody but the force or its
registrar can settle, and has not settled, is referred to the registrar.

Sources: rules p13, p18 to 26, p34 to 37, p45, p48, p58, p63, p66, p83; Outcomes guidance p3 to 30.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backbeat.crime.model import Authority, Candidate, Duty, Question, Referral, Report, Request, RequestKind, Source
from backbeat.crime.request_scope import scope_request
from backbeat.crime.resolving import Scope, ask
from backbeat.crime.rules import Rules
from backbeat.rulebook import UNKNOWN, Fact, Node
from backbeat.rulebook.table import Hit, RowRef, Table

__all__ = ["Reason", "RequestAnswer", "RequestVerdict", "decide_request"]

TABLES = {
    RequestKind.OUTCOME: (
        "outcome_guards",
        "outcome_charges",
        "outcome_disposals",
        "outcome_no_action",
        "outcome_murder_1a",
        "outcome_rape_1a",
        "outcome_retail_robbery_1a",
    ),
    RequestKind.CANCEL: ("cancellation_guards", "cancellation_information"),
    RequestKind.RECLASSIFY: ("reclassification", "reclassification_deaths"),
}
"""Every table a kind of request is put to."""


class RequestVerdict(StrEnum):
    """The answer to a request."""

    ALLOWED = "allowed"
    """Nothing stands in its way; `deciders` still decide, and the duties hold."""
    REFUSED = "refused"
    """It cannot be, or not until something is done: the reasons say which."""
    REFER = "refer"
    """The rules leave it open or contradict themselves; `referral` has the candidates."""
    OPEN = "open"
    """A fact is missing that could refuse it or change who decides. Never a no."""


class Effect(StrEnum):
    """What a row of a guard does when it fires."""

    NONE = "none"
    SUPPORT = "pass"
    REFUSE = "refuse"
    FIRST = "first"
    DECIDE = "decide"
    REFER = "refer"
    DUTY = "duty"
    OVERSEE = "oversee"


BLOCKING = frozenset({Effect.REFUSE, Effect.FIRST, Effect.DECIDE, Effect.REFER})
"""Effects whose open facts are asked for. A duty never asks."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One row that spoke for or against the request."""

    effect: Effect
    """`refuse`: it cannot be. `first`: not until this is done. `pass`: this lets it through. `decide`: who decides."""
    text: str
    """What to do or know, in plain words."""
    source: Source
    why: str
    """The rule."""


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """The answer to one request."""

    request: str
    verdict: RequestVerdict
    deciders: tuple[Authority, ...]
    """Any one of these decides. Empty where the rules name nobody: the force's own procedure does (Outcomes p3)."""
    reasons: tuple[Reason, ...]
    duties: tuple[Duty, ...]
    referral: Referral | None
    questions: tuple[Question, ...]
    """Most useful first; empty once the request is refused for good."""
    why: Node


@dataclass(frozen=True, slots=True)
class _Said:
    """A row of a guard, read."""

    effect: Effect
    text: str
    who: tuple[Authority, ...]
    candidates: str
    ref: RowRef

    @property
    def source(self) -> Source:
        return Source(self.ref.document, self.ref.page)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one table said."""

    fired: tuple[_Said, ...]
    possible: tuple[_Said, ...]
    """Rows whose open facts are asked for."""
    questions: tuple[Question, ...]


def decide_request(rules: Rules, report: Report, request: Request) -> RequestAnswer:
    """Answer one request of a report under one edition.

    Raises:
        UnknownOffence: what it stands recorded as is in no list.
        FactsRefused: `wanted` is no outcome, cancellation code or `CODE CLASS` of the edition.
    """
    scope = scope_request(rules, report, request)
    heard = [_consult(rules, table_id, scope) for table_id in TABLES[request.kind]]
    fired = [said for one in heard for said in one.fired]
    possible = [said for one in heard for said in one.possible]
    effects = {said.effect for said in fired}
    questions: tuple[Question, ...] = ()
    if Effect.REFUSE not in effects:
        questions = tuple(dict.fromkeys(question for one in heard for question in one.questions))
    verdict = _verdict(effects, questions)
    barring = [said for said in fired if said.effect in (Effect.REFUSE, Effect.FIRST)]
    speaking = barring or [said for said in fired if said.effect in (Effect.SUPPORT, Effect.DECIDE)]
    return RequestAnswer(
        request.id,
        verdict,
        () if Effect.REFUSE in effects else _deciders(said.who for said in fired if said.effect is Effect.DECIDE),
        tuple(Reason(said.effect, said.text, said.source, said.ref.why) for said in speaking),
        _duties(request, fired),
        None if Effect.REFUSE in effects else _referral(request, fired),
        questions,
        _explain(request, verdict, fired, possible, questions),
    )


def _verdict(effects: set[Effect], questions: Sequence[Question]) -> RequestVerdict:
    if effects & {Effect.REFUSE, Effect.FIRST}:
        return RequestVerdict.REFUSED
    if questions:
        return RequestVerdict.OPEN
    return RequestVerdict.REFER if Effect.REFER in effects else RequestVerdict.ALLOWED


def _consult(rules: Rules, table_id: str, scope: Scope) -> _Heard:
    """Put the scope to one table. An unmade choice of the force or its registrar counts as unknown, not as open."""
    table = rules.edition.tables[table_id]
    unmade: dict[str, Fact] = {
        input_.name: UNKNOWN for input_ in table.inputs if input_.unknown_answers and input_.name not in scope.facts
    }
    asked = ask(rules, table_id, scope, **unmade)
    answered = asked.result.answered
    if table.hit is not Hit.COLLECT:
        if asked.outcome is None:
            return _Heard((), _read(rules, table, answered.possible), asked.questions)
        return _Heard(_read(rules, table, answered.fired or answered.possible[:1]), (), ())
    known = table.classes(asked.result.facts)
    blocking = [at for at in answered.possible if _effect(table, at) in BLOCKING]
    wanted = {table.inputs[i].name for at in blocking for i, _ in table.boxes[at] if known[i] is None}
    return _Heard(
        _read(rules, table, answered.fired),
        _read(rules, table, blocking),
        tuple(question for question in asked.questions if question.fact in wanted),
    )


def _read(rules: Rules, table: Table, rows: Iterable[int]) -> tuple[_Said, ...]:
    return tuple(_said(rules, table, at) for at in rows if _effect(table, at) is not Effect.NONE)


def _cells(table: Table, at: int) -> dict[str, str]:
    outputs = table.row_at(at).outputs
    return {o.name: str(v) for o, v in zip(table.outputs, outputs, strict=True) if v is not None}


def _effect(table: Table, at: int) -> Effect:
    return Effect(_cells(table, at)["effect"])


def _said(rules: Rules, table: Table, at: int) -> _Said:
    cells = _cells(table, at)
    who = tuple(Authority(word) for word in cells.get("who", "").split("|") if word)
    ref = rules.edition.ref(table.id, at)
    return _Said(Effect(cells["effect"]), cells.get("say", ref.why), who, cells.get("candidates", ""), ref)


def _deciders(groups: Iterable[tuple[Authority, ...]]) -> tuple[Authority, ...]:
    """The most demanding of the groups named: the one whose least member ranks highest."""
    order = list(Authority)
    return max(groups, key=lambda group: min(order.index(one) for one in group), default=())


def _duties(request: Request, fired: Iterable[_Said]) -> tuple[Duty, ...]:
    kinds = (Effect.DUTY, Effect.OVERSEE)
    return tuple(
        Duty(said.text, said.who[0], (request.id,), said.source) for said in fired if said.effect in kinds and said.who
    )


def _referral(request: Request, fired: Iterable[_Said]) -> Referral | None:
    """One referral for everything the rules leave open about the request."""
    open_ = [said for said in fired if said.effect is Effect.REFER]
    if not open_:
        return None
    candidates = []
    for said in open_:
        for part in said.candidates.split("|"):
            label, _, place = part.partition(" = ")
            document, _, page = place.partition(" ")
            candidates.append(Candidate(label, Source(document, page), said.ref.why))
    return Referral(
        (request.id,),
        " ".join(said.text for said in open_),
        tuple(candidates),
        _deciders(said.who for said in open_)[0],
    )


def _explain(
    request: Request,
    verdict: RequestVerdict,
    fired: Iterable[_Said],
    possible: Iterable[_Said],
    questions: Iterable[Question],
) -> Node:
    children = [Node(f"{said.effect}: {said.text} {said.ref.why}", said.ref) for said in fired]
    if verdict is RequestVerdict.OPEN:
        children += [Node(f"may still apply: {said.text} {said.ref.why}", said.ref) for said in possible]
        children += [Node(f"needed: {question.fact}: {question.text}") for question in questions]
    return Node(
        f"{request.kind} {request.wanted} on {request.offence.class_} {request.offence.code}: {verdict}",
        None,
        tuple(children),
    )
