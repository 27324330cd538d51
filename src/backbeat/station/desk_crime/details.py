"""The form of what happened and who: from a facts document to fields, and from what was typed back to a document.

Nothing typed is ever lost: with any fault the same form comes back, filled, each fault at its field.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from backbeat.station.desk_crime import engine
from backbeat.station.desk_crime.entering import put_allegation, put_party, remove_allegation, remove_party
from backbeat.station.desk_crime.recorded_crimes import RecordedForm

__all__ = ["AllegationRow", "Details", "PartyRow", "Picked"]

BLANK_ROWS = 2
MOST_PARTIES = 250
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}")
_WORD = _LABEL
VICTIM, OFFENDER = "victim", "offender"


@dataclass(slots=True)
class PartyRow:
    """One line of *Who*."""

    key: str
    label: str = ""
    role: str = VICTIM
    kind: str = "person"
    age: str = ""
    sex: str = ""
    household: str = ""
    known: bool = False
    """Stands in the document already; its label stays."""
    remove: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not self.known and not any((self.label, self.age, self.sex, self.household))


@dataclass(slots=True)
class AllegationRow:
    """One thing that happened."""

    label: str
    title: str
    act: str
    offence: Mapping[str, str] | None
    victims: list[str]
    offenders: list[str]
    on: str = ""
    until: str = ""
    place: str = ""
    force: str = ""
    remove: bool = False

    @property
    def fields(self) -> tuple[tuple[str, str, str, str], ...]:
        """Name, words, value and kind of its single fields."""
        return (
            ("on", "Day, or first day", self.on, "date"),
            ("until", "Last day, if several", self.until, "date"),
            ("place", "Place, by a word of your own", self.place, "text"),
            ("force", "Force, if another", self.force, "text"),
        )


@dataclass(frozen=True, slots=True)
class Picked:
    """An offence picked from the list."""

    code: str
    class_: str
    text: str

    @property
    def value(self) -> str:
        """In the form."""
        return f"{self.code}|{self.class_}|{self.text}"


@dataclass
class Details:
    """The whole form."""

    document: dict[str, Any]
    day: date
    parties: list[PartyRow] = field(default_factory=list)
    allegations: list[AllegationRow] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    """Picked to be added."""
    named: list[Picked] = field(default_factory=list)
    on: str = ""
    until: str = ""
    place: str = ""
    words: str = ""
    """Searched for."""
    found: list[Picked] = field(default_factory=list)
    found_acts: list[tuple[str, str]] = field(default_factory=list)
    """Acts that the words may mean, with their titles; those picked already left out."""
    recorded: RecordedForm = field(default_factory=RecordedForm)
    errors: dict[str, str] = field(default_factory=dict)
    """Id of a field → what is wrong with it."""

    @classmethod
    def of(cls, document: dict[str, Any], day: date) -> "Details":
        """As the document stands, with blank rows to add to; a new report begins with a victim and an offender."""
        made = cls(document, day, recorded=RecordedForm.of(document))
        titles = engine.act_titles(day)
        victims = {one for a in document["allegations"] for one in a.get("victims", [])}
        offenders = {one for a in document["allegations"] for one in a.get("offenders", [])}
        for party in document["parties"]:
            label = party["id"]
            guess = OFFENDER if label[:1] == "o" else VICTIM
            role = OFFENDER if label in offenders else VICTIM if label in victims else guess
            made.parties.append(
                PartyRow(
                    f"p{len(made.parties)}",
                    label,
                    role,
                    party.get("kind", "person"),
                    str(party.get("age", "")),
                    party.get("sex", ""),
                    party.get("household", ""),
                    known=True,
                )
            )
        if not made.parties:
            made.parties = [PartyRow("p0", "v1"), PartyRow("p1", "o1", OFFENDER)]
        made.add_blank_rows()
        made.allegations = [
            AllegationRow(
                one["id"],
                title_of(one, titles),
                one["act"],
                one.get("offence"),
                list(one.get("victims", [])),
                list(one.get("offenders", [])),
                one.get("on", ""),
                one.get("until", ""),
                one.get("place", ""),
                one.get("force", ""),
            )
            for one in document["allegations"]
        ]
        return made

    @classmethod
    def typed(cls, document: dict[str, Any], day: date, post: QueryDict) -> "Details":
        """What somebody typed over the document."""
        made = cls(document, day, recorded=RecordedForm.of(document, post))
        titles = engine.act_titles(day)
        known = {party["id"] for party in document["parties"]}

        def text(name: str) -> str:
            return post.get(name, "").strip()

        for number in range(min(MOST_PARTIES, sum(name.endswith("-label") for name in post))):
            key = f"p{number}"
            label = text(f"{key}-label")
            made.parties.append(
                PartyRow(
                    key,
                    label,
                    OFFENDER if text(f"{key}-role") == OFFENDER else VICTIM,
                    "organisation" if text(f"{key}-kind") == "organisation" else "person",
                    text(f"{key}-age"),
                    text(f"{key}-sex") if text(f"{key}-sex") in ("female", "male") else "",
                    text(f"{key}-household"),
                    known=label in known,
                    remove=bool(text(f"{key}-remove")),
                )
            )
        for one in document["allegations"]:
            at = f"a-{one['id']}"
            made.allegations.append(
                AllegationRow(
                    one["id"],
                    title_of(one, titles),
                    one["act"],
                    one.get("offence"),
                    post.getlist(f"{at}-victims"),
                    post.getlist(f"{at}-offenders"),
                    text(f"{at}-on"),
                    text(f"{at}-until"),
                    text(f"{at}-place"),
                    text(f"{at}-force"),
                    remove=bool(text(f"{at}-remove")),
                )
            )
        made.acts = [act for act in dict.fromkeys(post.getlist("act")) if act in titles]
        made.named = [picked for value in post.getlist("named") if (picked := _picked(value))]
        made.on, made.until, made.place = text("on"), text("until"), text("place")
        made.words = text("words")
        return made

    def search(self) -> None:
        """Look the words up in the offence list; what is picked already is not offered again."""
        self.recorded.search(self.day)
        acts, offences = engine.search_offences(self.words, self.day)
        self.found_acts = [one for one in acts if one[0] not in self.acts]
        self.found = [
            picked for one in offences if (picked := Picked(one.code, one.class_, one.text)) not in self.named
        ]

    def add_blank_rows(self) -> None:
        """Room for more parties."""
        for _ in range(max(0, BLANK_ROWS - sum(row.blank for row in self.parties))):
            self.parties.append(PartyRow(f"p{len(self.parties)}"))

    @property
    def labels(self) -> tuple[list[str], list[str]]:
        """Labels of victims and of offenders."""
        there = [row for row in self.parties if row.label and not row.remove]
        return (
            [row.label for row in there if row.role == VICTIM],
            [row.label for row in there if row.role == OFFENDER],
        )

    @property
    def everybody(self) -> list[str]:
        """Every label of the form."""
        return [row.label for row in self.parties if row.label and not row.remove]

    def build(self) -> dict[str, Any] | None:
        """The document as typed, or None with `errors` set."""
        self._check()
        if self.errors:
            return None
        document = self.document
        for row in self.parties:
            if row.remove and row.known:
                document = remove_party(document, row.label)
            elif row.label and not row.remove:
                attributes: dict[str, object] = {"sex": row.sex, "household": row.household}
                if row.kind != "person":
                    attributes["kind"] = row.kind
                if row.age:
                    attributes["age"] = int(row.age)
                document = put_party(document, row.label, attributes)
        gone = {row.label for row in self.parties if row.remove}
        for one in self.allegations:
            if one.remove:
                document = remove_allegation(document, one.label)
            else:
                document = put_allegation(
                    document,
                    one.label,
                    act=one.act,
                    offence=one.offence,
                    victims=[label for label in one.victims if label not in gone],
                    offenders=[label for label in one.offenders if label not in gone],
                    on=one.on,
                    until=one.until,
                    place=one.place,
                    force=one.force,
                )
        return self._add_picked(self.recorded.put(document))

    def _add_picked(self, document: dict[str, Any]) -> dict[str, Any]:
        victims, offenders = self.labels
        picked: list[tuple[str, dict[str, str] | None]] = [(act, None) for act in self.acts]
        for one in self.named:
            offence = {"code": one.code, "class": one.class_}
            picked.append(("named", {**offence, "offence": one.text} if one.text else offence))
        number = 1
        for act, offence in picked:
            taken = {one["id"] for one in document["allegations"]} | {party["id"] for party in document["parties"]}
            while f"a{number}" in taken:
                number += 1
            document = put_allegation(
                document,
                f"a{number}",
                act=act,
                offence=offence,
                victims=victims,
                offenders=offenders,
                on=self.on,
                until=self.until,
                place=self.place,
            )
        return document

    def show(self, faults: Iterable[engine.Fault]) -> None:
        """Put what the rules refuse at the field it is about, as near as that is known."""
        for fault in faults:
            kind, _, rest = fault.place.partition(" ")
            label, _, name = rest.partition(", ")
            if kind == "allegation" and name in ("on", "until", "place", "force"):
                known = any(one.label == label for one in self.allegations)
                place = f"a-{label}-{name}" if known else name
            elif kind == "allegation" and any(one.label == label for one in self.allegations):
                place = f"a-{label}-victims"
            elif kind == "allegation":
                place = "acts"
            elif kind == "recorded":
                place = kind
            else:
                place = "people"
            what = f"{fault.place}: {fault.what}" if fault.place else fault.what
            self.errors[place] = "; ".join(filter(None, (self.errors.get(place, ""), what)))

    def _check(self) -> None:
        self.errors |= self.recorded.check()
        seen: set[str] = set()
        for row in self.parties:
            if row.blank or row.remove:
                continue
            if not _LABEL.fullmatch(row.label):
                self.errors[f"{row.key}-label"] = "Give a short label such as v2, never a name"
            elif row.label in seen:
                self.errors[f"{row.key}-label"] = f"{row.label} stands here twice"
            seen.add(row.label)
            if row.age and not (re.fullmatch(r"[0-9]{1,3}", row.age) and int(row.age) <= 120):
                self.errors[f"{row.key}-age"] = "The age is a whole number from 0 to 120"
            if row.household and not _WORD.fullmatch(row.household):
                self.errors[f"{row.key}-household"] = "The household is one short word"
        fields: Sequence[tuple[str, str]] = [("on", self.on), ("until", self.until)]
        fields = [*fields, *((f"a-{a.label}-{n}", getattr(a, n)) for a in self.allegations for n in ("on", "until"))]
        for name, value in fields:
            if value and not _is_day(value):
                self.errors[name] = "Give a day that exists"
        places = [("place", self.place), *((f"a-{a.label}-place", a.place) for a in self.allegations)]
        for name, value in [*places, *((f"a-{a.label}-force", a.force) for a in self.allegations)]:
            if value and not _WORD.fullmatch(value):
                self.errors[name] = "Give a short word of letters and digits"


def title_of(allegation: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """What happened, in words."""
    offence = allegation.get("offence")
    if offence:
        return " ".join(filter(None, (offence["class"], offence["code"], offence.get("offence", ""))))
    return titles.get(allegation["act"], allegation["act"])


def _picked(value: str) -> Picked | None:
    parts = value.split("|", 2)
    return Picked(*parts) if len(parts) == 3 and all(parts[:2]) else None


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False
