"""Crime reports of the demonstration force, some hours or a day old: to record, to ask about, referred, and decided.

Nobody in them exists. Each shows one thing the rules say; the clock runs from the moment the demonstration is loaded.
"""

import json
from datetime import datetime, timedelta
from typing import Any

__all__ = ["as_lines", "reports"]

Json = dict[str, Any]

_ORDINARY = {
    "reported_by": "victim",
    "amounts_to_crime": "yes",
    "contrary_evidence": "no",
    "another_force_recording": "no",
    "police_on_duty_complaint": "no",
    "investigation_by": "police",
    "school_premises_and_hours": "no",
    "suspect_was_in": "this-force",
    "points_to_prove": "yes",
}
_PUNCH = {
    "intended_serious_harm": "no",
    "victim_role": "other",
    "racially_or_religiously_aggravated": "no",
    "strangled": "no",
    "injury": "minor",
}
_WINDOW = {
    "easily_cleaned": "no",
    "damage_owner": "another",
    "life_endangered": "no",
    "damage_by_fire": "no",
    "damage_to": "home",
    "racially_or_religiously_aggravated": "no",
    "attempt_likelier_than_damage": "no",
    "damage_5000_or_more": "no",
}
_ADULTS: list[Json] = [{"id": "v1", "age": 34, "sex": "female"}, {"id": "o1", "age": 36, "sex": "male"}]


def reports(now: datetime) -> list[tuple[Json, bool]]:
    """FACTS.json with a `narrative` beside them, and whether the demonstration's recorder has decided them."""
    made = (
        (2, "Punched by her neighbour over a hedge; her phone was knocked from her hand and broke.", _assault(), False),
        (4, "Son, 8, of the family next door broke a window on purpose, says the parent.", _child(), False),
        (7, "Wall chalked by children; it washes off.", _chalk(), True),
        (9, "Ex-partner keeps turning up; he racially abused and choked her, and broke a window.", _referred(), False),
        (15, "Three men robbed a student of a phone, one of them with a knife in his hand.", _open_robbery(), False),
        (19, "Four cycles of one family taken from their garage.", _cycles(), False),
        (23, "Bag lifted from a chair in a café; nobody saw who took it.", _open_theft(), False),
        (27, "Man in the street says somebody hit him; too drunk to say who or where.", _impaired(), False),
        (30, "Hit by her partner three times since spring, reported at once; bruised twice.", _series(), True),
    )
    return [
        (_dated(now, number, hours, words, body), decided) for number, (hours, words, body, decided) in enumerate(made)
    ]


def as_lines(documents: list[Json]) -> bytes:
    """The file a recorder would import."""
    return "".join(json.dumps(one) + "\n" for one in documents).encode()


def _dated(now: datetime, number: int, hours: int, narrative: str, body: Json) -> Json:
    received = (now - timedelta(hours=hours)).replace(microsecond=0)
    head = {
        "reference": f"MB-{received:%y}-{4801 + number:06d}",
        "received_at": received.isoformat(),
        "force": "marlshire",
        "facts": body.pop("about", _ORDINARY),
    }
    return {"format": "backbeat.crime.facts/1", "report": head, "narrative": narrative, **body}


def _did(id_: str, act: str, facts: Json, victims: list[str] | None = None, offenders: list[str] | None = None) -> Json:
    return {"id": id_, "act": act, "victims": victims or ["v1"], "offenders": offenders or ["o1"], "facts": facts}


def _assault() -> Json:
    phone = {**_WINDOW, "damage_to": "other"}
    return {"parties": _ADULTS, "allegations": [_did("a1", "assault", _PUNCH), _did("a2", "damage", phone)]}


def _child() -> Json:
    parties = [{"id": "v1", "age": 51, "sex": "male"}, {"id": "o1", "age": 8, "sex": "male"}]
    return {"parties": parties, "allegations": [_did("a1", "damage", _WINDOW)]}


def _chalk() -> Json:
    return {
        "parties": _ADULTS[:1],
        "allegations": [{**_did("a1", "damage", {"easily_cleaned": "yes"}), "offenders": []}],
    }


def _referred() -> Json:
    named = {
        "id": "a1",
        "act": "named",
        "offence": {"code": "008/56", "class": "8M"},
        "victims": ["v1"],
        "offenders": ["o1"],
    }
    choked = {**_PUNCH, "strangled": "yes", "injury": "none"}
    return {
        "parties": _ADULTS,
        "relationships": [{"victim": "v1", "offender": "o1", "facts": {"former_partner": "yes"}}],
        "allegations": [named, _did("a2", "assault", choked), _did("a3", "damage", _WINDOW)],
    }


def _open_robbery() -> Json:
    parties = [{"id": "v1", "age": 19, "sex": "male"}, *({"id": f"o{n}", "sex": "male"} for n in (1, 2, 3))]
    return {"parties": parties, "allegations": [_did("a1", "robbery", {}, offenders=["o1", "o2", "o3"])]}


def _cycles() -> Json:
    parties = [{"id": f"v{n}", "age": age, "household": "h1"} for n, age in enumerate((44, 42, 15, 12), 1)]
    facts = {"cycle_kind": "pedal"}
    victims = [party["id"] for party in parties]
    return {"parties": parties, "allegations": [{**_did("a1", "cycle", facts, victims), "offenders": []}]}


def _open_theft() -> Json:
    return {"parties": _ADULTS[:1], "allegations": [{**_did("a1", "theft", {}), "offenders": []}]}


def _impaired() -> Json:
    about = {**_ORDINARY, "amounts_to_crime": "no", "reporter_impaired": "yes"}
    return {
        "about": about,
        "parties": [{"id": "v1", "sex": "male"}],
        "allegations": [{**_did("a1", "assault", _PUNCH), "offenders": []}],
    }


def _series() -> Json:
    slap = {**_PUNCH, "injury": "none"}
    did = [_did("a1", "assault", slap), _did("a2", "assault", _PUNCH), _did("a3", "assault", _PUNCH)]
    return {"parties": _ADULTS, "allegations": did}
