"""Whether to record: the crime recording steps, each with its page (rules p6-12, p17-18, p62-63; flow chart p11).

The steps are tables. Only facts that are known say *no*: while one that could change the answer is open, the verdict is
open, and the report stands as an incident meanwhile (p6).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from backbeat.crime.model import Basis, Classified, Offence, Question, Referral, Source, Verdict, Why
from backbeat.crime.possible import lines_of, named_in
from backbeat.crime.resolving import Asked, Scope, ask, basis_of
from backbeat.crime.routing import askable, at_school, referral_of
from backbeat.crime.rules import Rules
from backbeat.rulebook import NO, UNKNOWN, YES, Answer, Fact

__all__ = ["Recording", "whether"]

_TABLES = {"victim": ("record",), "state": ("record_state",)}
_BOTH = ("record", "record_state")
_RECORD, _SCHOOL, _REFER = "record", "school", "refer"
_SETS = ("rape", "homicide", "fatal")
"""Named sets of offences that the steps ask about."""
_LATER = frozenset({"awaits-authority", "nca-hold"})


class Recording(NamedTuple):
    """The answer of the recording steps for one allegation, with the step that gave it."""

    allegation: str
    verdict: Verdict
    incident: str | None = None
    """Kind of incident where it is no crime record."""
    referral: Referral | None = None
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    why: tuple[Why, ...] = ()
    exit: str | None = None
    """Which step: `record`, `unconfirmed`, `contrary`, `school`, `awaits-authority` ...; None where none settled it."""
    source: Source | None = None
    because: str = ""


class _Step(NamedTuple):
    """What one table says: an exit, or None while open."""

    exit: str | None
    asked: tuple[Asked, ...]
    questions: tuple[Question, ...]

    @property
    def last(self) -> Asked:
        """The table that gave the exit."""
        return self.asked[-1]


def whether(rules: Rules, scope: Scope, classified: Classified) -> Recording:
    """Whether an allegation is recorded as a crime, by the steps of pages 7 to 12 and the flow chart of page 11.

    `scope` is the allegation's, with its offence where that is known (`scope_of`). What the classification already made
    an incident stays one. Where the classification refers, the steps still say whether there is anything to record; if
    there is, the verdict is `refer` with the classification's own referral. Where the class is open, so is the verdict
    unless every offence it could be leaves by the same step. Questions of the classification are not repeated here.
    """
    if classified.incident is not None:
        return Recording(classified.allegation, Verdict.INCIDENT, classified.incident, why=classified.why)
    scope = _with_possible(rules, scope, classified)
    held = _held(rules, scope)
    if held.exit not in (None, "none", _RECORD):
        return _settled(rules, scope, classified, held)
    if held.exit == _RECORD:
        return _recorded(classified, held)
    mains = [_main(rules, scope, table) for table in _TABLES.get(str(scope.facts.get("basis")), _BOTH)]
    exits = {main.exit for main in mains}
    agreed = mains[0] if len(exits) == 1 else None
    if held.exit is not None and agreed is not None and agreed.exit not in (None, _RECORD):
        return _settled(rules, scope, classified, agreed)
    steps = [*mains, held]
    if exits & {None, _RECORD}:
        school = _at_school(rules, scope, classified)
        if held.exit is not None and agreed is not None and agreed.exit == _RECORD and school.exit is not None:
            if school.exit == _RECORD:
                return _recorded(classified, agreed, school)
            return _settled(rules, scope, classified, school)
        steps = [*mains, school, held]
    return _open(classified, steps)


def _held(rules: Rules, scope: Scope) -> _Step:
    """Whether the decision is somebody else's: the Appropriate Authority, another authority, the NCA (p17-18)."""
    return _step(ask(rules, "held", scope), "exit")


def _main(rules: Rules, scope: Scope, table: str) -> _Step:
    """The steps for a crime against a victim (p7-10) or against the state (p7-9)."""
    if table != "record":
        return _step(ask(rules, table, scope), "exit")
    reporter = ask(rules, "reporter", scope)
    facts: dict[str, Fact] = {}
    if reporter.outcome is not None:
        facts["step_confirmation"] = str(reporter.outcome["confirmation"])
    if scope.facts.get("victim_found") is NO and scope.facts.get("victim_confirms", UNKNOWN) is UNKNOWN:
        facts["victim_confirms"] = NO  # nobody found, so nobody confirmed
    main = _step(ask(rules, table, scope, **facts), "exit")
    if main.exit is not None or reporter.outcome is not None:
        return _Step(main.exit, (reporter, *main.asked), main.questions)
    return _Step(None, (reporter, *main.asked), (*main.questions, *askable(reporter)))


