"""The plain-text answer: one glance says what to record, by when, who decides, and what is asked next."""

from datetime import UTC, date, datetime

import pytest

from backbeat.crime.decision import Answer, Decision, Flag, OpenFlag, Reclassification
from backbeat.crime.errors import DecisionUnreadable
from backbeat.crime.model import (
    Authority,
    Candidate,
    Crime,
    Deadline,
    Duty,
    Incident,
    NotCounted,
    Question,
    Referral,
    Report,
    Source,
)
from backbeat.crime.rules import open_rules
from backbeat.crime.telling import by_when, tell, tell_why

RULES = open_rules().on(date(2026, 5, 1))
REPORT = Report("REF-1", datetime(2026, 5, 1, 13, 30, tzinfo=UTC), "northshire", {}, {}, ())


def source(page: str) -> Source:
    return Source("rules", page)


def offence(label: str):
    return next(one for one in RULES.offences.listed if one.label == label)


def full() -> Decision:
    """A decision with something under every heading."""
    abh = offence("8N 008/06")
    return Decision(
        RULES,
        REPORT,
        crimes=(Crime(abh, 2, ("a1", "a2"), ("v1", "v2"), (), "offender-group", True, None, source("14"), "Why so."),),
        incidents=(Incident("CRI", ("a3",), source("7"), "No victim yet"),),
        not_counted=(NotCounted("a4", abh, "a1", "principal-crime", source("12"), "Same victim and offender"),),
        referrals=(
            Referral(
                ("a5",),
                "The pages differ.",
                (Candidate("8M 008/56", source("57"), "Tier 4"), Candidate("8N 008/77", source("14"), "Rank 18")),
                Authority.FCR,
            ),
        ),
        reclassifications=(
            Reclassification("a6", "N300 300/01", "N300 300/07", Authority.DDM, source("35"), "Natural"),
        ),
        flags=(Flag("online", "Online crime", ("a1",), source("29"), "Sent by message"),),
        flags_open=(OpenFlag("hate_crime", ("a1",)),),
        deadlines=(
            Deadline("record", datetime(2026, 5, 2, 13, 30, tzinfo=UTC), source("10"), "Within 24 hours."),
            Deadline("decide on the complaint", None, source("17"), "Outside the clock"),
        ),
        duties=(Duty("Seek guidance", Authority.FCR, ("a1",), source("34")),),
        notes=("Ask again when the victim is found.",),
        answers=(
            Answer("r1", "refused", (Authority.DDM, Authority.FCR), (("Not yet.", source("25")),), ("Tell them.",)),
        ),
        questions=(Question("allegation:a1", "injured", "Was there an injury?", "tri", False, source("43")),),
        decider=Authority.FCR,
        separate_count=5,
    )


def test_every_part_is_told_with_its_page() -> None:
    assert tell(full()) == [
        "Report REF-1: open: facts are missing, and what stands here may change",
        "",
        "Record",
        "  2 × 8N 008/06 Assault occasioning actual bodily harm, one for each offender group, in addition",
        "      a1, a2. Why so (rules p14)",
        "",
        "Incident",
        "  CRI for a3. No victim yet (rules p7)",
        "",
        "Reclassify",
        "  a6: N300 300/01 becomes N300 300/07, by the designated decision maker. Natural (rules p35)",
        "",
        "For the registrar",
        "  a5, to the force crime registrar: The pages differ.",
        "      8M 008/56: Tier 4 (rules p57)",
        "      8N 008/77: Rank 18 (rules p14)",
        "",
        "Requests",
        "  r1: refused, decided by designated decision maker or force crime registrar",
        "      Not yet. (rules p25)",
        "      Tell them.",
        "",
        "Ask next",
        "  allegation:a1, injured: Was there an injury? [tri] (rules p43)",
        "",
        "By when",
        "  record: 2 May 2026 13:30. Within 24 hours (rules p10)",
        "  decide on the complaint: no fixed time. Outside the clock (rules p17)",
        "",
        "Who decides",
        "  force crime registrar",
        "",
        "Flags",
        "  Online crime on a1 (rules p29)",
        "",
        "May add a flag",
        "  hate_crime (a1)",
        "",
        "Not counted",
        "  a4 8N 008/06 stands under a1. Same victim and offender (rules p12)",
        "",
        "Also",
        "  Seek guidance (force crime registrar; rules p34)",
        "",
        "Note",
        "  Ask again when the victim is found.",
        "",
        "Count",
        "  crime records: 3; recording every offence separately would have made 5",
    ]


@pytest.mark.parametrize(
    ("what", "at", "said"),
    [
        # Midnight after a day is the first instant too late; read as a time of the next day it would mislead (p10).
        ("record the same day", datetime(2026, 11, 22, tzinfo=UTC), "by the end of 21 November 2026"),
        ("record the same day", datetime(2026, 5, 1, tzinfo=UTC), "by the end of 30 April 2026"),
        ("record at the latest", datetime(2026, 11, 22, tzinfo=UTC), "22 November 2026 00:00"),
        ("recording waits", None, "no fixed time"),
    ],
)
def test_the_same_day_ends_with_that_day(what: str, at: datetime | None, said: str) -> None:
    assert by_when(what, at) == said


def test_headings_without_anything_under_them_are_left_out() -> None:
    assert [line for line in tell(Decision(RULES, REPORT)) if line and not line.startswith(" ")] == [
        "Report REF-1: settled",
        "Who decides",
        "Count",
    ]


def test_reasons_are_told_from_the_bytes_alone() -> None:
    assert tell_why(full().to_json())[0].startswith("Report REF-1 under Home Office Crime Recording Rules 2026/27")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"7", b"null", b"\xff", b'{"format":"backbeat.crime.decision/1"}', b'{"format":"other"}',
     b'{"explanation":7,"format":"backbeat.crime.decision/1"}', b"[" * 100_000],
    ids=range(10),
)  # fmt: skip
def test_bytes_that_are_no_decision_are_refused(data: bytes) -> None:
    with pytest.raises(DecisionUnreadable):
        tell_why(data)
