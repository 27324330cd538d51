"""Several offenders who are not alike: what is said of a victim and one of them counts, whoever is named first."""

from itertools import permutations
from typing import Any

import pytest
from crime_facts import decided, facts_of, offence_of, summary

from backbeat.crime.decision import Decision

COURSE = {
    **{"course_of_conduct": "yes", "controlling_or_coercive": "no", "fixated_or_obsessed": "no"},
    **{"fear_of_violence": "no", "serious_alarm_or_distress": "no", "caused_distress": "yes"},
    **{"racially_or_religiously_aggravated": "no", "registrar_satisfied_harassment_only": "no"},
}
ADULTS = {"v1": 30, "o1": 30, "o2": 30}


def against(
    ages: dict[str, int | None],
    bonds: dict[str, dict[str, str]],
    *,
    offenders: tuple[str, ...] = ("o1", "o2"),
    people: dict[str, dict[str, str]] | None = None,
    facts: dict[str, str] | None = None,
    **one: Any,
) -> Decision:
    """One allegation against v1 (v2 too where they have an age) by several; bonds by offender, or `victim/offender`."""
    victims = [name for name in ages if name.startswith("v")]
    parties = [
        {"id": name, "sex": "female", "facts": (people or {}).get(name, {}), **({"age": age} if age else {})}
        for name, age in ages.items()
    ]
    relationships = [
        {"victim": pair.split("/")[0] if "/" in pair else "v1", "offender": pair.rpartition("/")[2], "facts": given}
        for pair, given in bonds.items()
    ]
    allegation = {"id": "a1", "victims": victims, "offenders": list(offenders), **one}
    return decided(facts_of([allegation], parties, facts=facts, relationships=relationships))


def partner(answer: str) -> dict[str, str]:
    return {"former_partner": answer}


@pytest.mark.parametrize("offenders", [("o1", "o2"), ("o2", "o1")])
@pytest.mark.parametrize(("label", "becomes"), [("195/94 8L", "8Q 195/12"), ("008/30 8L", "8Q 008/65")])
def test_a_former_partner_named_second_makes_it_stalking(offenders: tuple[str, str], label: str, becomes: str) -> None:
    """p55: all cases between a victim and their former partner are stalking."""
    bonds = {"o1": partner("no"), "o2": partner("yes")}
    facts = {"registrar_satisfied_harassment_only": "no"}
    found = against(ADULTS, bonds, offenders=offenders, act="named", offence=offence_of(label), facts=facts)

    assert summary(found)["crimes"] == [f"1 x {becomes}"]
    assert summary(found)["state"] == "settled"
    assert "rules p55" in "\n".join(found.explanation.lines()).replace("page ", "p")


def test_the_same_without_a_name_for_it() -> None:
    """p55, by the table of courses of conduct."""
    found = against(ADULTS, {"o1": partner("no"), "o2": partner("yes")}, act="conduct", facts=COURSE)

    assert summary(found)["crimes"] == ["1 x 8Q 195/12"]


def test_no_former_partner_among_them_stays_harassment() -> None:
    found = against(ADULTS, {"o1": partner("no"), "o2": partner("no")}, act="conduct", facts=COURSE)

    assert summary(found)["crimes"] == ["1 x 8L 195/94"]


def test_not_known_of_the_second_is_asked_and_never_a_no() -> None:
    found = against(ADULTS, {"o1": partner("no")}, act="conduct", facts=COURSE)

    assert summary(found)["state"] == "open"
    assert found.crimes == ()
    assert [(one.about, one.fact) for one in found.questions] == [("relationship:v1/o2", "former_partner")]


def test_not_known_of_the_first_cannot_matter_where_the_second_is_a_former_partner() -> None:
    """p13, p55: whatever the first is, stalking is the more serious of the two."""
    for bonds in ({"o2": partner("yes")}, {"o1": partner("unknown"), "o2": partner("yes")}):
        found = against(ADULTS, bonds, act="conduct", facts=COURSE)

        assert summary(found)["crimes"] == ["1 x 8Q 195/12"]
        assert summary(found)["state"] == "settled"


def test_whose_age_is_under_16_is_asked_of_the_pair_that_it_is_about() -> None:
    """p55: one or both *parties* under 16; a boy who stands by is no party to the former partners' case."""
    ages = {"v1": 30, "o1": 14, "o2": 30}
    stands_by = against(ages, {"o1": partner("no"), "o2": partner("yes")}, act="conduct", facts=COURSE)
    assert summary(stands_by)["crimes"] == ["1 x 8Q 195/12"]

    is_the_one = against(ages, {"o1": partner("yes"), "o2": partner("no")}, act="conduct", facts=COURSE)
    assert summary(is_the_one)["candidates"] == ["8L 195/94", "8Q 195/12"]
    assert is_the_one.crimes == ()


def test_coercive_control_by_the_second_of_the_family_only() -> None:
    """p54-55: personally connected; where nobody is, it is no controlling or coercive behaviour."""
    facts = {**COURSE, "controlling_or_coercive": "yes", "serious_effect": "yes", "former_partner": "no"}
    bonds = {"o1": {"personally_connected": "no"}, "o2": {"personally_connected": "yes"}}

    assert summary(against(ADULTS, bonds, act="conduct", facts=facts))["crimes"] == ["1 x 8U 008/67"]
    bonds["o2"] = {"personally_connected": "no"}
    assert summary(against(ADULTS, bonds, act="conduct", facts=facts))["crimes"] == ["1 x 8L 195/94"]


