"""What the guards may ask about one request: its own facts, the report's, and what the offence on record says."""

import re
from collections.abc import Mapping

from backbeat.crime.errors import FactsRefused
from backbeat.crime.model import Basis, NamedOffence, Offence, Report, Request, RequestKind
from backbeat.crime.resolving import SETS, Scope
from backbeat.crime.rules import Rules
from backbeat.rulebook import NO, YES, Fact

__all__ = ["fault_of_wanted", "scope_request", "settled_by_record"]

INCIDENTS = ("CRI", "NSIR")
"""Incident records without a code of their own, which a reclassification may name."""
_CODE_CLASS = re.compile(r"([0-9]{1,3}/[0-9]{1,2}) ([0-9A-Z/]{1,10})")
_OVER_12 = frozenset({"019/08", "019/10", "019/12", "019/14"})
_UNDER_13 = frozenset({"019/16", "019/17", "019/18", "019/19"})
_CODED = {
    RequestKind.OUTCOME: ("outcome_guards", "outcome_wanted"),
    RequestKind.CANCEL: ("cancellation_guards", "cancel_code"),
}
"""Table and input whose declared words are the codes a request may want."""


def fault_of_wanted(rules: Rules, request: Request) -> str | None:
    """What is wrong with what a request wants; None where nothing is."""
    if request.kind is not RequestKind.RECLASSIFY:
        table_id, name = _CODED[request.kind]
        table = rules.edition.tables[table_id]
        words = table.inputs[table.by_name[name]].type.choices
        return None if request.wanted in words else f"must be one of {', '.join(words)}"
    if request.wanted in INCIDENTS:
        return None
    named = _named(request.wanted)
    if named is None:
        return f"must be CODE CLASS, such as 004/04 4/4 or 300/07 N300, or one of {', '.join(INCIDENTS)}"
    return None if _listed(rules, named) else "is in neither list, of offences or of incidents"


def scope_request(rules: Rules, report: Report, request: Request) -> Scope:
    """Everything known about one request. An offence of the list that may go either way leaves its mode to be asked.

    Raises:
        FactsRefused: `wanted` is nothing the edition knows.
        UnknownOffence: what it stands recorded as is in no list.
    """
    fault = fault_of_wanted(rules, request)
    if fault is not None:
        raise FactsRefused(
            f"What the request wants {fault}.",
            where=f"request {request.id}, wanted",
            do="correct it; outcomes stand on page 24 of the rules, cancellations on page 25",
        )
    # What the request says of its own case wins: a child forced into an offence against the state is its victim (p66).
    facts: dict[str, Fact] = {**report.facts, **settled_by_record(rules, request.offence), **request.facts}
    match request.kind:
        case RequestKind.OUTCOME:
            facts["outcome_wanted"] = request.wanted
        case RequestKind.CANCEL:
            facts["cancel_code"] = request.wanted
        case RequestKind.RECLASSIFY:
            named = _named(request.wanted)
            facts["wanted_class"] = named.class_ if named else request.wanted
            facts["wanted_code"] = named.code if named else request.wanted
            same = named is not None and (named.code, named.class_) == (request.offence.code, request.offence.class_)
            facts["wanted_same"] = YES if same else NO
    return Scope(facts, {"report": "report", "request": f"request:{request.id}"})


def settled_by_record(rules: Rules, named: NamedOffence) -> Mapping[str, Fact]:
    """What follows from the offence or incident on record. Where its lines disagree, nothing does.

    Raises:
        UnknownOffence: it is in no list.
    """
    facts: dict[str, Fact] = {"offence_class": named.class_, "offence_code": named.code}
    if rules.is_incident(named.code, named.class_):
        return facts | {f"is_{name}": NO for name in SETS} | {"record_has_victim": YES}
    found = rules.offences.find(named.code, named.class_, named.text)
    lines = (found,) if isinstance(found, Offence) else found.candidates
    for name in SETS:
        facts[f"is_{name}"] = YES if rules.offences.matches(lines[0], f"@{name}") else NO
    modes = {line.mode for line in lines}
    if "" not in modes:
        for fact, mode in (("indictable_only", "I"), ("summary_only", "S")):
            if modes == {mode} or mode not in modes:
                facts[fact] = YES if modes == {mode} else NO
    if facts.get("indictable_only") is YES:
        facts["disclosure_serious"] = YES
    bases = {line.basis for line in lines}
    if len(bases) == 1 and Basis.EITHER not in bases:
        facts["record_has_victim"] = YES if bases == {Basis.VICTIM} else NO
    if named.code in _UNDER_13 | _OVER_12:
        facts["rape_victim_under_13"] = YES if named.code in _UNDER_13 else NO
    return facts


def _named(wanted: str) -> NamedOffence | None:
    parts = _CODE_CLASS.fullmatch(wanted)
    return NamedOffence(parts[1], parts[2]) if parts else None


def _listed(rules: Rules, named: NamedOffence) -> bool:
    if rules.is_incident(named.code, named.class_):
        return True
    return named.class_ in rules.offences.classes_of(named.code)
