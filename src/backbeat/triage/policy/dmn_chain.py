"""The decisions of a triage policy that stand between its tables, as decision tables of their own.

They say what `derived` and `combining` say: which facts follow from others, which strand's table counts, that the
greater response prevails, and who owns the call in the end. Every rule names the values it takes, so a gate that is
still undecided (null) never lets a lesser response through.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from backbeat.rulebook.table import Table
from backbeat.triage.gates import AMBULANCE
from backbeat.triage.model import Outcome, Strand
from backbeat.triage.policies import Policy
from backbeat.triage.policy.dmn_tables import DmnInput, DmnOutput, DmnRule, DmnTable
from backbeat.triage.policy.feel import ANY, write_feel

__all__ = ["FINAL", "chain"]

FINAL = "owner"
"""Name of the decision that combines the others."""
NONE = "none"
_RISING = [one.value for one in sorted((o for o in Outcome if o is not Outcome.ASK_MORE), key=lambda o: o.response)]
_ATTENDING = [one for one in _RISING if Outcome(one).attends]
_YES, _NO, _UNKNOWN = '"yes"', '"no"', '"unknown"'
_TRI = (_YES, _NO, _UNKNOWN)
_SOURCE = "backbeat, decisions/0009"


def chain(policy: Policy, rename: Callable[[str], str]) -> tuple[DmnTable, ...]:
    """The decisions between the tables, each after those it needs; `rename` gives a table's name in the model."""
    tables = policy.edition.tables
    strands = {strand: tables[policy.strand_table(strand)] for strand in Strand}
    says = {name: _words(tables[name]) for name in ("gate_crime", "gate_risk", "gate_duty", "gate_repeat")}
    edges = {rename(name): _words(tables[name]) for name in ("scope", "partner")}
    edges["strand_response"] = sorted({word for table in strands.values() for word in _words(table)} | {NONE})
    return (
        _ambulance_in_time(),
        _partner_in_time(),
        _strand_response(strands, policy, rename),
        _greatest("core", "What the core says: crime, risk, duty", _core(says)),
        _greatest("edges", "What scope, strand and partner say", edges),
        _greatest("greatest", "What anything asks for", _all(says["gate_repeat"])),
        _final(),
        _owner(edges["strand_response"]),
    )


def _ambulance_in_time() -> DmnTable:
    inputs = (
        _fact("ambulance_accepted", "Has the ambulance service accepted the call?", _TRI),
        _minutes("ambulance_eta_minutes", "In how many minutes will the ambulance be there?"),
        _minutes("risk_window_minutes", "By when must somebody be with the person, in minutes?"),
    )
    rules = [
        ([_NO, ANY, ANY], _NO, "The ambulance service has not accepted the call."),
        # Before any comparison, because there are engines in which a word compares with a number.
        ([ANY, _UNKNOWN, ANY], _UNKNOWN, "Nobody can say when the ambulance will be there."),
        ([ANY, ANY, _UNKNOWN], _UNKNOWN, "Nobody can say by when somebody must be there."),
        ([ANY, "> risk_window_minutes", ANY], _NO, "The ambulance would come after the time somebody must be there."),
        ([_UNKNOWN, ANY, ANY], _UNKNOWN, "Nobody can say whether it was accepted."),
        ([_YES, "<= risk_window_minutes", ANY], _YES, "Accepted, and there in time."),
    ]
    return _table("ambulance_in_time", "Is the ambulance there in time?", inputs, ("ambulance_in_time",), rules)


def _partner_in_time() -> DmnTable:
    inputs = (
        _minutes("partner_eta_minutes", "In how many minutes will the partner be there?"),
        _minutes("risk_window_minutes", "By when must somebody be with the person, in minutes?"),
    )
    rules = [
        ([ANY, "null"], '"no-window"', "Nobody has set a time by which somebody must be there."),
        ([ANY, _UNKNOWN], '"not-known"', "Nobody can say by when somebody must be there."),
        ([_UNKNOWN, ANY], '"not-known"', "Nobody can say when the partner will be there."),
        (["> risk_window_minutes", ANY], '"late"', "The partner would come too late."),
        (["<= risk_window_minutes", ANY], '"in-time"', "The partner is there in time."),
    ]
    return _table("partner_in_time", "Is the partner there in time?", inputs, ("partner_in_time",), rules)


def _strand_response(strands: Mapping[Strand, Table], policy: Policy, rename: Callable[[str], str]) -> DmnTable:
    values = (*(write_feel(strand.value) for strand in strands), _UNKNOWN)
    inputs = [_fact("strand", "What kind of call is it?", values)]
    names = [rename(policy.strand_table(strand)) for strand in strands]
    said = [_quoted(_words(table)) for table in strands.values()]
    inputs += [
        DmnInput(name, f"What the table {name} says", "string", words, "response")
        for name, words in zip(names, said, strict=True)
    ]
    rules = []
    for at, (strand, name) in enumerate(zip(strands, names, strict=True)):
        decided = [", ".join(said[at]) if n == at else ANY for n in range(len(names))]
        outputs = [f"{name}.{column}" for column in ("response", "lead", "urgency")]
        rules.append(([write_feel(strand.value), *decided], outputs, f"The table of {strand.value} counts."))
    unknown = [write_feel(Outcome.SUPERVISOR.value), write_feel(""), write_feel("")]
    rules.append(([_UNKNOWN, *[ANY] * len(names)], unknown, "Nobody can say what kind of call it is."))
    return _table(
        "strand_response", "What the strand's table says", tuple(inputs), ("response", "lead", "urgency"), rules
    )


