"""Proof, by trying everything, that a policy keeps what may not be given up.

1. No partner leads while a fact of the core that bears on life is unknown, or has not been asked.
2. Adding a risk never lowers the response. Not knowing is never taken for the best case: where the worst answer asks
   for something, not knowing asks for as much, or for a supervisor.
3. Whatever a partner leads has an agency the policy lists by name, which is not the police; every statement tells the
   caller to ring 999 again; no time is longer than the edition allows, and an alarm comes after its warning.
4. On no example call of the edition is less asked of the police than it must be (`examples`).

Nothing is sampled. Every gate is asked every combination of its own facts, and the gates' verdicts are then combined in
every way. That covers every combination of all facts, because who owns a call depends on the verdicts and on `medical`
alone (`combining`). What 1 says is written here a second time, without the tables.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod

from backbeat.rulebook import NO, UNKNOWN, YES, Fact
from backbeat.rulebook.table import Table
from backbeat.rulebook.values import write_value
from backbeat.triage.combining import combine
from backbeat.triage.examples import shortfalls
from backbeat.triage.gates import AMBULANCE, Verdict, read_verdict, verdict_of
from backbeat.triage.model import Outcome, Strand, Urgency
from backbeat.triage.policies import Policy

__all__ = ["MOST_CASES", "Breach", "check_policy", "core_classes"]

MOST_CASES = 200_000
"""Combinations one table may have, so that a check ends in seconds."""
Case = Mapping[str, Fact | None]
_AGAIN = "999"
_POLICE = "police"
_WORD = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
"""How an agency is named, so that its acceptance can be recorded on a call."""
_NOT_LISTED = "no such agency"
_NOT_KNOWN = frozenset({UNKNOWN, "not-known"})


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing a policy breaks, with the example that shows it."""

    rule: str
    """`unknown-leads` · `risk-lowers` · `unknown-lowers` · `unknown-best` · `nobody-leads` · `police-lead` ·
    `false-words` · `no-999` · `too-long` · `alarm-first` · `too-large` · `example`."""
    table: str
    facts: tuple[tuple[str, str], ...]
    """The example."""
    text: str

    def line(self) -> str:
        """In words, with the example."""
        example = ", ".join(f"{name}={word}" for name, word in self.facts)
        return f"{self.table}: {self.text}" + (f" ({example})" if example else "")


@dataclass(frozen=True, slots=True)
class CoreClass:
    """Combinations of core facts that nothing can tell apart."""

    crime: frozenset[Verdict]
    risk: frozenset[Verdict]
    duty: frozenset[Verdict]
    medical: Fact | None
    settled: bool
    """Whether everything that bears on life is known in all of them."""
    example: tuple[tuple[str, str], ...]
    cases: int
    """How many combinations, each fact yes, no, unknown or not asked."""


def check_policy(policy: Policy) -> tuple[Breach, ...]:
    """Every breach: of the tables at most one for each rule of each, and every example that falls short."""
    found = [*_check_core(policy)]
    for table_id in ("gate_crime", "gate_risk", "gate_duty", "gate_repeat", "scope", "partner"):
        found += _check_rising(policy, policy.edition.tables[table_id])
    for strand in Strand:
        table = policy.edition.tables[policy.strand_table(strand)]
        found += _check_rising(policy, table)
        found += _check_leads(policy, table)
    found += _check_strand_unknown(policy)
    found += _check_agencies(policy)
    found += _check_statements(policy)
    found += _check_timers(policy)
    found += [Breach("example", "policy", _words(dict(one.example.facts)), one.line()) for one in shortfalls(policy)]
    return tuple(found)


def core_classes(policy: Policy) -> tuple[CoreClass, ...]:
    """Every combination of core facts (also left out), in classes by what the core says to them."""
    tables = {name: policy.edition.tables[f"gate_{name}"] for name in ("crime", "risk", "duty")}
    groups: dict[str, dict[tuple[object, ...], list[Case]]] = {}
    for name, table in tables.items():
        groups[name] = {}
        for case in _cases(table, left_out=True):
            key = (_verdicts(table, case), case.get("medical"), _settled(name, case))
            groups[name].setdefault(key, []).append(case)
    found = []
    for (crime, ones), (risk, twos), (duty, threes) in product(*(group.items() for group in groups.values())):
        example = {**ones[0], **twos[0], **threes[0]}
        found.append(
            CoreClass(
                crime=crime[0],  # type: ignore[arg-type]
                risk=risk[0],  # type: ignore[arg-type]
                duty=duty[0],  # type: ignore[arg-type]
                medical=risk[1],  # type: ignore[arg-type]
                settled=bool(crime[2] and risk[2] and duty[2]),
                example=_words(example),
                cases=len(ones) * len(twos) * len(threes),
            )
        )
    return tuple(found)


