"""Fraud goes to Report Fraud; a call for service keeps a record here as well (p97-98)."""

from typing import Any

import pytest
from crime_facts import decided, facts_of, summary

NOBODY_CALLED = {
    **{"offender_arrested": "no", "committing_or_recently_committed": "no", "local_suspect": "no"},
    **{"passed_by_nfib": "no", "pnc_registered_item": "no"},
}
BLACKMAIL = {"demanded": "money-or-property", "from_hacking": "yes", "complied_or_lost": "no"}


def hacked(**facts: Any) -> dict[str, Any]:
    allegation = {"id": "a1", "act": "blackmail", "victims": ["v1"], "facts": {**BLACKMAIL, **NOBODY_CALLED, **facts}}
    return facts_of([allegation], [{"id": "v1", "age": 30, "sex": "male"}])


def test_a_fraud_nobody_called_the_police_to_is_recorded_there_alone() -> None:
    decision = decided(hacked())

    assert summary(decision)["incidents"] == ["Report Fraud"]
    assert decision.incidents[0].source.page == "97"
    assert any("web" in note for note in decision.notes)


@pytest.mark.parametrize(
    "call", ["offender_arrested", "committing_or_recently_committed", "local_suspect", "passed_by_nfib"]
)
def test_a_call_for_service_says_that_a_record_is_kept_here_too(call: str) -> None:
    decision = decided(hacked(**{call: "yes"}))

    assert summary(decision)["incidents"] == ["Report Fraud"]
    assert decision.notes != decided(hacked()).notes


def test_what_is_not_known_of_the_call_is_asked_and_nothing_is_said_yet() -> None:
    decision = decided(hacked(local_suspect="unknown"))

    assert "local_suspect" in {one.fact for one in decision.questions}
    assert not decision.incidents


def test_one_report_is_one_incident_however_many_were_defrauded() -> None:
    facts = hacked()
    facts["allegations"][0]["victims"] = ["v1", "v2"]
    facts["parties"].append({"id": "v2", "age": 30, "sex": "male"})

    assert summary(decided(facts))["incidents"] == ["Report Fraud"]
