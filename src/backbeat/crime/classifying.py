"""What each allegation is in law: the classification tables, one for each kind of happening (rules p32-98)."""

from collections.abc import Mapping

from backbeat.crime.model import (
    Act,
    Allegation,
    Authority,
    Candidate,
    Classified,
    NamedOffence,
    Offence,
    Question,
    Referral,
    Source,
)
from backbeat.crime.offences import OffenceChoice
from backbeat.crime.possible import parts_of_list
from backbeat.crime.resolving import Asked, Scope, ask
from backbeat.crime.rules import Rules
from backbeat.rulebook import Node, Value

__all__ = ["NAMED", "OFFENCE_CHOICE", "classify", "table_of"]

OFFENCE_CHOICE = "offence"
"""`Question.fact` and `Question.type` of the question which line of the offence list is meant (`NamedOffence.text`)."""
NAMED = "named"
"""The act of an allegation whose offence the recorder names outright."""
FORMER_PARTNER = "former_partner"
"""Table that is asked of every named harassment: between former partners it is stalking (p55)."""


def classify(rules: Rules, allegation: Allegation, scope: Scope) -> Classified:
    """What an allegation is between one victim and one offender, or such as are alike (`scope_of`).

    Raises:
        UnknownOffence: it names an offence that the list does not have.
    """
    if allegation.act == NAMED:
        return _named(rules, allegation, scope)
    return _by_table(rules, allegation, ask(rules, rules.acts[allegation.act].table, scope))


def table_of(rules: Rules, act: Act, named: NamedOffence | None) -> str | None:
    """The table that says what such an allegation is; None where the offence it names says it alone.

    Raises:
        UnknownOffence: it names an offence that the list does not have.
    """
    if act != NAMED:
        return rules.acts[act].table
    found = None if named is None else rules.offences.find(named.code, named.class_, named.text)
    return FORMER_PARTNER if isinstance(found, Offence) and _may_be_stalking(rules, found) else None


def _may_be_stalking(rules: Rules, named: Offence) -> bool:
    return FORMER_PARTNER in rules.edition.tables and rules.offences.matches(named, "@conduct")


def _named(rules: Rules, allegation: Allegation, scope: Scope) -> Classified:
    named = allegation.named or NamedOffence("", "")
    found = rules.offences.find(named.code, named.class_, named.text)
    if isinstance(found, OffenceChoice):
        question = Question(
            f"allegation:{allegation.id}",
            OFFENCE_CHOICE,
            f"Which of the {len(found.candidates)} offences under code {found.code} in class {found.class_} is it?",
            OFFENCE_CHOICE,
            False,
            rules.offences.source_of(found.candidates[0]),
        )
        return Classified(allegation.id, class_=found.class_, questions=(question,))
    if _may_be_stalking(rules, found):
        asked = ask(rules, FORMER_PARTNER, scope.with_offence(rules, found))
        classified = _by_table(rules, allegation, asked)
        if asked.outcome is None or any(asked.outcome[name] for name in ("code", "incident", "candidates")):
            return classified
    source = rules.offences.source_of(found)
    return Classified(
        allegation.id,
        found,
        found.class_,
        why=(Node(f"Named as {found.label}, {source.document} {source.page}: {found.text or found.category}"),),
    )


def _by_table(rules: Rules, allegation: Allegation, asked: Asked) -> Classified:
    why = (asked.result,)
    outcome = asked.outcome
    if outcome is None:
        return Classified(
            allegation.id, class_=_certain_class(asked), questions=asked.questions, flags=_certain_flags(asked), why=why
        )
    flags, notes = parts_of_list(outcome["flags"]), _notes(outcome)
    if outcome["code"]:
        offence = _offence(rules, str(outcome["code"]), str(outcome["class"]))
        return Classified(allegation.id, offence, offence.class_, None, None, flags, notes, (), why)
    if outcome["candidates"]:
        referral = _referral(rules, allegation, asked, outcome)
        classes = {label.rpartition(" ")[2] for label in parts_of_list(outcome["candidates"])}
        certain = classes.pop() if len(classes) == 1 else None
        return Classified(allegation.id, None, certain, None, referral, flags, notes, (), why)
    incident = str(outcome["incident"]) if outcome["incident"] else None
    return Classified(allegation.id, None, None, incident, None, flags, notes, (), why)


def _offence(rules: Rules, code: str, class_: str) -> Offence:
    found = rules.offences.find(code, class_)
    # A table that names a code means the offence of its title; where lines differ in weight the first stands for it.
    return found.candidates[0] if isinstance(found, OffenceChoice) else found


def _referral(rules: Rules, allegation: Allegation, asked: Asked, outcome: Mapping[str, Value]) -> Referral:
    source = asked.source or Source("rules", "57")
    also = _source(str(outcome["also"])) if outcome["also"] else source
    candidates = []
    for number, named in enumerate(parts_of_list(outcome["candidates"])):
        code, _, class_ = named.rpartition(" ")
        label = f"{class_} {code}" if code else named
        title = ""
        if code:
            offence = _offence(rules, code, class_)
            title = offence.text or offence.category
        candidates.append(Candidate(label, source if number == 0 else also, title or named))
    return Referral((f"allegation:{allegation.id}",), asked.because, tuple(candidates), Authority.FCR)


def _certain_class(asked: Asked) -> str | None:
    """The class on which every row that is still possible agrees."""
    table = asked.result.edition.tables[asked.result.table]
    rows = [table.row_at(index) for index in (*asked.result.answered.fired, *asked.result.answered.possible)]
    at = next((number for number, output in enumerate(table.outputs) if output.name == "class"), None)
    if at is None:
        return None
    classes = {row.outputs[at] for row in rows}
    return str(next(iter(classes))) if len(classes) == 1 and None not in classes else None


def _certain_flags(asked: Asked) -> tuple[str, ...]:
    """Flags that every row still possible carries."""
    table = asked.result.edition.tables[asked.result.table]
    at = next((number for number, output in enumerate(table.outputs) if output.name == "flags"), None)
    rows = [table.row_at(index) for index in (*asked.result.answered.fired, *asked.result.answered.possible)]
    if at is None or not rows:
        return ()
    common = set.intersection(*(set(parts_of_list(row.outputs[at])) for row in rows))
    return tuple(sorted(common))


def _notes(outcome: Mapping[str, Value]) -> tuple[str, ...]:
    return (str(outcome["note"]),) if outcome.get("note") else ()


def _source(text: str) -> Source:
    """`rules p75` as a source."""
    document, _, page = text.partition(" ")
    return Source(document, page.removeprefix("p"))
