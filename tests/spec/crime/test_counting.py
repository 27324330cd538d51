"""Which crimes a report makes and how many, rule by rule (p12-16, 42-98)."""

from datetime import date

import pytest
from counting_cases import alleged, count, lines, report_of, separately

from backbeat.crime.model import Allegation, Authority

A = alleged

# name, allegations, what is recorded; every allegation is by o1 against v1 unless it says otherwise
RECORDED: list[tuple[str, list[Allegation], list[str]]] = [
    ("p12 one crime for each victim", [A("a1", "8N 008/06", "v1 v2 v3")], ["3 x 8N 008/06"]),
    (
        "p12 three assaults by one person on one victim, reported at once",
        [A("a1", "105A 105/01"), A("a2", "105A 105/01"), A("a3", "8N 008/06")],
        ["1 x 8N 008/06"],
    ),
    (
        "p12 the same victim, but the principal crime of each offence against another",
        [A("a1", "8N 008/06", "v1 v2"), A("a2", "5D 005/01")],
        ["1 x 5D 005/01", "1 x 8N 008/06"],
    ),
    (
        "p14 robbery over assault",
        [A("a1", "34B 034/01"), A("a2", "8N 008/01", injured_at_robbery="no")],
        ["1 x 34B 034/01"],
    ),
    (
        "p14 residential burglary below actual bodily harm",
        [A("a1", "28I 028/03"), A("a2", "8N 008/06")],
        ["1 x 8N 008/06"],
    ),
    (
        "p56 stalking with fear over assault and damage",
        [A("a1", "8Q 008/65"), A("a2", "8N 008/06"), A("a3", "58A 149/00")],
        ["1 x 8Q 008/65"],
    ),
    ("p56 rape over coercive control", [A("a1", "8U 008/67"), A("a2", "19C 019/08")], ["1 x 19C 019/08"]),
    ("p55 of several courses of conduct the gravest", [A("a1", "8L 195/94"), A("a2", "8U 008/67")], ["1 x 8U 008/67"]),
    (
        "p13, p48 modern slavery and the most serious other crime against the same victim",
        [A("a1", "106 036/06"), A("a2", "8N 008/06"), A("a3", "105A 105/01")],
        ["1 x 106 036/06", "1 x 8N 008/06"],
    ),
    (
        "p56, p89 a breach beside the conduct crime, though its code is in a conduct class",
        [A("a1", "8L 008/31"), A("a2", "8Q 008/65")],
        ["1 x 8L 008/31", "1 x 8Q 008/65"],
    ),
    ("p89 a breach for each offender", [A("a1", "66 066/39", "", "o1 o2")], ["2 x 66 066/39"]),
    (
        "p89 one offender's share in two breaches of one order counts once",
        [A("a1", "66 066/39", "", "o1"), A("a2", "66 066/39", "", "o1 o2")],
        ["1 x 66 066/39", "1 x 66 066/39"],
    ),
    (
        "p91 drugs beside a crime with a victim",
        [A("a1", "92D 092/53", ""), A("a2", "8N 008/06")],
        ["1 x 8N 008/06", "1 x 92D 092/53"],
    ),
    (
        "p91 trafficking and possession print one rule",
        [A("a1", "92D 092/53", ""), A("a2", "92A 092/30", "")],
        ["1 x 92A 092/30"],
    ),
    (
        "p94 drugs and a weapon are distinct",
        [A("a1", "92D 092/53", ""), A("a2", "10D 008/26", "", weapon_used="no")],
        ["1 x 10D 008/26", "1 x 92D 092/53"],
    ),
    (
        "p94 a weapon used in another notifiable offence",
        [A("a1", "10D 008/26", "", weapon_used="yes"), A("a2", "8N 008/01")],
        ["1 x 8N 008/01"],
    ),
    (
        "p89 affray with connected violence",
        [A("a1", "66 066/01", "", violence_connected_with_affray="yes"), A("a2", "8N 008/06", "v1 v2")],
        ["2 x 8N 008/06"],
    ),
    (
        "p89 affray with violence that is not connected",
        [A("a1", "66 066/01", "", violence_connected_with_affray="no"), A("a2", "8N 008/06")],
        ["1 x 66 066/01", "1 x 8N 008/06"],
    ),
    (
        "p89 one affray for each incident",
        [A("a1", "66 066/01", "", on=date(2026, 4, 1)), A("a2", "66 066/01", "", on=date(2026, 4, 2))],
        ["1 x 66 066/01"] * 2,
    ),
    ("p83 going equipped with a burglary", [A("a1", "33 033/00", ""), A("a2", "28I 028/03")], ["1 x 28I 028/03"]),
    ("p83 going equipped alone", [A("a1", "33 033/00", "", "o1 o2")], ["1 x 33 033/00"]),
    (
        "p72 injury at a robbery, to whomever",
        [A("a1", "34A 034/01", "b1"), A("a2", "8N 008/06", "v1", injured_at_robbery="yes")],
        ["1 x 34A 034/01"],
    ),
    (
        "p66 grooming that sexual activity followed",
        [A("a1", "88A 088/01", sexual_activity_followed_grooming="yes"), A("a2", "22B 022/06")],
        ["1 x 22B 022/06"],
    ),
    (
        "p96 dangerous driving with other evidence than the intended injuries",
        [A("a1", "802 802/00", ""), A("a2", "5D 005/01")],
        ["1 x 5D 005/01", "1 x 802 802/00"],
    ),
    (
        "p61 rape for each who penetrated",
        [A("a1", "19C 019/08", "v1", "o1 o2 o3", offenders_defined="all")],
        ["3 x 19C 019/08"],
    ),
    (
        "p62 and one more for all who cannot be told apart",
        [A("a1", "19C 019/08", "v1", "o1 o2", offenders_defined="some")],
        ["1 x 19J 019/08", "2 x 19C 019/08"],
    ),
    ("p62 none can be told apart", [A("a1", "19F 019/10", "v1", "", offenders_defined="none")], ["1 x 19K 019/10"]),
    (
        "p62 rape by an offender told apart and by others who are not",
        [A("a1", "19C 019/08"), A("a2", "19J 019/08")],
        ["1 x 19C 019/08", "1 x 19J 019/08"],
    ),
    ("p61 two rapes by one offender", [A("a1", "19C 019/08"), A("a2", "19C 019/08")], ["1 x 19C 019/08"]),
    ("p61 rape done before rape attempted", [A("a1", "19C 019/12"), A("a2", "19C 019/08")], ["1 x 19C 019/08"]),
    ("p38 a death by vehicle taking counted by death", [A("a1", "37/1 037/01", "v1 v2")], ["2 x 37/1 037/01"]),
    ("p58 messages by recipient", [A("a1", "8R 008/72", "v1 v2")], ["2 x 8R 008/72"]),
    ("p69 exposure to several by one offender", [A("a1", "88E 088/09", "v1 v2 v3")], ["1 x 88E 088/09"]),
    (
        "p73 burglary of business by building",
        [A("a1", "30C 030/02", "b1", place="shop"), A("a2", "30C 030/02", "b1", place="store")],
        ["1 x 30C 030/02"] * 2,
    ),
    ("p73 two firms in one building", [A("a1", "30C 030/02", "b1 b2", place="mill")], ["1 x 30C 030/02"]),
    (
        "p79 theft from shop units",
        [A("a1", "46 046/00", "b1", place="unit 1"), A("a2", "46 046/00", "b2", place="unit 2")],
        ["1 x 46 046/00"] * 2,
    ),
    (
        "p83 each making off",
        [A("a1", "49A 053/25", "b1", on=date(2026, 4, 1)), A("a2", "49A 053/25", "b1", on=date(2026, 4, 3))],
        ["1 x 49A 053/25"] * 2,
    ),
    ("p81 electricity from two companies", [A("a1", "43 043/00", "b1 b2")], ["2 x 43 043/00"]),
    ("p81 theft by employees together", [A("a1", "41 041/00", "b1", "o1 o2")], ["1 x 41 041/00"]),
    ("p84 handling by offenders together", [A("a1", "54 054/01", "", "o1 o2")], ["1 x 54 054/01"]),
    ("p86 public fear without a specific victim", [A("a1", "9A 125/11", "")], ["1 x 9A 125/11"]),
    ("p82 other theft by owner", [A("a1", "49 049/10", "v1 v2")], ["2 x 49 049/10"]),
]


