"""A `Report` as the JSON it could have been read from, in one spelling; what a decision keeps of its facts."""

from collections.abc import Mapping

from backbeat.canonical import Json
from backbeat.crime.facts_file import FORMAT
from backbeat.crime.model import Allegation, NamedOffence, Party, Recorded, Report, Request
from backbeat.rulebook import Fact
from backbeat.rulebook.values import write_value

__all__ = ["write_report"]


def write_report(report: Report) -> dict[str, Json]:
    """FACTS.json of a report: lists by id, nothing that was left out written as if it were known."""
    return _without_empty(
        {
            "format": FORMAT,
            "report": _without_empty(
                {
                    "reference": report.reference,
                    "received_at": report.received_at.isoformat(),
                    "force": report.force,
                    "facts": _facts(report.facts),
                }
            ),
            "parties": [_party(one) for one in report.parties.values()],
            "relationships": [
                _without_empty({"victim": one.victim, "offender": one.offender, "facts": _facts(one.facts)})
                for one in report.relationships.values()
            ],
            "allegations": [_allegation(one) for one in report.allegations],
            "recorded": [_recorded(one) for one in report.recorded],
            "requests": [_request(one) for one in report.requests],
        }
    )


def _party(party: Party) -> Json:
    return _without_empty(
        {
            "id": party.id,
            "kind": party.kind.value,
            "age": party.age,
            "sex": party.sex,
            "household": party.household,
            "facts": _facts(party.facts),
        }
    )


def _allegation(one: Allegation) -> Json:
    return _without_empty(
        {
            "id": one.id,
            "act": one.act,
            "offence": _offence(one.named),
            "victims": list(one.victims),
            "offenders": list(one.offenders),
            "on": one.on.isoformat() if one.on else None,
            "until": one.until.isoformat() if one.until else None,
            "place": one.place,
            "force": one.force,
            "recorded_as": _offence(one.recorded_as),
            "facts": _facts(one.facts),
        }
    )


def _recorded(one: Recorded) -> Json:
    return _without_empty(
        {
            "reference": one.reference,
            "offence": _offence(one.offence),
            "victim": one.victim,
            "offenders": list(one.offenders),
            "recorded_on": one.recorded_on.isoformat(),
            "last_incident_on": one.last_incident_on.isoformat() if one.last_incident_on else None,
            "facts": _facts(one.facts),
        }
    )


def _request(one: Request) -> Json:
    return _without_empty(
        {
            "id": one.id,
            "kind": one.kind.value,
            "offence": _offence(one.offence),
            "wanted": one.wanted,
            "facts": _facts(one.facts),
        }
    )


def _offence(named: NamedOffence | None) -> dict[str, Json] | None:
    if named is None:
        return None
    return _without_empty({"code": named.code, "class": named.class_, "offence": named.text or None})


def _facts(facts: Mapping[str, Fact]) -> dict[str, Json]:
    return {name: write_value(facts[name]) for name in sorted(facts)}


def _without_empty(value: dict[str, Json]) -> dict[str, Json]:
    return {name: item for name, item in value.items() if item is not None and item != [] and item != {}}