def _at_school(rules: Rules, scope: Scope, classified: Classified) -> _Step:
    """The schools protocol (p12): records, or leaves by the exit `school`."""
    step = _step(at_school(rules, scope, classified), "school")
    return _Step(_SCHOOL, step.asked, ()) if step.exit == "incident" else step


def _step(asked: Asked, output: str) -> _Step:
    if asked.outcome is None:
        return _Step(None, (asked,), askable(asked))
    return _Step(str(asked.outcome[output]), (asked,), ())


def _settled(rules: Rules, scope: Scope, classified: Classified, step: _Step) -> Recording:
    """Not recorded as a crime now: an incident, a referral, or a decision that waits for somebody else."""
    why = tuple(asked.result for asked in step.asked)
    referral = None
    if step.last.outcome is not None:
        referral = referral_of(rules, step.last.outcome.get("referral"), classified.allegation)
    about = (classified.allegation, step.last.source, step.last.because)
    if step.exit == _REFER:
        return Recording(about[0], Verdict.REFER, None, referral, (), (), why, step.exit, about[1], about[2])
    kind = ask(rules, "incident_kind", scope, step_exit=str(step.exit))
    if kind.outcome is None:
        # Not recorded whatever it is; but a rape would take a code of its own, so the class must be known first.
        return _open(classified, [step])
    incident = str(kind.outcome["incident"])
    verdict = Verdict.LATER if step.exit in _LATER else Verdict.INCIDENT
    why = (*why, kind.result)
    return Recording(about[0], verdict, incident, referral, (), (), why, step.exit, about[1], about[2])


def _recorded(classified: Classified, *steps: _Step) -> Recording:
    """Everything speaks for recording; what exactly may still be open or the registrar's to say."""
    why = tuple(asked.result for step in steps for asked in step.asked)
    if classified.offence is None and classified.class_ is None and classified.referral is None:
        return Recording(classified.allegation, Verdict.OPEN, why=why)
    referred = classified.offence is None and classified.referral is not None
    return Recording(
        classified.allegation,
        Verdict.REFER if referred else Verdict.RECORD,
        referral=classified.referral if referred else None,
        why=why,
        exit=_RECORD,
        source=steps[0].last.source,
        because=steps[0].last.because,
    )


def _open(classified: Classified, steps: Iterable[_Step]) -> Recording:
    questions: dict[Question, None] = {}
    why = []
    for step in steps:
        questions |= dict.fromkeys(step.questions)
        why += [asked.result for asked in step.asked]
    if not questions and classified.referral is not None:
        # How it leaves depends on what it is, and that is the registrar's to say: there is nobody else to ask.
        return Recording(classified.allegation, Verdict.REFER, referral=classified.referral, why=tuple(why))
    return Recording(classified.allegation, Verdict.OPEN, questions=tuple(questions), why=tuple(why))


def _with_possible(rules: Rules, scope: Scope, classified: Classified) -> Scope:
    """While the class is open: what is certain because every offence the act could turn out to be agrees."""
    act = scope.facts.get("act")
    if classified.offence is not None or not isinstance(act, str) or act not in rules.acts:
        return scope
    has_victim = scope.facts.get("has_victim") is YES
    sets, bases = _possible(rules, rules.acts[act].table)
    facts: dict[str, Fact] = {name: next(iter(said)) for name, said in sets if len(said) == 1}
    based = {basis_of(basis, has_victim=has_victim) for basis in bases}
    if len(based) == 1:
        facts["basis"] = based.pop()
    return scope.with_facts(**facts)


@lru_cache(maxsize=512)
def _possible(rules: Rules, table_id: str) -> tuple[tuple[tuple[str, frozenset[Answer]], ...], frozenset[Basis]]:
    """What the steps ask of the offences a classification table can end in, and their bases."""
    table = rules.edition.tables[table_id]
    names = [output.name for output in table.outputs]
    found: set[Offence] = set()
    for row in (*table.rows, *((table.default,) if table.default else ())):
        for label in named_in(dict(zip(names, row.outputs, strict=True))):
            found |= set(lines_of(rules, label))
    sets = [
        (f"is_{name}", frozenset(YES if rules.offences.matches(one, f"@{name}") else NO for one in found))
        for name in _SETS
    ]
    return tuple(sets), frozenset(offence.basis for offence in found)