@pytest.mark.parametrize(("allegations", "expected"), [row[1:] for row in RECORDED], ids=[row[0] for row in RECORDED])
def test_crimes_recorded(allegations: list[Allegation], expected: list[str]) -> None:
    names = {"802 802/00": {"driving_evidence_beyond_injury": "yes"}}
    facts = {key: value for one in allegations for key, value in names.get(_label(one), {}).items()}
    found = count(report_of(*allegations, **facts))
    assert lines(found) == expected
    assert found.questions == ()
    assert found.referrals == ()


def _label(one: Allegation) -> str:
    return f"{one.named.class_} {one.named.code}" if one.named else ""


@pytest.mark.parametrize(
    ("label", "expected", "homes"),
    [
        ("28I 028/03", 1, {"v1": "h", "v2": "h"}),  # p73
        ("28I 028/03", 2, {"v1": "h", "v2": "i"}),  # p73 rooms let singly
        ("44 044/00", 1, {"v1": "h", "v2": "h"}),  # p79 cycles of one family
        ("40 040/00", 1, {"v1": "h", "v2": "h"}),  # p81
        ("45 045/10", 2, {"v1": "h", "v2": "h"}),  # p76 vehicle owners are not a family
        ("58A 149/00", 1, {"v1": "h", "v2": "h"}),  # p84
    ],
)
def test_members_of_a_household(label: str, expected: int, homes: dict[str, str]) -> None:
    found = count(report_of(A("a1", label, "v1 v2"), parties=homes))
    assert sum(crime.count for crime in found.crimes) == expected
    assert found.questions == ()


