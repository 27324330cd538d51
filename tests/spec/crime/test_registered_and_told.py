"""What stands where no crime is recorded (p6, p9-11, p48), who is told and when (p10, p26), and whose word it needs."""

from typing import Any

import pytest
from crime_facts import decided, facts_of, offence_of, summary

from backbeat.crime.decision import Decision
from backbeat.crime.model import Authority, Source

NOT_RECORDED = "Tell the victim or whoever reported it that no crime is recorded."
BEFORE_CANCELLING = "Tell the victim before the crime is cancelled under C2, and keep an auditable record of that."


def act(id_: str, word: str, **facts: str) -> dict[str, Any]:
    return {"id": id_, "act": word, "victims": ["v1"], "offenders": ["o1"], "facts": facts}


def of(*allegations: dict[str, Any], **facts: str) -> Decision:
    return decided(facts_of(allegations, [{"id": "v1", "age": 30, "sex": "female"}], facts=facts))


def named(label: str, **more: Any) -> dict[str, Any]:
    return {"id": "a1", "act": "named", "offence": offence_of(label), "victims": ["v1"], "offenders": ["o1"], **more}


def told(decision: Decision) -> list[str]:
    return [duty.what for duty in decision.duties]


# --- every report is registered (p6)


@pytest.mark.parametrize(
    ("word", "facts", "code", "page"),
    [
        # p48: need not be recorded as a crime, which makes it a crime related incident (p10).
        ("slavery", {"slavery_abroad_only": "yes"}, "CRI", "48"),
        # p48: no crime in law has been disclosed; p11 closes it under the incident standard.
        ("slavery", {"slavery_abroad_only": "no", "slavery_disclosed": "no"}, "NSIR", "48"),
        # No record of their own: the report itself.
        (
            "death",
            {"death_cause": "natural", "death_on_record": "no", "force_records_natural_deaths": "no"},
            "NSIR",
            "6",
        ),
        ("handling", {"part_of_the_theft": "yes"}, "NSIR", "6"),
        ("child-images", {"child_image_act": "sent-own", "unduly_forced": "yes"}, "NSIR", "6"),
        ("fraud", {"fraud_kind": "account-fraud", "fraud_connection": "here", "bank_said_report": "no"}, "NSIR", "6"),
    ],
)
def test_a_report_of_which_no_crime_is_recorded_has_its_incident(
    word: str, facts: dict[str, str], code: str, page: str
) -> None:
    decision = of(act("a1", word, **facts))

    assert decision.crimes == ()
    assert [(one.code, one.allegations, one.source) for one in decision.incidents] == [
        (code, ("a1",), Source("rules", page))
    ]


def test_a_report_recorded_as_a_crime_needs_no_incident_beside_it() -> None:
    """p6: unless immediately recorded as a crime; p84: handling in the course of the theft."""
    theft = {"id": "a2", "act": "named", "offence": offence_of("049/10 49"), "victims": ["v1"], "offenders": ["o1"]}
    decision = of(act("a1", "handling", part_of_the_theft="yes"), theft)

    assert summary(decision)["crimes"] == ["1 x 49 049/10"]
    assert decision.incidents == ()


def test_two_allegations_of_which_nothing_is_recorded_are_one_incident() -> None:
    natural = {"death_cause": "natural", "death_on_record": "no", "force_records_natural_deaths": "no"}
    decision = of(act("a1", "death", **natural), act("a2", "handling", part_of_the_theft="yes"))

    assert [(one.code, one.allegations) for one in decision.incidents] == [("NSIR", ("a1", "a2"))]


# --- told that no crime is recorded (p10), told before it is cancelled (p26)


def test_whoever_reported_is_told_that_no_crime_is_recorded() -> None:
    assert NOT_RECORDED in told(of(named("008/06 8N"), contrary_evidence="yes"))


