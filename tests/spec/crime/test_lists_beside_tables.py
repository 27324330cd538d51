"""Lists that say what tables decide, held against those tables: routes of fraud, the order of places (p15, 80, 97)."""

from collections.abc import Mapping

import pytest
from counting_cases import rows

from backbeat.crime.rules import Rules, open_rules
from backbeat.rulebook import NO, YES, Value

REPORT_FRAUD = "Report Fraud"
ROUTES = rows("fraud_routes")
PLACE_OF = {
    "suspect": "suspect_was_in",
    "suspect-residence": "suspect_home_in",
    "victim": "victim_was_in",
    "victim-residence": "victim_home_in",
    "business": "business_in",
}


@pytest.fixture(scope="module")
def rules() -> Rules:
    found = open_rules().named("hocr-2026-27")
    assert found is not None
    return found


def order(kind: str) -> list[str]:
    return [
        row["principle"]
        for row in sorted(rows("location_order"), key=lambda row: int(row["order"]))
        if row["kind"] == kind
    ]


# --- places (p15) -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "victim", "passed_over"),
    [
        ("general", "person", {"business"}),
        ("general", "organisation", {"victim-residence"}),
        ("device", "person", set()),
    ],
)
def test_the_table_takes_places_in_the_order_of_the_list(
    rules: Rules, kind: str, victim: str, passed_over: set[str]
) -> None:
    expected = [one for one in order(kind) if one not in passed_over]
    facts: dict[str, object] = {
        "device_dependent": "yes" if kind == "device" else "no",
        "has_victim": "yes",
        "victim_kind": victim,
    }
    facts |= dict.fromkeys(PLACE_OF.values(), "this-force")
    found = []
    for _ in expected:
        outcome = rules.edition.decide("location", facts).outcome
        assert outcome is not None
        found.append(outcome["principle"])
        facts[PLACE_OF[str(outcome["principle"])]] = "unknown"
    assert found == expected


def test_each_place_of_the_list_stands_on_the_page_its_row_of_the_table_does(rules: Rules) -> None:
    pages = {(row.outputs[0], row.page) for row in rules.edition.tables["location"].rows}
    for row in rows("location_order"):
        if row["kind"] != "fraud-package":  # between forces by the NFIB (NFIB p5); no report is routed by it
            assert (row["principle"], row["page"]) in pages


# --- fraud (p80, 97-98) -----------------------------------------------------------------------------------------------


def fraud_route(rules: Rules, *yes: str) -> Mapping[str, Value]:
    facts = {
        input_.name: "yes" if input_.name in yes else "no" for input_ in rules.edition.tables["fraud_route"].inputs
    }
    outcome = rules.edition.decide("fraud_route", facts).outcome
    assert outcome is not None
    return outcome


@pytest.mark.parametrize("row", [row for row in ROUTES if row["selector"] == "@fraud"], ids=lambda row: row["id"])
def test_the_table_routes_fraud_as_the_list_says(rules: Rules, row: Mapping[str, str]) -> None:
    found = fraud_route(rules, *filter(None, [row["when"]]))
    assert found["local"] is (YES if row["route"] == "local-too" else NO)
    assert found["pnc"] is (YES if row["route"] == "pnc-first" else NO)
    assert found["refer"] is (NO if row["id"] == "nfib-package" else YES)  # the NFIB has its own package already


def test_the_list_knows_every_fact_the_table_asks_for(rules: Rules) -> None:
    asked = {input_.name for input_ in rules.edition.tables["fraud_route"].inputs}
    assert asked == {row["when"] for row in ROUTES if row["selector"] == "@fraud"} - {""}


def test_what_the_list_keeps_local_is_counted_by_the_force_and_what_it_sends_is_not(rules: Rules) -> None:
    classes = {row["class"] for row in rows("offences") if row["current"] == "yes"}
    sent = {line["selector"] for line in rows("sets") if line["set"] in ("fraud", "computer-misuse")}
    local = {row["selector"] for row in ROUTES if row["route"] == "local-only"}
    assert local <= classes
    assert not any(one.startswith("NFIB") for one in local)
    assert {one for one in classes if one.startswith("NFIB")} == sent & classes


def test_blackmail_by_hacking_goes_where_the_list_sends_it(rules: Rules) -> None:
    [row] = [row for row in ROUTES if row["id"] == "hacking-extortion"]
    given = {one.removeprefix("!"): "no" if one.startswith("!") else "yes" for one in row["when"].split()}
    outcome = rules.edition.decide("classify_blackmail", {"demanded": "money-or-property", **given}).outcome
    assert outcome is not None
    assert (row["route"], outcome["incident"]) == ("report-fraud", REPORT_FRAUD)
    assert row["page"] in {one.page for one in rules.edition.tables["classify_blackmail"].rows if one.id == "hacking"}