def test_a_household_not_said_is_asked_and_one_crime_stands_already() -> None:
    found = count(report_of(A("a1", "28I 028/03", "v1 v2")))
    assert lines(found) == ["1 x 28I 028/03"]
    assert [(one.about, one.fact) for one in found.questions] == [("party:v2", "household")]


def test_a_household_burglary_is_compared_where_a_member_was_assaulted_too() -> None:
    burglary, assault = A("a1", "28I 028/03", "v1 v2"), A("a2", "8N 008/06", "v2")
    found = count(report_of(burglary, assault, parties={"v1": "h", "v2": "h"}))
    assert lines(found) == ["1 x 8N 008/06"]
    assert [(one.allegation, one.under, one.rule) for one in found.not_counted] == [("a1", "a2", "principal-crime")]


@pytest.mark.parametrize(
    ("together", "expected", "open_", "asked"),
    [
        ("yes", ["1 x 8N 008/06"], (), []),
        ("no", ["1 x 105A 105/01", "1 x 8N 008/06"], (), []),
        ("unknown", ["1 x 8N 008/06"], ("a2",), ["offenders_acted_together"]),  # never a no
    ],
)
def test_different_offenders_against_one_victim(
    together: str, expected: list[str], open_: tuple[str, ...], asked: list[str]
) -> None:
    both = A("a1", "8N 008/06", "v1", "o1"), A("a2", "105A 105/01", "v1", "o2")
    found = count(report_of(*both, offenders_acted_together=together))
    assert lines(found) == expected
    assert found.open == open_
    assert [one.fact for one in found.questions] == asked


def test_who_acted_together_may_be_said_with_an_allegation() -> None:
    said = A("a1", "8N 008/06", "v1", "o1", offenders_acted_together="no"), A("a2", "105A 105/01", "v1", "o2")
    assert lines(count(report_of(*said, offenders_acted_together="yes"))) == ["1 x 105A 105/01", "1 x 8N 008/06"]


def test_nothing_is_asked_that_changes_nothing() -> None:
    """Two rapes by two offenders are two crimes whether they acted together or not (p12, 61)."""
    found = count(report_of(A("a1", "19C 019/08", "v1", "o1"), A("a2", "19C 019/08", "v1", "o2")))
    assert lines(found) == ["1 x 19C 019/08"] * 2
    assert found.questions == ()