def test_nobody_is_told_so_while_the_crime_stands_on_record() -> None:
    stands = {"code": "008/06", "class": "8N"}
    decision = of(named("008/06 8N", recorded_as=stands), contrary_evidence="yes")

    assert summary(decision)["becomes"] == {"a1": "8N 008/06 > cancelled (C2 or C4)"}
    assert NOT_RECORDED not in told(decision)
    assert not [what for what in told(decision) if "appeal" in what or "not to record" in what]
    (duty,) = [one for one in decision.duties if one.what == BEFORE_CANCELLING]
    assert (duty.who, duty.source, duty.about) == (Authority.DDM, Source("rules", "26"), ("allegation:a1",))


def test_before_a_homicide_is_cancelled_the_registrar_sees_to_it() -> None:
    """p25-26: the decision maker must assure themselves; of a homicide that is the registrar on the register."""
    stands = {"code": "001/01", "class": "1"}
    decision = of(named("001/01 1", recorded_as=stands), contrary_evidence="yes", reported_by="police")
    (duty,) = [one for one in decision.duties if one.what == BEFORE_CANCELLING]

    assert duty.who is Authority.REGISTERED_FCR
    assert NOT_RECORDED not in told(decision)


def test_an_incident_on_record_that_is_no_crime_is_told() -> None:
    stands = {"code": "100/01", "class": "N100"}
    decision = of(named("019/08 19C", recorded_as=stands, facts={"offenders_defined": "all"}), contrary_evidence="yes")

    assert summary(decision)["incidents"] == ["N100/02"]
    assert NOT_RECORDED in told(decision)


# --- a homicide needs no confirmation (p35)


@pytest.mark.parametrize("reporter", ["third-party", "video", "professional", "partner-agency", "police"])
def test_a_homicide_is_recorded_whoever_reports_it(reporter: str) -> None:
    decision = of(named("001/01 1"), reported_by=reporter)

    assert summary(decision)["crimes"] == ["1 x 1 001/01"]
    assert summary(decision)["state"] == "settled"
    assert any(
        node.strip().startswith("Does the report itself") and "p35" in node for node in decision.explanation.lines()
    )


def test_the_death_of_the_young_man_in_the_street_asks_nobody_to_confirm_it() -> None:
    """p35, example 1, by the act of a death."""
    decision = of(act("a1", "death", death_cause="unlawful-killing"), reported_by="third-party")

    assert not {"victim_confirms", "victim_found", "status_in_doubt"} & {one.fact for one in decision.questions}


@pytest.mark.parametrize(
    "label",
    "004/03 4/3|004/04 4/4|004/06 4/6|004/07 4/7|004/08 4/8|004/09 4/9|004/13 4/6|004/17 4/9|037/01 37/1".split("|"),
)
@pytest.mark.parametrize("reporter", ["third-party", "video", "professional"])
def test_nobody_confirms_their_own_death_whatever_it_is_in_law(label: str, reporter: str) -> None:
    """p35: reports of death by medical professionals, family, witnesses or third parties; p37-38 for driving."""
    decision = of(named(label), reported_by=reporter)

    assert summary(decision)["crimes"] == ["1 x " + " ".join(reversed(label.split()))]
    assert summary(decision)["state"] == "settled"


@pytest.mark.parametrize("label", ["004/11 4/7", "004/12 4/4", "004/18 4/9", "004/19 4/8"])
def test_whoever_was_only_injured_in_such_a_class_is_asked(label: str) -> None:
    """p8: the classes of pages 36 to 37 hold serious injuries too."""
    decision = of(named(label), reported_by="third-party")

    assert decision.crimes == ()
    assert "victim_confirms" in {one.fact for one in decision.questions}


def test_an_attempted_murder_still_has_a_victim_to_ask() -> None:
    decision = of(named("002/00 2"), reported_by="third-party")

    assert "victim_confirms" in {one.fact for one in decision.questions}


def test_evidence_against_a_homicide_is_no_homicide_yet() -> None:
    """p35 (B): no credible evidence to the contrary immediately available."""
    decision = of(named("001/01 1"), reported_by="third-party", contrary_evidence="yes")

    assert decision.crimes == ()
