"""Mentions as a reviewer decides on them: by whom they are about and what kind of information they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Count, Min, Q, QuerySet

from backbeat.station.cases.models import Person
from backbeat.station.desk_redaction.models import Mention, Preparation

__all__ = [
    "Group",
    "Who",
    "by_person",
    "count",
    "counted",
    "find_group",
    "group_of",
    "groups",
    "kind_words",
    "mentions_of",
    "undecided",
]

KIND_WORDS = {
    "person": "Name",
    "vrm": "Vehicle registration",
    "nhs-number": "NHS number",
    "nino": "National Insurance number",
    "pncid": "PNC ID",
    "cro": "CRO number",
    "ip-address": "IP address",
    "iban": "IBAN",
    "url": "Web address",
    "email": "E-mail",
    "other": "Marked by hand",
}
_SUGGESTED = {**dict(Mention.Action.choices), Mention.Action.ASK: "Needs your own answer"}


def kind_words(kind: str) -> str:
    """A kind of information in words, as on buttons and headings."""
    return KIND_WORDS.get(kind, kind.replace("-", " ").capitalize())


def kind_inside(kind: str) -> str:
    """The same inside a sentence: `phone`, but `NHS number`."""
    words = kind_words(kind)
    return words if words[:2].isupper() else words[0].lower() + words[1:]


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a group is about."""

    id: str
    """Register id; empty for nobody known."""
    name: str
    role: str


@dataclass(slots=True)
class Group:
    """All places where one kind of information about one person stands."""

    who: Who
    kind: str
    total: int = 0
    undecided: int = 0
    suggested: dict[str, int] = field(default_factory=dict)
    decided: dict[str, int] = field(default_factory=dict)
    why: str = ""

    @property
    def key(self) -> str:
        return f"{self.who.id}:{self.kind}"

    @property
    def kind_words(self) -> str:
        return kind_words(self.kind)

    @property
    def label(self) -> str:
        return f"{self.kind_words} of {self.who.name}"

    @property
    def suggestion(self) -> str:
        """What is suggested, in words."""
        if len(self.suggested) == 1:
            return _SUGGESTED[next(iter(self.suggested))]
        return "; ".join(f"{_SUGGESTED[action]}: {n}" for action, n in self.suggested.items())

    @property
    def can_accept(self) -> bool:
        """Whether "accept what is suggested" answers every place: a question cannot be accepted."""
        return bool(self.undecided) and Mention.Action.ASK not in self.suggested


def mentions_of(preparation: Preparation) -> QuerySet[Mention]:
    """Every mention of a preparation."""
    return Mention.objects.filter(document__preparation=preparation)


def find_group(preparation: Preparation, key: str) -> QuerySet[Mention]:
    """The mentions of one group, by its key (`<register id>:<kind>`); of one person, by `<register id>:`."""
    person, _, kind = key.partition(":")
    found = mentions_of(preparation).filter(person=person)
    return found.filter(kind=kind) if kind else found


def count(preparation: Preparation) -> tuple[int, int]:
    """How many places there are, and how many of them are decided."""
    by_decision = dict(
        mentions_of(preparation)
        .order_by()
        .values_list("decided")
        .annotate(count=Count("pk"))
        .values_list("decided", "count")
    )
    places = sum(by_decision.values())
    return places, places - by_decision.get("", 0)


def counted(found: Iterable["Group"]) -> tuple[int, int]:
    """The same, from the groups."""
    found = list(found)
    places = sum(group.total for group in found)
    return places, places - sum(group.undecided for group in found)


def groups(preparation: Preparation) -> list[Group]:
    """Every group: people of the register first, in their order, then by kind."""
    return _grouped(preparation, mentions_of(preparation))


def group_of(preparation: Preparation, key: str) -> Group | None:
    """One group by its key; None where there is no such place."""
    found = _grouped(preparation, find_group(preparation, key)) if ":" in key and not key.endswith(":") else []
    return found[0] if found else None


def _grouped(preparation: Preparation, mentions: QuerySet[Mention]) -> list[Group]:
    people = {person.register_id: person for person in preparation.case.people.all()}
    # What is asked here is answered from the index `mention_by_group` alone; the reason is read once per group.
    rows = list(
        mentions.order_by()
        .values("person", "kind", "suggested", "decided")
        .annotate(count=Count("pk"), first=Min("pk"))
    )
    found: dict[tuple[str, str], Group] = {}
    first: dict[int, Group] = {}
    for row in rows:
        key = (row["person"], row["kind"])
        if key not in found:
            found[key] = first[row["first"]] = Group(_who(row["person"], people), row["kind"])
        group = found[key]
        group.total += row["count"]
        group.suggested[row["suggested"]] = group.suggested.get(row["suggested"], 0) + row["count"]
        if row["decided"]:
            group.decided[row["decided"]] = group.decided.get(row["decided"], 0) + row["count"]
        else:
            group.undecided += row["count"]
    for pk, why in Mention.objects.filter(pk__in=first).values_list("pk", "rule_why"):
        first[pk].why = why
    order = {identifier: place for place, identifier in enumerate(people)}
    return sorted(found.values(), key=lambda group: (order.get(group.who.id, len(order)), group.who.id, group.kind))


def by_person(found: Iterable[Group]) -> list[tuple[Who, list[Group], bool]]:
    """Groups by whom they are about, and whether more than one of them can be accepted."""
    sections = [(who, list(some)) for who, some in groupby(found, key=lambda group: group.who)]
    return [(who, some, sum(group.can_accept for group in some) > 1) for who, some in sections]


def _who(identifier: str, people: dict[str, Person]) -> Who:
    person = people.get(identifier)
    if person is None:
        return Who(identifier, "Nobody on the register", "unknown")
    return Who(identifier, person.name, person.get_role_display())


def undecided(preparations: Iterable[Preparation]) -> dict[int, int]:
    """Open mentions of each preparation, by its id."""
    counts = Preparation.objects.filter(pk__in=[p.pk for p in preparations]).annotate(
        open=Count("documents__mentions", filter=Q(documents__mentions__decided=""))
    )
    return dict(counts.values_list("pk", "open"))
