"""Who owns a call: facts and a policy in, an assessment with its reasons out. Pure; decides nothing by itself."""

from collections.abc import Iterable, Mapping

from backbeat.rulebook import NO, UNKNOWN, YES, Fact, Node
from backbeat.rulebook.values import write_value
from backbeat.triage.combining import Owner, Sets, combine_edges, owners, swings
from backbeat.triage.gates import Answered, ask_gates
from backbeat.triage.model import Assessment, Duty, Gate, Lead, Outcome, Question, Reason, Source, Urgency
from backbeat.triage.policies import Policy

__all__ = ["assess"]

_CORE = (Gate.CRIME, Gate.RISK, Gate.DUTY)
_EDGES = (Gate.SCOPE, Gate.STRAND, Gate.PARTNER)


def assess(policy: Policy, facts: Mapping[str, Fact]) -> Assessment:
    """Assess a call.

    Args:
        policy: the version in force when the call came in.
        facts: by name, of the types in `policy.types`. Left out: not asked yet. `unknown`: asked, nobody can say.
    """
    answers = ask_gates(policy, facts)
    found = _owners(answers, facts, policy)
    needs = _needs(policy, answers, facts) if len(found) > 1 else {}
    reachable = tuple(sorted({owner.outcome for owner in found}, key=lambda one: one.response))
    decided = next(iter(found)) if len(found) == 1 else None
    if_unknown = decided or _owner_if_unknown(policy, facts, needs)
    outcome = decided.outcome if decided else Outcome.ASK_MORE
    lead = _lead(policy, decided) if decided else None
    reasons = tuple(_reasons(answers, decided))
    return Assessment(
        outcome=outcome,
        if_unknown=if_unknown.outcome,
        floor=reachable[0],
        reachable=reachable,
        lead=lead,
        questions=_questions(policy, needs),
        reasons=reasons,
        duties=_duties(policy, facts, outcome),
        statement=_statement(policy, decided, lead) if decided else "",
        review_minutes=_review(policy, decided) if decided else None,
        policy=policy.id,
        policy_hash=policy.hash,
        facts=tuple(sorted((name, str(write_value(fact))) for name, fact in facts.items())),
        why=_why(answers, decided, reasons),
    )


def _sets(answers: Mapping[Gate, Answered]) -> Sets:
    scope, strand, partner = (answers[gate].verdicts for gate in _EDGES)
    edges = frozenset(combine_edges(a, b, c) for a in scope for b in strand for c in partner)
    crime, risk, duty = (answers[gate].verdicts for gate in _CORE)
    return crime, risk, duty, edges, answers[Gate.REPEAT].verdicts


def _owners(answers: Mapping[Gate, Answered], facts: Mapping[str, Fact], policy: Policy) -> frozenset[Owner]:
    """Every owner the open facts can still give. What `medical` says bears on two places, so it is taken in turn."""
    medical = facts.get("medical")
    if medical is not None:
        return owners(_sets(answers), medical=medical is YES)
    found: set[Owner] = set()
    for fact in (YES, NO, UNKNOWN):
        told = {**facts, "medical": fact}
        found |= owners(_sets(ask_gates(policy, told)), medical=fact is YES)
    return frozenset(found)


def _needs(policy: Policy, answers: Mapping[Gate, Answered], facts: Mapping[str, Fact]) -> dict[str, Gate]:
    """Facts that could still change the owner, each with the gate that asks for it, in the order of the gates."""
    ways = [facts] if "medical" in facts else [{**facts, "medical": fact} for fact in (YES, NO, UNKNOWN)]
    swinging: set[Gate] = set()
    kinds = set()
    for way in ways:
        asked = ask_gates(policy, way)
        sets = _sets(asked)
        yes = way["medical"] is YES
        kinds.add(owners(sets, medical=yes))
        crime, risk, duty, edges, repeat = swings(sets, medical=yes)
        swinging |= {gate for gate, swung in zip(_CORE, (crime, risk, duty), strict=True) if swung}
        swinging |= {gate for gate in _EDGES if edges and _swings_edges(asked, gate)}
        swinging |= {Gate.REPEAT} if repeat else set()
    needed: dict[str, Gate] = {}
    for gate in Gate:
        if gate in swinging:
            needed |= {fact: gate for fact in answers[gate].needs if fact not in needed}
        if gate is Gate.RISK and len(kinds) > 1 and "medical" not in needed:
            needed["medical"] = gate
    return needed