def _settled(gate: str, case: Case) -> bool:
    """Whether all that bears on life is known at a gate, in plain Python: the tables are checked against this."""

    def known(*names: str) -> bool:
        return all(case[name] in (YES, NO) for name in names)

    match gate:
        case "crime":
            return known("crime") and (case["crime"] is NO or known("crime_live"))
        case "risk":
            at_risk = YES in (case["risk_life_now"], case["serious_harm_now"])
            return known("risk_life_now", "serious_harm_now") and (
                not at_risk or known("medical", "police_need", "ambulance_in_time")
            )
    taken_on = known("attendance_promised", "risk_created", "officers_on_scene", "s136_custody")
    return case["handover_agreed"] is YES or taken_on


def _check_core(policy: Policy) -> Iterator[Breach]:
    """No partner leads while something that bears on life is not known, whatever edges and repeat say."""
    nothing = verdict_of(None)
    for one in core_classes(policy):
        if one.settled:
            continue
        owners = {
            combine(crime, risk, duty, nothing, nothing, medical=one.medical is YES).outcome
            for crime, risk, duty in product(one.crime, one.risk, one.duty)
        }
        if owners == {Outcome.PARTNER_LEADS}:
            yield Breach("unknown-leads", "core", one.example, "a partner would lead while a risk to life is not known")
            return


def _check_rising(policy: Policy, table: Table) -> Iterator[Breach]:
    """Each step up in one risk, all else equal, and not knowing against the best case."""
    if prod(len(partition.representatives()) for partition in table.partitions) > MOST_CASES:
        yield Breach(
            "too-large", table.id, (), f"has more than {MOST_CASES:,} combinations of facts; nothing is proved"
        )
        return
    steps = {name: _steps(table, name, policy.rising[name]) for name in table.by_name if name in policy.rising}
    told: set[str] = set()
    for case in _cases(table):
        before = _response(table, case)
        if "unknown-best" not in told and (name := _taken_for_best(table, case, before)):
            told.add("unknown-best")
            text = f"{name} is not known, and less is asked for than for a supervisor or than the worst answer asks"
            yield Breach("unknown-best", table.id, _words(case), text)
        for name, pairs in steps.items():
            for low, high in pairs:
                if case[name] != low or _response(table, {**case, name: high}) >= before:
                    continue
                rule = "unknown-lowers" if high is UNKNOWN else "risk-lowers"
                if rule not in told:
                    told.add(rule)
                    after = write_value(high)
                    yield Breach(rule, table.id, _words(case), f"{name} turning to {after} lowers the response")


def _taken_for_best(table: Table, case: Case, response: int) -> str:
    """A fact that is not known and, were it known, could ask for more; empty where a supervisor is asked."""
    if response >= Outcome.SUPERVISOR.response:
        return ""
    for name, fact in case.items():
        if fact in _NOT_KNOWN:
            values = table.partitions[table.by_name[name]].representatives()
            if any(_response(table, {**case, name: known}) > response for known in values if known not in _NOT_KNOWN):
                return name
    return ""


def _steps(table: Table, name: str, rising: Sequence[str]) -> tuple[tuple[Fact, Fact], ...]:
    """Pairs of values of an input, the lower risk first."""
    facts = table.partitions[table.by_name[name]].representatives()
    known = [fact for fact in facts if fact is not UNKNOWN]
    if not isinstance(known[0], int):
        known = [fact for word in rising for fact in known if write_value(fact) == word]
    unknown = [(known[0], fact) for fact in facts if fact is UNKNOWN or fact == "not-known"]
    return (*pairwise(known), *unknown)