def test_each_victim_has_former_partners_of_their_own() -> None:
    """p12: one crime for each victim; the second victim's former partner is the second offender."""
    ages = {"v1": 30, "v2": 30, "o1": 30, "o2": 30}
    bonds = {f"{victim}/{offender}": partner("no") for victim in ("v1", "v2") for offender in ("o1", "o2")}
    found = against(ages, {**bonds, "v2/o2": partner("yes")}, act="conduct", facts=COURSE)

    assert sorted(summary(found)["crimes"]) == ["1 x 8L 195/94", "1 x 8Q 195/12"]
    assert {crime.victims: crime.offence.class_ for crime in found.crimes} == {("v1",): "8L", ("v2",): "8Q"}


WILLING = {"penetration": "none", "sexual_consent": "yes"}


def test_an_adult_among_the_offenders_makes_the_graver_offence() -> None:
    """p65: an offence of its own where the offender is under 18; p13: of two the greater maximum sentence."""
    ages = {"v1": 14, "o1": 15, "o2": 30}
    alone = against({"v1": 14, "o2": 30}, {}, offenders=("o2",), act="sexual-activity", facts=WILLING)
    young = against({"v1": 14, "o1": 15}, {}, offenders=("o1",), act="sexual-activity", facts=WILLING)
    both = against(ages, {}, act="sexual-activity", facts=WILLING)

    assert summary(alone)["crimes"] == summary(both)["crimes"]
    assert summary(young)["crimes"] != summary(both)["crimes"]


def test_where_each_offender_is_counted_the_crime_of_one_does_not_stand_for_another() -> None:
    """p61 and p65 leave it open for an offender under 18; rape is counted by each who penetrated (p61)."""
    facts = {"penetration": "penis", "sexual_consent": "yes", "offenders_defined": "all"}
    found = against({"v1": 12, "o1": 15, "o2": 30}, {}, act="sexual-activity", facts=facts)

    assert found.crimes == ()
    assert {"19E 019/16", "21 021/12"} <= set(summary(found)["candidates"])


def test_cruelty_by_a_parent_stands_beside_a_brother_who_is_fifteen() -> None:
    """p38: 11A needs somebody of 16 or over who is responsible; that the other is not does not take it away."""
    facts = {"wilful_cruelty": "yes", "responsible_for_child": "yes"}
    found = against({"v1": 7, "o1": 15, "o2": 40}, {}, act="child-cruelty", facts=facts)

    assert summary(found)["crimes"] == ["1 x 11A 011/03"]


def test_the_capacity_of_the_second_offender_is_not_lost() -> None:
    """p9: recorded all the same, where the offender lacks the capacity to form intent."""
    words = "Record all the same; outcome and investigation take account of the offender's capacity."
    people = {"o2": {"offender_lacks_capacity": "yes"}}
    found = against(ADULTS, {}, people=people, act="named", offence=offence_of("008/06 8N"))

    assert words in [duty.what for duty in found.duties]
    assert words not in [duty.what for duty in against(ADULTS, {}, act="named", offence=offence_of("008/06 8N")).duties]


def test_abroad_the_second_suspect_may_be_the_british_one() -> None:
    """p15: a United Kingdom national; the registrar is asked."""
    facts = {
        "suspect_was_in": "abroad",
        "victim_was_in": "abroad",
        "device_dependent": "no",
        "investigated_here": "no",
    }
    named = {"act": "named", "offence": offence_of("008/06 8N"), "facts": facts}

    def of(first: str, second: str) -> Decision:
        people = {"o1": {"suspect_uk_national": first}, "o2": {"suspect_uk_national": second}}
        return against(ADULTS, {}, people=people, **named)

    assert of("no", "yes").referrals == of("yes", "no").referrals != ()
    assert of("no", "no").referrals == ()
    assert "suspect_uk_national" in {one.fact for one in of("no", "unknown").questions}


def test_the_order_in_which_offenders_are_named_changes_nothing() -> None:
    bonds = {"o1": partner("no"), "o2": partner("yes"), "o3": partner("no")}
    ages = {**ADULTS, "o3": 14}
    said = {
        str(summary(against(ages, bonds, offenders=order, act="conduct", facts=COURSE)))
        for order in permutations(("o1", "o2", "o3"))
    }

    assert len(said) == 1


@pytest.mark.parametrize("ages", sorted(set(permutations((30, 9, 40)))))
def test_a_child_under_ten_is_told_of_beside_one_without_capacity(ages: tuple[int, ...]) -> None:
    """p9: both are said, whoever else is alike in all that says what the offence is."""
    people = {f"o{number}": {"offender_lacks_capacity": "no"} for number in (1, 2)}
    people["o3"] = {"offender_lacks_capacity": "yes"}
    names = ("o1", "o2", "o3")
    found = against(
        {"v1": 30, **dict(zip(names, ages, strict=True))},
        {},
        offenders=names,
        people=people,
        act="named",
        offence=offence_of("008/06 8N"),
    )

    assert sum(duty.what.startswith("Record all the same") for duty in found.duties) == 2
