"""Any log: what is written is read back, no bytes break the reader, and what is not taken in is always said."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from backbeat.errors import InputRejected
from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.rulebook.values import ValueType
from backbeat.triage.model import Outcome, Strand
from backbeat.triage.simulation.call_log import COLUMNS, read_log, write_log
from backbeat.triage.simulation.model import Call, Caller, Decided, Harm, Later, Truth

TYPES = {
    "strand": ValueType.parse(f"enum[{', '.join(Strand)}]"),
    "risk_life_now": ValueType.parse("tri"),
    "contact_number": ValueType.parse("int[1..]"),
    "partner_eta_minutes": ValueType.parse("int[0..10080]"),
}
ANSWERS = st.sampled_from((YES, NO, UNKNOWN))
FACTS = st.fixed_dictionaries(
    {"contact_number": st.integers(1, 9)},
    optional={
        "strand": st.one_of(st.sampled_from([one.value for one in Strand]), st.just(UNKNOWN)),
        "risk_life_now": ANSWERS,
        "partner_eta_minutes": st.one_of(st.integers(0, 10080), st.just(UNKNOWN)),
    },
)
MINUTES = st.one_of(st.none(), st.integers(0, 100_000))
LATER = st.dictionaries(
    st.integers(0, 5000), st.dictionaries(st.just("risk_life_now"), ANSWERS, min_size=1), max_size=3
).map(lambda found: tuple(Later(minutes, facts) for minutes, facts in sorted(found.items())))
WORD = st.text(st.characters(exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=12)
CALLS = st.builds(
    Call,
    reference=WORD,
    received_at=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda one: one.replace(tzinfo=UTC)),
    caller=st.sampled_from(Caller),
    facts=FACTS,
    matter=st.one_of(st.just(""), WORD),
    later=LATER,
    rings_again=st.lists(st.integers(0, 5000), max_size=3).map(lambda found: tuple(sorted(found))),
    truth=st.one_of(st.none(), st.sampled_from(Truth)),
    misled=st.booleans(),
    window_minutes=MINUTES,
    police_minutes=MINUTES,
    partner_minutes=MINUTES,
    officer_minutes=MINUTES,
    decided=st.builds(
        Decided,
        outcome=st.one_of(st.none(), st.sampled_from([one for one in Outcome if one is not Outcome.ASK_MORE])),
        responder_minutes=MINUTES,
        recontact_24h=ANSWERS,
        later_deployment=ANSWERS,
        harm=st.one_of(st.none(), st.sampled_from(Harm)),
    ),
    characteristics=st.dictionaries(st.sampled_from(("sex", "age", "ethnicity", "disability")), WORD),
)


@given(st.lists(CALLS, min_size=1, max_size=8, unique_by=lambda call: call.reference))
@settings(deadline=None)
def test_what_is_written_is_read_back(calls: list[Call]) -> None:
    lines: list[str] = []
    write_log(calls, TYPES, lines.append)
    found = read_log("".join(lines).encode(), TYPES)
    assert found.faults == ()
    assert sorted(found.calls, key=lambda call: call.reference) == sorted(calls, key=lambda call: call.reference)


@given(st.binary(max_size=400))
def test_any_bytes_are_calls_or_said_to_be_none(content: bytes) -> None:
    try:
        found = read_log(content, TYPES)
    except InputRejected:
        return
    assert bool(found.calls) != bool(found.faults)


@given(
    st.lists(st.sampled_from([*COLUMNS, *TYPES]), min_size=3, max_size=8, unique=True),
    st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=8), max_size=4),
)
def test_every_row_is_a_call_or_a_fault(heading: list[str], rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [heading, *rows]]
    try:
        found = read_log("\r\n".join(quoted).encode("utf-8", "replace"), TYPES)
    except InputRejected:
        return
    assert bool(found.calls) != bool(found.faults)
    if found.calls:
        assert len(found.calls) == sum(any(cell.strip() for cell in row) for row in rows)


@given(CALLS)
def test_the_offset_of_a_time_is_only_a_way_of_writing_it(call: Call) -> None:
    lines: list[str] = []
    local = call.received_at.astimezone(ZoneInfo("Europe/London"))
    write_log([replace(call, received_at=local)], TYPES, lines.append)
    (found,) = read_log("".join(lines).encode(), TYPES).require()
    assert found.received_at == call.received_at
