"""The profiles, role by role: who sees what."""

from datetime import date

import pytest

from backbeat.errors import Bug, ConfigError, NoRuleForDate
from backbeat.redaction.labels import LABEL_LIMIT
from backbeat.redaction.model import Action, Kind, Mention, Person, Role
from backbeat.redaction.policy import PROFILE_IDS, PROFILES, Profile
from backbeat.rulebook import assure

DAY = date(2026, 4, 1)
PERSONAL = (Kind.ADDRESS, Kind.POSTCODE, Kind.PHONE, Kind.EMAIL, Kind.DATE_OF_BIRTH, Kind.NHS_NUMBER, Kind.NINO,
            Kind.DRIVING_LICENCE, Kind.PASSPORT, Kind.VRM, Kind.BANK_ACCOUNT, Kind.CARD)  # fmt: skip


def _person(role: Role, **attributes: str) -> Person:
    return Person("P1", ("A B",), role, attributes={name: (value,) for name, value in attributes.items()})


def _action(profile: str, kind: Kind, role: Role | None, **attributes: str) -> Action:
    person = None if role is None else _person(role, **attributes)
    return Profile.load(profile, DAY).rule(kind, person).action


@pytest.mark.parametrize("profile", ["cps-precharge", "defence-service"])
@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.DATE_OF_BIRTH, Kind.PNCID, Kind.VRM, Kind.BANK_ACCOUNT])
def test_the_suspect_is_kept(profile: str, kind: Kind) -> None:
    assert _action(profile, kind, Role.SUSPECT) is Action.KEEP


@pytest.mark.parametrize("profile", ["cps-precharge", "defence-service"])
@pytest.mark.parametrize("role", [Role.VICTIM, Role.WITNESS])
def test_victims_and_witnesses_keep_their_name_and_nothing_else(profile: str, role: Role) -> None:
    assert _action(profile, Kind.PERSON, role) is Action.KEEP
    assert {_action(profile, kind, role) for kind in PERSONAL} == {Action.REDACT}
    assert _action(profile, Kind.ORGANISATION, role) is Action.REDACT  # the employer or school the register links


@pytest.mark.parametrize("profile", ["cps-precharge", "defence-service"])
def test_anonymity_and_protected_roles_turn_names_into_pseudonyms(profile: str) -> None:
    assert _action(profile, Kind.PERSON, Role.VICTIM, anonymity="yes") is Action.PSEUDONYM
    assert _action(profile, Kind.PERSON, Role.OFFICER, protected="yes") is Action.PSEUDONYM
    assert _action(profile, Kind.PERSON, Role.OFFICER) is Action.KEEP


@pytest.mark.parametrize("profile", PROFILE_IDS)
def test_personal_data_of_nobody_known_is_never_kept(profile: str) -> None:
    for kind in (*PERSONAL, Kind.PERSON, Kind.PLACE, Kind.URL, Kind.IP_ADDRESS, Kind.PNCID, Kind.CRO, Kind.OTHER):
        assert _action(profile, kind, None) in {Action.ASK, Action.REDACT}, kind
        assert _action(profile, kind, Role.UNKNOWN) is _action(profile, kind, None)


def test_a_requester_sees_their_own_data_and_nobody_elses() -> None:
    assert {_action("sar", kind, Role.REQUESTER) for kind in Kind} == {Action.KEEP}
    for role in (Role.SUSPECT, Role.VICTIM, Role.WITNESS, Role.THIRD_PARTY, Role.CHILD):
        assert {_action("sar", kind, role) for kind in (*PERSONAL, Kind.PERSON)} == {Action.REDACT}


def test_the_world_sees_no_personal_data() -> None:
    for role in Role:
        for kind in PERSONAL:
            assert _action("foi", kind, role) is Action.REDACT


@pytest.mark.parametrize("profile", PROFILE_IDS)
def test_every_answer_has_a_label_that_fits_a_source_and_a_row(profile: str) -> None:
    loaded = Profile.load(profile, DAY)
    for role in Role:
        for kind in Kind:
            ruling = loaded.rule(kind, _person(role))
            assert 0 < len(ruling.reason) <= LABEL_LIMIT
            assert " Source: " in ruling.why
            assert ruling.rule.startswith(f"{profile}@{loaded.edition_id}#")


def test_our_own_proposals_say_so() -> None:
    why = Profile.load("cps-precharge", DAY).rule(Kind.PERSON, _person(Role.CHILD)).why
    assert "our proposal; a force may change it" in why


def test_a_suggestion_carries_the_mention_and_the_rule() -> None:
    mention = Mention(Kind.PHONE, "07700 900123", 0, 12, 0.9, "register", "x.", "P1")
    suggestion = Profile.load("cps-precharge", DAY).suggest(mention, _person(Role.WITNESS))
    assert (suggestion.mention, suggestion.action) == (mention, Action.REDACT)
    assert suggestion.reason == "Victim or witness contact details"
    with pytest.raises(Bug):
        Profile.load("cps-precharge", DAY).suggest(
            Mention(Kind.PHONE, "x", 0, 1, 0.9, "x", "x."), _person(Role.WITNESS)
        )


def test_dates_and_names_of_profiles_are_never_guessed() -> None:
    with pytest.raises(NoRuleForDate):
        Profile.load("cps-precharge", date(2020, 1, 1))
    with pytest.raises(NoRuleForDate):
        Profile.load("cps-precharge", None)
    with pytest.raises(ConfigError):
        Profile.load("court", DAY)


def test_the_edition_passes_its_own_examples() -> None:
    assert assure(PROFILES) == ()
    assert len(Profile.load("sar", DAY).edition_hash) == 64