@pytest.mark.parametrize(
    ("allegations", "labels", "pages"),
    [
        ([A("a1", "8M 008/56"), A("a2", "8N 008/77")], {"8M 008/56", "8N 008/77"}, {"57", "14"}),
        ([A("a1", "8L 195/94"), A("a2", "28I 028/03")], {"8L 195/94", "28I 028/03"}, {"14", "57"}),
        ([A("a1", "8Q 195/12"), A("a2", "59 059/11")], {"8Q 195/12", "59 059/11"}, {"14", "57"}),
        ([A("a1", "8U 008/67"), A("a2", "8N 008/52")], {"8U 008/67", "8N 008/52"}, {"56", "13"}),
        (
            [A("a1", "92D 092/53", ""), A("a2", "92E 092/61", "")],
            {"92D 092/53 and 92E 092/61", "92D 092/53 or 92E 092/61"},
            {"91", "12"},
        ),
        ([A("a1", "36 036/01"), A("a2", "34B 034/01")], {"36 036/01", "34B 034/01"}, {"13"}),  # both carry life
    ],
)
def test_what_the_rules_leave_open_goes_to_the_registrar(
    allegations: list[Allegation], labels: set[str], pages: set[str]
) -> None:
    found = count(report_of(*allegations))
    assert found.crimes == ()
    assert found.questions == ()
    [referral] = found.referrals
    assert referral.about == ("a1", "a2")
    assert referral.to is Authority.FCR
    assert {one.label for one in referral.candidates} == labels
    assert {one.source.page for one in referral.candidates} == pages


def test_a_third_crime_above_both_settles_a_contradiction() -> None:
    found = count(report_of(A("a1", "8M 008/56"), A("a2", "8N 008/77"), A("a3", "8N 008/01")))
    assert lines(found) == ["1 x 8N 008/01"]


def test_a_third_crime_in_a_circle_with_a_contradiction_is_a_candidate_too() -> None:
    """008/77 stands above 005/28, 005/28 above 008/56, and of 008/56 and 008/77 the rules say both."""
    found = count(report_of(A("a1", "8M 008/56"), A("a2", "8N 008/77"), A("a3", "8R 005/28")))
    [referral] = found.referrals
    assert [one.label for one in referral.candidates] == ["8M 008/56", "8N 008/77", "8R 005/28"]


def test_a_conduct_crime_that_is_not_principal_must_be_named_to_the_cps() -> None:
    found = count(report_of(A("a1", "8U 008/67"), A("a2", "19C 019/08")))
    assert [(one.who, one.about, one.source.page) for one in found.duties] == [
        (Authority.OFFICER, ("allegation:a1",), "55")
    ]


@pytest.mark.parametrize(
    ("days", "force"),
    [
        ((date(2026, 1, 5), date(2026, 2, 5)), "b"),
        ((date(2026, 3, 5), date(2026, 2, 5)), "a"),
        ((None, date(2026, 2, 5)), None),
    ],
)
def test_a_series_over_forces_is_recorded_where_its_latest_principal_crime_was(
    days: tuple[date | None, date], force: str | None
) -> None:
    """Page 16: the force covering the most recent principal crime, here of two assaults and a lesser one after them."""
    first, second = (
        A(f"a{i}", "8N 008/06", on=day, force=where) for i, (day, where) in enumerate(zip(days, "ab", strict=True))
    )
    found = count(report_of(first, second, A("a2", "105A 105/01", on=date(2026, 4, 1), force="c")))
    [series] = found.series
    assert (series.principal, series.force) == (("a0", "a1"), force)
    assert series.undated == (("a0",) if force is None else ())


def test_an_additional_crime_says_by_which_rule_it_is_additional() -> None:
    found = count(report_of(A("a1", "8L 008/31", ""), A("a2", "8Q 008/65")))
    [breach] = [crime for crime in found.crimes if crime.additional]
    assert (breach.offence.label, breach.source.page) == ("8L 008/31", "89")


@pytest.mark.parametrize(
    ("allegations", "expected"),
    [
        ([A("a1", "8Q 008/65"), A("a2", "8N 008/06"), A("a3", "58A 149/00")], 3),
        ([A("a1", "8N 008/06"), A("a2", "8N 008/06")], 1),  # one record for an offence and victim
        ([A("a1", "8N 008/06", "v1 v2"), A("a2", "66 066/01", "")], 3),
        ([A("a1", "19C 019/08", "v1", "o1 o2"), A("a2", "8N 008/06")], 3),
    ],
)
def test_what_separate_recording_would_have_made(allegations: list[Allegation], expected: int) -> None:
    assert separately(report_of(*allegations)) == expected
