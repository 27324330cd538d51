"""The principal crime between two offences, against a second, slow and plain reading of the lists (p13-14, 55-57)."""

from collections.abc import Mapping
from functools import cache

import pytest
from counting_cases import counting_rules, offence, rows

from backbeat.crime.model import Offence
from backbeat.crime.principal import Prevails

LIFE = 999_999

# Where ladder and table, or two sentences of the ladder, do not agree: for the registrar, with both pages.
CONTRADICTIONS = {
    ("8M 008/56", "8N 008/77"): ("57", "14"),  # tier 4 excepts 008/01 only; the table ranks 008/77 above it
    ("8Q 195/12", "59 059/11"): ("14", "57"),  # in the table below tier 5, but not in its closed list
    ("8Q 195/12", "59 059/13"): ("14", "57"),
    ("8L 195/94", "59 059/11"): ("14", "57"),
    ("8L 195/94", "59 059/13"): ("14", "57"),
} | {(conduct, f"28{letter} 028/03"): ("14", "57") for conduct in ("8Q 195/12", "8L 195/94") for letter in "IJKLMNOP"}


# --- the oracle -------------------------------------------------------------------------------------------------------


def in_selector(one: Offence, selector: str) -> bool:
    return takes_in(selector, one.code, one.class_)


@cache
def takes_in(selector: str, code: str, class_: str) -> bool:
    if selector.startswith("@"):
        return any(takes_in(row["selector"], code, class_) for row in rows("sets") if row["set"] == selector[1:])
    return selector in ("*", class_, f"{code} {class_}")


def tier_of(one: Offence) -> int | None:
    return next((int(r["tier"]) for r in rows("ladder") if (r["code"], r["class"]) == (one.code, one.class_)), None)


def rank_of(one: Offence) -> int | None:
    return next((int(r["rank"]) for r in rows("lookup") if (r["code"], r["class"]) == (one.code, one.class_)), None)


def named_by_tier(tier: int, other: Offence) -> str:
    """`excepted`, `named` or nothing."""
    mine = [row for row in rows("ladder_scope") if row["tier"] == str(tier)]
    if any(in_selector(other, row["selector"]) for row in mine if row["kind"] == "except"):
        return "excepted"
    for row in mine:
        if row["kind"] == "except" or not in_selector(other, row["selector"]):
            continue
        if row["kind"] in ("beats", "beats-conduct"):
            return "named"
        if other.max_days is not None:
            limit = int(row["value"])
            if other.max_days < limit or (row["kind"] == "beats-sexual-to" and other.max_days == limit):
                return "named"
    return ""


def by_table(one: Offence, other: Offence) -> str | None:
    ranks = rank_of(one), rank_of(other)
    if None in ranks or ranks[0] == ranks[1]:
        return None
    return "first" if ranks[0] < ranks[1] else "second"  # type: ignore[operator]


def by_ladder(conduct: Offence, other: Offence) -> str | None:
    """`first`, `second`, `outside` (a closed list), `beyond` (a class label against years) or None."""
    tier = tier_of(conduct)
    assert tier is not None
    named = named_by_tier(tier, other)
    if named == "excepted":
        return "second"
    if not named:
        named = "named" if any(named_by_tier(lower, other) == "named" for lower in range(tier + 1, 6)) else ""
    reach = {1: 14 * 365 - 1, 2: 3650, 3: 3650, 4: 3650, 5: 3650}[tier]
    if named:
        graver = other.max_days is not None and other.max_days > reach and rank_of(other) is None
        return "beyond" if graver else "first"
    if tier == 5:
        return "outside"
    sexual = in_selector(other, "@sexual") and tier <= 3
    if sexual and other.max_days is not None and conduct.max_days is not None and other.max_days > conduct.max_days:
        return "second"
    return None


def of_conduct(conduct: Offence, other: Offence) -> str:
    table, ladder = by_table(conduct, other), by_ladder(conduct, other)
    if ladder == "outside":
        return "second" if table == "second" else "refer"
    if ladder == "beyond":
        return "refer"
    if ladder is None or table is None:
        return ladder or table or "refer"
    return ladder if ladder == table else "refer"


def by_tests(one: Offence, other: Offence) -> str:
    def kind(of: Offence) -> str:
        if in_selector(of, "@violence") or in_selector(of, "@rape") or in_selector(of, "@robbery"):
            return "violent"
        return "sexual" if in_selector(of, "@sexual") else "property" if in_selector(of, "@property") else ""

    known = one.max_days is not None and other.max_days is not None
    days = (one.max_days or 0) - (other.max_days or 0) if known else None
    if days == 0:
        for attempt, done, answer in ((one, other, "second"), (other, one, "first")):
            titles = [each.category.removeprefix(each.class_).strip().casefold() for each in (attempt, done)]
            if attempt.text.casefold() == f"attempted {done.text.casefold()}":
                return answer
            if attempt.text.casefold() == done.text.casefold() and titles[0] == f"attempted {titles[1]}":
                return answer
    for answer, first, second in (("first", one, other), ("second", other, one)):
        if kind(first) in ("violent", "sexual") and kind(second) == "property":
            if days is None:
                return "refer"
            ahead = days if answer == "first" else -days
            return answer if ahead > 0 or (ahead == 0 and kind(first) == "violent") else "refer"
    if not days:
        return "refer"
    return "first" if days > 0 else "second"