def _check_leads(policy: Policy, table: Table) -> Iterator[Breach]:
    for case in _cases(table):
        (verdict,) = _verdicts(table, case)
        if not _is_listed(policy, verdict.lead):
            yield Breach("nobody-leads", table.id, _words(case), f"{verdict.lead or 'no agency'} is not on the list")
        elif not _WORD.fullmatch(verdict.lead):
            text = f"{verdict.lead} is no word of small letters, digits and hyphens; nobody could accept for it"
            yield Breach("nobody-leads", table.id, _words(case), text)
        elif verdict.lead == _POLICE:
            yield Breach("police-lead", table.id, _words(case), "police are no partner")
        elif verdict.urgency == Urgency.EMERGENCY and verdict.lead != AMBULANCE:
            text = "the caller would be told of a medical emergency that the ambulance service does not lead"
            yield Breach("false-words", table.id, _words(case), text)
        else:
            continue
        return


def _is_listed(policy: Policy, agency: str) -> bool:
    agencies = policy.edition.tables["agencies"]
    return agencies.answer({"agency": agency}).fired != (agencies.default_at,)


def _check_strand_unknown(policy: Policy) -> Iterator[Breach]:
    """Where nobody can say what kind of call it is, no table of a strand is asked, so the scope has to speak."""
    table = policy.edition.tables["scope"]
    for case in _cases(table):
        if case["strand"] is UNKNOWN and _response(table, case) < Outcome.SUPERVISOR.response:
            yield Breach("nobody-leads", table.id, _words(case), "nobody leads, and no supervisor is asked")
            return


def _check_agencies(policy: Policy) -> Iterator[Breach]:
    """The ambulance service is there, no row stands for just anybody, and no agency is the police."""
    agencies = policy.edition.tables["agencies"]
    if not _is_listed(policy, AMBULANCE):
        facts = (("agency", AMBULANCE),)
        yield Breach("nobody-leads", agencies.id, facts, f"{AMBULANCE} is not on the list, and leads every emergency")
    if _is_listed(policy, _NOT_LISTED):
        yield Breach("nobody-leads", agencies.id, (), "a row stands for any agency, also for one that nobody listed")
    title = next(at for at, output in enumerate(agencies.outputs) if output.name == "title")
    for row in agencies.rows:
        if _POLICE in str(row.outputs[title]).casefold():
            text = "police are no partner; the caller would be told that they lead and are not coming"
            yield Breach("police-lead", agencies.id, (("agency", row.id),), text)


def _check_statements(policy: Policy) -> Iterator[Breach]:
    table = policy.edition.tables["statements"]
    for case in _cases(table):
        outcome = policy.edition.decide("statements", case).outcome or {}
        if _AGAIN not in str(outcome.get("text", "")):
            yield Breach("no-999", table.id, _words(case), "does not tell the caller to ring 999 if it gets worse")
            return


def _check_timers(policy: Policy) -> Iterator[Breach]:
    for row in policy.edition.lists["timer_limits"].rows:
        minutes = policy.minutes(row["timer"])
        if minutes > int(row["most"]):
            facts = (("timer", row["timer"]),)
            yield Breach("too-long", "timers", facts, f"{minutes} minutes is longer than the {row['most']} allowed")
    if policy.minutes("ageing-red") <= policy.minutes("ageing-amber"):
        facts = (("timer", "ageing-red"),)
        yield Breach("alarm-first", "timers", facts, "ageing-red must come after ageing-amber")


def _cases(table: Table, *, left_out: bool = False) -> Iterator[dict[str, Fact | None]]:
    """Every combination of a table's facts; with `left_out` each may also be missing."""
    values = [partition.representatives() + ((None,) if left_out else ()) for partition in table.partitions]
    names = [input_.name for input_ in table.inputs]
    for combination in product(*values):
        yield dict(zip(names, combination, strict=True))


def _verdicts(table: Table, case: Case) -> frozenset[Verdict]:
    answered = table.answer({name: fact for name, fact in case.items() if fact is not None})
    return frozenset(read_verdict(table, at) for at in answered.fired or answered.possible)


def _response(table: Table, case: Case) -> int:
    (verdict,) = _verdicts(table, case)
    return -1 if verdict.response is None else verdict.response.response


def _words(case: Case) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(write_value(fact))) for name, fact in case.items() if fact is not None)
