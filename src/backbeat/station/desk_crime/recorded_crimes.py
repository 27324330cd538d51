"""The block of the form for crimes already on record between the same people, which new offending may belong to."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from backbeat.station.desk_crime import engine

__all__ = ["Known", "RecordedForm"]

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,59}")


@dataclass(frozen=True, slots=True)
class Known:
    """A crime on record that the document has."""

    reference: str
    words: str
    remove: bool = False


@dataclass
class RecordedForm:
    """What is on record, and room to add one."""

    known: list[Known] = field(default_factory=list)
    reference: str = ""
    words: str = ""
    """Searched for."""
    offence: str = ""
    """Picked: `CODE|CLASS|TEXT`."""
    found: list[tuple[str, str]] = field(default_factory=list)
    """Value and words of offences to pick from."""
    victim: str = ""
    offenders: list[str] = field(default_factory=list)
    recorded_on: str = ""
    last_incident_on: str = ""

    @classmethod
    def of(cls, document: Mapping[str, Any], post: QueryDict | None = None) -> "RecordedForm":
        """As the document stands, with what was typed over it."""
        gone = set(post.getlist("rec-remove")) if post is not None else set()
        made = cls([Known(one["reference"], _words(one), one["reference"] in gone) for one in _entries(document)])
        if post is not None:
            for name in ("reference", "words", "offence", "victim", "recorded_on", "last_incident_on"):
                setattr(made, name, post.get(f"rec-{name}", "").strip())
            made.offenders = post.getlist("rec-offenders")
            if made.offence.count("|") >= 2:
                made.found = [(made.offence, _label(made.offence))]
        return made

    @property
    def begun(self) -> bool:
        """Whether anything was typed to add one."""
        return any((self.reference, self.offence, self.victim, self.offenders, self.recorded_on, self.last_incident_on))

    @property
    def is_open(self) -> bool:
        """Whether the block is shown unfolded."""
        return bool(self.known or self.words or self.begun)

    def search(self, day: date) -> None:
        """Look the words up in the offence list."""
        _acts, offences = engine.search_offences(self.words, day)
        values = [f"{one.code}|{one.class_}|{one.text}" for one in offences]
        self.found += [(value, _label(value)) for value in values if value != self.offence]

    def check(self) -> dict[str, str]:
        """Id of a field → what is wrong with it."""
        if not self.begun:
            return {}
        errors = {}
        if not _REFERENCE.fullmatch(self.reference):
            errors["rec-reference"] = "Give the number of the crime on record: letters, digits and / _ . -"
        elif any(one.reference == self.reference and not one.remove for one in self.known):
            errors["rec-reference"] = f"{self.reference} stands here already"
        if self.offence.count("|") < 2:
            errors["rec-words"] = "Search for what it stands recorded as, and pick it"
        for name in ("recorded_on", "last_incident_on"):
            if not _is_day(getattr(self, name)):
                errors[f"rec-{name}"] = "Give a day that exists"
        return errors

    def put(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with these; facts asked about those that stay are kept."""
        gone = {one.reference for one in self.known if one.remove}
        if not gone and not self.begun:
            return document
        changed = deepcopy(document)
        kept = [one for one in _entries(changed) if one["reference"] not in gone]
        if self.begun:
            code, class_, text = self.offence.split("|", 2)
            offence = {"code": code, "class": class_}
            entry: dict[str, Any] = {
                "reference": self.reference,
                "offence": {**offence, "offence": text} if text else offence,
                "offenders": self.offenders,
                "recorded_on": self.recorded_on,
                "last_incident_on": self.last_incident_on,
                "facts": {},
            }
            kept.append({**entry, "victim": self.victim} if self.victim else entry)
        changed["recorded"] = kept
        return changed


def _entries(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(document.get("recorded", []))


def _label(value: str) -> str:
    code, class_, text = value.split("|", 2)
    return " ".join(filter(None, (class_, code, text)))


def _words(entry: Mapping[str, Any]) -> str:
    offence = entry["offence"]
    people = [f"to {entry['victim']}"] if entry.get("victim") else []
    people += [f"by {', '.join(entry['offenders'])}"] if entry.get("offenders") else []
    return " ".join((offence["class"], offence["code"], *people, f"recorded {entry['recorded_on']}"))


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False
