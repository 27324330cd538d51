"""What an allegation is where several offenders did it together and are not alike (rules p12-13, p55).

What the rules say of a victim and *their* former partner, or of an offender of some age, they say of two people. So
each offender is weighed with the victim for themselves. Those who did it together make one crime against the victim
(p12), and where it is more than one crime in law the most serious of them (p13). A pair about whom a fact is missing
could still be that pair: it is asked about unless the crime is the same however it turns out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import inf

from backbeat.crime.classifying import classify, table_of
from backbeat.crime.model import (
    Act,
    Allegation,
    Authority,
    Candidate,
    Classified,
    NamedOffence,
    Offence,
    Referral,
    Report,
    Source,
    Why,
)
from backbeat.crime.possible import could_be, lines_of
from backbeat.crime.principal import Contest, key_of
from backbeat.crime.resolving import Scope, scope_of
from backbeat.crime.rules import Rules
from backbeat.rulebook import Fact, Node, Result, RowRef

__all__ = ["classify_pairs", "known_of_pair", "pair_scopes", "sorted_facts"]

P12, P13 = Source("rules", "12"), Source("rules", "13")
_AGE = "offender_age"
_BEYOND = ("location", "recording_force", "duties")
"""Tables asked about every allegation that ask about its offenders."""
_EACH = frozenset({"penetrator", "offender"})
"""Units that count every offender: there the crime of one does not stand for another's."""


def pair_scopes(rules: Rules, report: Report, allegation: Allegation) -> tuple[Scope, ...]:
    """What tables may ask about the first victim with each offender; offenders who are alike in what is asked are one.

    The youngest stands for those who are alike: who is under ten is told of (p9). None where no two offenders differ:
    then the scope of the allegation as it stands says it all.
    """
    wanted = _facts_of_offenders(rules, allegation.act, allegation.named)
    unlike: dict[tuple[object, ...], str] = {}
    for one in sorted(allegation.offenders, key=lambda one: (_age_of(report, one), one)):
        known: tuple[object, ...] = tuple(fact for fact in _known(report, allegation.victims, one) if fact[0] in wanted)
        unlike.setdefault(known, one)
    if len(unlike) < 2:
        return ()
    number = len(allegation.offenders)
    return tuple(
        scope_of(rules, report, allegation.between(allegation.victims, (one,))).with_facts(offender_count=number)
        for one in unlike.values()
    )


def _age_of(report: Report, offender: str) -> float:
    age = report.parties[offender].age
    return inf if age is None else age


def _known(report: Report, victims: tuple[str, ...], offender: str) -> Iterator[tuple[str, Fact | None]]:
    """What is known of an offender, and of them with the first victim."""
    party = report.parties[offender]
    yield (_AGE, party.age)
    yield from sorted_facts(party.facts)
    if victims:
        yield from known_of_pair(report, victims[0], offender)


@lru_cache(maxsize=1024)
def _facts_of_offenders(rules: Rules, act: Act, named: NamedOffence | None) -> frozenset[str]:
    """Facts that say what such an allegation is, where it belongs, or what else must be done.

    Beyond what it is only the youngest offender's age matters, and that is what the scope of the allegation has.
    """
    beyond = {input_.name for table in _BEYOND for input_ in rules.edition.tables[table].inputs} - {_AGE}
    table = table_of(rules, act, named)
    return frozenset(beyond | {input_.name for input_ in rules.edition.tables[table].inputs} if table else beyond)


def known_of_pair(report: Report, victim: str, offender: str) -> tuple[tuple[str, Fact], ...]:
    """What is said of two people together, in order."""
    bond = report.relationships.get((victim, offender))
    return sorted_facts(bond.facts) if bond is not None else ()


def sorted_facts(facts: Mapping[str, Fact]) -> tuple[tuple[str, Fact], ...]:
    """Facts in order, so that those given in another order are the same."""
    return tuple(sorted(facts.items()))