def oracle(one: Offence, other: Offence) -> str:
    tiers = tier_of(one), tier_of(other)
    if tiers[0] and tiers[1]:
        if tiers[0] != tiers[1]:
            assert by_table(one, other) == ("first" if tiers[0] < tiers[1] else "second")
        return by_table(one, other) or "refer"
    if tiers[0]:
        return of_conduct(one, other)
    if tiers[1]:
        return {"first": "second", "second": "first", "refer": "refer"}[of_conduct(other, one)]
    return by_table(one, other) or by_tests(one, other)


# --- tests ------------------------------------------------------------------------------------------------------------


def breaches() -> set[str]:
    """Never compared in a report: they are recorded beside it (p56-57, 89)."""
    pairs = [row["selector"].split() for row in rows("sets") if row["set"] == "breach"]
    return {f"{class_} {code}" for code, class_ in pairs}


def representatives() -> list[Offence]:
    """Every line of the table, every conduct crime, and of every class off the table its least and greatest maximum."""
    found = {f"{row['class']} {row['code']}" for row in (*rows("lookup"), *rows("ladder"))}
    beside = breaches()
    off: dict[str, list[tuple[int, str]]] = {}
    for row in rows("offences"):
        label = f"{row['class']} {row['code']}"
        if row["current"] == "yes" and row["class"] and label not in found | beside:
            off.setdefault(row["class"], []).append((int(row["max_days"] or -1), label))
    for some in off.values():
        found |= {min(some)[1], max(some)[1]}
    return [offence(label) for label in sorted(found - beside)]


def test_every_pair_is_decided_as_a_plain_reading_of_the_lists_decides_it() -> None:
    precedence = counting_rules().precedence
    every = representatives()
    assert len(every) > 230
    wrong = [
        (one.label, other.label, ruling.value, expected)
        for one in every
        for other in every
        if one.label != other.label
        and (ruling := precedence.prevails(one, other).prevails).value != (expected := oracle(one, other))
    ]
    assert wrong == []


def test_ladder_and_table_contradict_one_another_in_these_pairs_and_no_others() -> None:
    precedence = counting_rules().precedence
    placed = [offence(f"{row['class']} {row['code']}") for row in rows("lookup")]
    referred = {
        (one.label, other.label)
        for one in placed
        for other in placed
        if rank_of(one) != rank_of(other)
        and precedence.tier(one) is not None
        and precedence.prevails(one, other).prevails is Prevails.REFER
    }
    assert referred == set(CONTRADICTIONS)


@pytest.mark.parametrize(("pair", "pages"), CONTRADICTIONS.items())
def test_a_contradiction_is_referred_with_both_pages(pair: tuple[str, str], pages: tuple[str, str]) -> None:
    ruling = counting_rules().precedence.prevails(offence(pair[0]), offence(pair[1]))
    said = {candidate.label: candidate.source.page for candidate in ruling.candidates}
    assert said == dict(zip(pair, pages, strict=True))


def test_the_table_is_never_sorted_by_sentence() -> None:
    """101 of the 741 pairs of table lines are out of that order, and every pair off the ladder follows the table."""
    precedence = counting_rules().precedence
    first_of: Mapping[int, Mapping[str, str]] = {int(row["rank"]): row for row in reversed(rows("lookup"))}
    out_of_order = 0
    for rank, row in first_of.items():
        for lower, other in first_of.items():
            if lower <= rank:
                continue
            out_of_order += int(row["max_days"]) < int(other["max_days"])
            one, two = offence(f"{row['class']} {row['code']}"), offence(f"{other['class']} {other['code']}")
            ruling = precedence.prevails(one, two).prevails
            contradictory = {(one.label, two.label), (two.label, one.label)} & set(CONTRADICTIONS)
            assert ruling is (Prevails.REFER if contradictory else Prevails.FIRST), (one.label, two.label)
    assert out_of_order == 101


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("8M 008/58", "8N 008/52", "refer"),  # FGM, 14 years: label 8N against gravity
        ("8Q 008/65", "8N 008/52", "refer"),
        ("8U 008/67", "8N 008/52", "refer"),
        ("8L 195/94", "8N 008/52", "refer"),
        ("8Q 008/65", "8N 008/02", "first"),  # the rest of 8N is named by class
        ("8M 008/56", "8N 008/01", "second"),  # the one exception of tier 4
        ("8M 008/56", "8N 008/06", "first"),
        ("8L 195/94", "8N 008/77", "second"),
        ("8L 195/94", "8R 005/28", "second"),
        ("8L 195/94", "8R 008/72", "first"),
        ("8U 008/67", "19C 019/08", "second"),
        ("8U 008/67", "20A 020/05", "first"),  # sexual, 10 years or under
        ("8M 008/58", "20B 020/06", "second"),  # 14 years are not under 14
        ("8Q 008/65", "8P 008/60", "refer"),  # 8P, 8S and 8T are in neither ladder nor table
        ("8Q 008/65", "8S 008/06", "refer"),
        ("8Q 008/65", "8T 008/77", "refer"),
        ("8S 008/06", "105A 105/01", "first"),  # but the tests of p13 do for what is no conduct crime
        ("8Q 008/65", "40 040/00", "first"),  # theft is named in tier 5: what that prevails over, the graver tiers do
        ("8Q 195/12", "40 040/00", "first"),
        ("8L 195/94", "36 036/01", "refer"),  # kidnapping is not in the closed list of tier 5
    ],
)
def test_conduct_crimes_beside_others(one: str, other: str, expected: str) -> None:
    assert counting_rules().precedence.prevails(offence(one), offence(other)).prevails.value == expected