def _core(says: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: [*says[name]] for name in ("gate_crime", "gate_risk", "gate_duty")}


def _all(repeat: Sequence[str]) -> dict[str, Sequence[str]]:
    return {"core": [NONE, AMBULANCE, *_RISING], "edges": [NONE, *_RISING], "gate_repeat": repeat}


def _greatest(name: str, title: str, says: Mapping[str, Sequence[str]]) -> DmnTable:
    """The greatest of several responses. `ambulance` asks for nothing, and is passed on where nothing else is asked."""
    inputs = tuple(
        DmnInput(one, f"What {one} says", "string", _quoted(words), "response" if one == "strand_response" else "")
        for one, words in says.items()
    )
    rules = []
    for level in reversed(_RISING):
        below = {NONE, AMBULANCE, *_RISING[: _RISING.index(level) + 1]}
        for at, (one, words) in enumerate(says.items()):
            if level in words:
                tests = [
                    write_feel(level) if n == at else _listed(word for word in others if word in below)
                    for n, others in enumerate(says.values())
                ]
                rules.append((tests, write_feel(level), f"{one} asks for the greatest response."))
    for at, words in enumerate(says.values()):
        if AMBULANCE in words:
            tests = [write_feel(AMBULANCE if n == at else NONE) for n in range(len(says))]
            rules.append((tests, write_feel(AMBULANCE), "A medical emergency the ambulance service has in hand."))
    rules.append(([write_feel(NONE)] * len(says), write_feel(NONE), "Nothing here against a partner leading."))
    return _table(name, title, inputs, (name,), rules)


def _final() -> DmnTable:
    said = [NONE, AMBULANCE, *_RISING]
    inputs = (
        DmnInput("greatest", "The greatest response anything asks for", "string", _quoted(said)),
        _fact("medical", "Is emergency medical treatment needed?", _TRI),
    )
    partner, joint = (write_feel(one.value) for one in (Outcome.PARTNER_LEADS, Outcome.JOINT))
    attending = _listed(word for word in said if word in _ATTENDING)
    rules = [([attending, _YES], joint, "Police go, and somebody needs treatment.")]
    for level in reversed(_RISING):
        medical = f"{_NO}, {_UNKNOWN}" if level in _ATTENDING else ANY
        rules.append(([write_feel(level), medical], write_feel(level), "The greatest response prevails."))
    nothing = _listed(word for word in (AMBULANCE, NONE))
    rules.append(([nothing, ANY], partner, "Nothing against a partner leading."))
    return _table("final", "The response", inputs, ("final",), rules)


def _owner(strand_says: Sequence[str]) -> DmnTable:
    inputs = (
        DmnInput("final", "The response", "string", _quoted(_RISING)),
        DmnInput("core", "What the core says", "string", _quoted([NONE, AMBULANCE, *_RISING])),
        DmnInput("strand_response", "What the strand's table says", "string", _quoted(strand_says), "response"),
    )
    partner, joint = Outcome.PARTNER_LEADS.value, Outcome.JOINT.value
    emergency = [write_feel(AMBULANCE), write_feel("emergency")]
    known = ", ".join(_quoted(strand_says))
    strand = ["strand_response.lead", "strand_response.urgency"]
    rules = [
        ([write_feel(joint), ANY, ANY], [write_feel(joint), *emergency], "The ambulance service leads on care."),
        (
            [write_feel(partner), write_feel(AMBULANCE), ANY],
            [write_feel(partner), *emergency],
            "The ambulance service leads.",
        ),
        ([write_feel(partner), ANY, known], [write_feel(partner), *strand], "The strand's agency leads."),
    ]
    others = [one for one in reversed(_RISING) if one not in (partner, joint)]
    rules += [
        ([write_feel(one), ANY, ANY], [write_feel(one), write_feel(""), write_feel("")], "Police keep it.")
        for one in others
    ]
    return _table(FINAL, "Who owns the call", inputs, ("outcome", "lead", "urgency"), rules)


def _table(
    name: str,
    title: str,
    inputs: tuple[DmnInput, ...],
    outputs: tuple[str, ...],
    rules: Sequence[tuple[Sequence[str], str | Sequence[str], str]],
) -> DmnTable:
    made = tuple(
        DmnRule(tuple(tests), (given,) if isinstance(given, str) else tuple(given), f"{name}-{number}", _SOURCE, why)
        for number, (tests, given, why) in enumerate(rules, 1)
    )
    return DmnTable(name, title, "FIRST", inputs, tuple(DmnOutput(one, "string") for one in outputs), made)


def _words(table: Table) -> list[str]:
    """What the table's response may be."""
    return list(next(one for one in table.outputs if one.name == "response").type.choices)


def _fact(name: str, label: str, values: tuple[str, ...]) -> DmnInput:
    return DmnInput(name, label, "string", values)


def _minutes(name: str, label: str) -> DmnInput:
    return DmnInput(name, label, "Any")


def _quoted(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(write_feel(word) for word in words)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(write_feel(word) for word in words)