def classify_pairs(rules: Rules, allegation: Allegation, scopes: Sequence[Scope]) -> Classified:
    """What an allegation is, over the scopes of its pairs (`pair_scopes`; at least one).

    A crime between one pair is a crime, whatever the others make of it; the most serious stands for all (p13). It is
    open while a pair could still turn out more serious, and the registrar's where no crime is the most serious, or
    where each offender is counted and it is not the same crime for each.

    Raises:
        UnknownOffence: it names an offence that the list does not have.
    """
    each = [classify(rules, allegation, scope) for scope in scopes]
    alleged = [one for one in each if one.incident is None]
    if not alleged:
        return each[0]
    crimes = [one for one in alleged if one.offence is not None]
    contest = rules.counting.precedence.principal([one.offence for one in crimes if one.offence]) if crimes else None
    lead = _lead(rules, crimes, contest)
    left = [one for one in alleged if one.offence is None and not (lead and _covers(rules, allegation, lead, one))]
    flags = tuple(sorted({flag for one in alleged for flag in one.flags}))
    if lead is not None and not left:
        return _led(rules, lead, alleged, flags, _why((*each, lead)))
    classes = {one.class_ for one in alleged}
    class_ = classes.pop() if len(classes) == 1 else None
    if any(one.referral is None for one in left):
        questions = tuple(dict.fromkeys(question for one in left for question in one.questions))
        return Classified(allegation.id, None, class_, flags=flags, questions=questions, why=_why(each))
    referral = _referral(allegation, left, [lead] if lead else crimes, contest)
    notes = tuple(dict.fromkeys(note for one in left for note in one.notes))
    return Classified(allegation.id, None, class_, None, referral, flags, notes, (), _why(each))


def _lead(rules: Rules, crimes: Sequence[Classified], contest: Contest | None) -> Classified | None:
    """The crime that stands for all: the most serious, unless others differ and every offender is counted."""
    if contest is None or contest.winner is None:
        return None
    if contest.rulings and any(_counts_each(rules, one) for one in crimes):
        return None
    return next(one for one in crimes if one.offence is not None and key_of(one.offence) == contest.winner)


def _covers(rules: Rules, allegation: Allegation, lead: Classified, other: Classified) -> bool:
    """Whether the crime stays the most serious however what is open or referred about another pair turns out."""
    if _counts_each(rules, lead):
        return False
    if other.referral is not None and not all(lines_of(rules, one.label) for one in other.referral.candidates):
        return False
    return all(_stays(rules, lead, offence) for offence in could_be(rules, allegation, other))


def _stays(rules: Rules, lead: Classified, offence: Offence) -> bool:
    if lead.offence is None:
        return False
    return rules.counting.precedence.principal((lead.offence, offence)).winner == key_of(lead.offence)


def _counts_each(rules: Rules, one: Classified) -> bool:
    return one.offence is not None and rules.counting.units.of(one.offence).word in _EACH


def _led(
    rules: Rules, lead: Classified, alleged: Sequence[Classified], flags: tuple[str, ...], why: tuple[Why, ...]
) -> Classified:
    """The crime of one pair for all, with the sentence that says so where the others make it something else."""
    if any(one.offence != lead.offence for one in alleged) and lead.offence is not None:
        text = (
            f"Several offenders did it together: one crime against the victim, the most serious, {lead.offence.label}"
        )
        words = "one crime of a group of offenders against one victim, and of several types the most serious"
        why = (*why, Node(text, RowRef(rules.id, "classifying", "pairs", P13.document, P13.page, words)))
    return Classified(lead.allegation, lead.offence, lead.class_, None, None, flags, lead.notes, (), why)


def _referral(
    allegation: Allegation, left: Iterable[Classified], crimes: Sequence[Classified], contest: Contest | None
) -> Referral:
    """Everything the pairs could come to, each with the page that speaks for it."""
    candidates: dict[str, Candidate] = {}
    reasons: dict[str, None] = {}
    for one in left:
        if one.referral is not None:
            reasons[one.referral.reason] = None
            candidates |= {it.label: it for it in one.referral.candidates if it.label not in candidates}
    if contest is not None and contest.winner is None:
        reasons[contest.reason] = None
        candidates |= {it.label: it for it in contest.candidates if it.label not in candidates}
    for one in crimes:
        if one.offence is not None and one.offence.label not in candidates:
            candidates[one.offence.label] = Candidate(one.offence.label, _source(one), _title(one.offence))
    if len(crimes) > 1 and not reasons:
        reasons["It is not the same crime for each offender, and each offender is counted."] = None
    return Referral((f"allegation:{allegation.id}",), " ".join(reasons), tuple(candidates.values()), Authority.FCR)


def _source(one: Classified) -> Source:
    rows = [why.prevails for why in one.why if isinstance(why, Result) and why.prevails is not None]
    return Source(rows[-1].document, rows[-1].page) if rows else P12


def _title(offence: Offence) -> str:
    return offence.text or offence.category


def _why(each: Iterable[Classified]) -> tuple[Why, ...]:
    """What the pairs rest on, each once, the last given last."""
    found: list[Why] = []
    for why in (why for one in each for why in one.why):
        if why in found:
            found.remove(why)
        found.append(why)
    return tuple(found)