def _swings_edges(asked: Mapping[Gate, Answered], gate: Gate) -> bool:
    others = [one for one in _EDGES if one is not gate]
    for a in asked[others[0]].verdicts:
        for b in asked[others[1]].verdicts:
            fixed = {others[0]: a, others[1]: b}
            said = {combine_edges(*({**fixed, gate: own}[one] for one in _EDGES)) for own in asked[gate].verdicts}
            if len(said) > 1:
                return True
    return False


def _owner_if_unknown(policy: Policy, facts: Mapping[str, Fact], needs: Iterable[str]) -> Owner:
    """Answer everything that is asked with `unknown` until nothing is."""
    known = dict(facts)
    while True:
        known |= dict.fromkeys(needs, UNKNOWN)
        answers = ask_gates(policy, known)
        found = _owners(answers, known, policy)
        if len(found) == 1:
            return next(iter(found))
        needs = _needs(policy, answers, known)


def _questions(policy: Policy, needs: Mapping[str, Gate]) -> tuple[Question, ...]:
    wanted: dict[str, list[str]] = {}
    for fact in needs:
        wanted.setdefault(policy.group_of[fact], []).append(fact)
    return tuple(
        Question(
            group.id,
            group.text,
            group.help,
            tuple(wanted[group.id]),
            group.choices,
            group.kind,
            group.gate,
            group.source,
        )
        for group in policy.groups.values()
        if group.id in wanted
    )


def _lead(policy: Policy, owner: Owner) -> Lead | None:
    if not owner.lead:
        return None
    said = policy.edition.decide("agencies", {"agency": owner.lead}).outcome or {}
    return Lead(
        owner.lead, str(said["title"]), Urgency(owner.urgency), str(said["route"]), str(said.get("phone") or "")
    )


def _statement(policy: Policy, owner: Owner, lead: Lead | None) -> str:
    facts = {"outcome": str(owner.outcome), "urgency": owner.urgency or "soon"}
    said = policy.edition.decide("statements", facts).outcome or {}
    text = str(said["text"]).replace("{agency}", lead.title if lead else "the agency that leads")
    return ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))  # an agency may begin a sentence


def _review(policy: Policy, owner: Owner) -> int | None:
    match owner.outcome:
        case Outcome.PARTNER_LEADS:
            return policy.minutes(f"review-{owner.urgency}")
        case Outcome.POLICE_OWN | Outcome.SUPERVISOR:
            return policy.minutes(f"review-{owner.outcome}")
    return None


def _reasons(answers: Mapping[Gate, Answered], decided: Owner | None) -> Iterable[Reason]:
    """What each gate that has decided said. The edges count once the owner is known, and not where police go."""
    for gate in Gate:
        result, verdicts = answers[gate].result, answers[gate].verdicts
        if result is None or len(verdicts) > 1:
            continue
        if gate in _EDGES and (decided is None or decided.outcome.attends):
            continue
        row = result.prevails
        if row is not None:
            yield Reason(gate, next(iter(verdicts)).response, row.why, Source(row.document, row.page))


def _duties(policy: Policy, facts: Mapping[str, Fact], outcome: Outcome) -> tuple[Duty, ...]:
    names = {input_.name for input_ in policy.edition.tables["duties"].inputs}
    given: dict[str, Fact] = {name: fact for name, fact in facts.items() if name in names}
    if outcome is not Outcome.ASK_MORE:
        given["final"] = str(outcome)
    result = policy.edition.decide("duties", given)
    table = policy.edition.tables["duties"]
    return tuple(
        Duty(table.rows[at].id, str(table.rows[at].outputs[0]), Source(table.rows[at].document, table.rows[at].page))
        for at in result.answered.fired
    )


def _why(answers: Mapping[Gate, Answered], decided: Owner | None, reasons: tuple[Reason, ...]) -> Node:
    spoke = {reason.gate for reason in reasons}
    text = f"Outcome: {decided.outcome}." if decided else "More must be asked before anybody can own this call."
    return Node(
        text,
        children=tuple(
            answer.result.explanation for gate, answer in answers.items() if answer.result and gate in spoke
        ),
    )
