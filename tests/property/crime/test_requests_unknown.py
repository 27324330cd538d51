"""An answer to a request, once given, stands whatever the facts left open turn out to be."""

from datetime import UTC, date, datetime
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from backbeat.crime.model import NamedOffence, Report, Request, RequestKind
from backbeat.crime.request_scope import settled_by_record
from backbeat.crime.requests import TABLES, RequestAnswer, RequestVerdict, decide_request
from backbeat.crime.resolving import DERIVED
from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import NO, YES, Fact
from backbeat.rulebook.values import Shape, ValueType

OFFENCES = (
    "008/06 8N", "019/08 19C", "019/12 19C", "001/01 1", "195/94 8L", "034/01 34A", "028/03 28I", "092/61 92E",
    "036/06 106", "053/25 49A", "008/26 10D", "100/01 N100", "300/01 N300",
)  # fmt: skip
OURS = {"outcome_wanted", "cancel_code", "wanted_class", "wanted_code", "wanted_same"}


@lru_cache
def rules() -> Rules:
    return open_rules().on(date(2026, 5, 1))


def facts_of(kind: RequestKind) -> dict[str, ValueType]:
    tables = (rules().edition.tables[table_id] for table_id in TABLES[kind])
    return {i.name: i.type for table in tables for i in table.inputs if i.name not in DERIVED | OURS}


def values(type_: ValueType) -> st.SearchStrategy[Fact]:
    match type_.shape:
        case Shape.TRI:
            return st.sampled_from((YES, NO))
        case Shape.ENUM:
            return st.sampled_from(type_.choices)
        case Shape.INT:
            return st.sampled_from((9, 10, 17, 18, 40))
        case _:
            return st.sampled_from((date(2020, 4, 1), date(2020, 4, 2)))


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, RequestKind, str, dict[str, Fact], dict[str, Fact]]:
    """An offence, a request, facts, and further facts that complete them."""
    kind = draw(st.sampled_from(list(RequestKind)))
    table = rules().edition.tables[TABLES[kind][0]]
    wanted = st.sampled_from(
        ("300/07 N300", "100/01 N100", "001/01 1", "008/01 8N")
        if kind is RequestKind.RECLASSIFY
        else next(i.type.choices for i in table.inputs if i.name in OURS)
    )
    offence = draw(st.sampled_from(OFFENCES))
    settled = settled_by_record(rules(), NamedOffence(*offence.split(" ")))
    given_, later = {}, {}
    for name, type_ in facts_of(kind).items():
        if name not in settled:
            (given_ if draw(st.booleans()) else later)[name] = draw(values(type_))
    return offence, kind, draw(wanted), given_, later


def decide(offence: str, kind: RequestKind, wanted: str, facts: dict[str, Fact]) -> RequestAnswer:
    code, class_ = offence.split(" ")
    request = Request("r1", kind, NamedOffence(code, class_), wanted, facts)
    report = Report("R", datetime(2026, 5, 1, tzinfo=UTC), "northshire", {}, {}, (), (), (request,))
    return decide_request(rules(), report, request)


@settings(max_examples=300, deadline=None)
@given(requests())
def test_no_later_fact_turns_an_answer_round(
    case: tuple[str, RequestKind, str, dict[str, Fact], dict[str, Fact]],
) -> None:
    offence, kind, wanted, facts, later = case
    # A choice the force or its registrar has not made is not a fact left open: making it later does change the answer.
    facts |= {name: later.pop(name) for name in list(later) if name.startswith(("force_choice_", "registrar_"))}
    before = decide(offence, kind, wanted, facts)
    after = decide(offence, kind, wanted, {**facts, **later})

    assert after.verdict is not RequestVerdict.OPEN
    if before.verdict is not RequestVerdict.OPEN:
        assert after.verdict is before.verdict
    if before.verdict is RequestVerdict.ALLOWED:
        assert after.deciders == before.deciders


@settings(max_examples=100, deadline=None)
@given(requests(), st.randoms())
def test_the_order_of_facts_does_not_matter(
    case: tuple[str, RequestKind, str, dict[str, Fact], dict[str, Fact]], random: object
) -> None:
    offence, kind, wanted, facts, later = case
    shuffled = list({**facts, **later}.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert decide(offence, kind, wanted, dict(shuffled)) == decide(offence, kind, wanted, {**facts, **later})
