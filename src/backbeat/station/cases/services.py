"""What can be done with cases and their people: each use case checks the permission, writes the log, then acts."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from backbeat.errors import UserError
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import require
from backbeat.station.accounts.roles import ROLES
from backbeat.station.audit import records
from backbeat.station.audit.records import Operation
from backbeat.station.cases.models import Case, Membership, Person

__all__ = [
    "add_member",
    "add_person",
    "change_case",
    "change_person",
    "find_case",
    "list_cases",
    "open_case",
    "remove_member",
    "remove_person",
    "search_cases",
    "view_case",
    "visible_cases",
]

MOST_FOUND = 50


def visible_cases(actor: User) -> QuerySet[Case]:
    """The cases this person may see: those they belong to and, for a supervisor, those of their unit."""
    reach = Q(pk__in=Membership.objects.filter(user=actor).values("case"))
    if actor.unit_id is not None and any(ROLES[role].supervises for role in actor.roles if role in ROLES):
        reach |= Q(unit=actor.unit_id)
    return Case.objects.filter(reach)


def list_cases(actor: User) -> QuerySet[Case]:
    """Every case the actor may see, newest first.

    Raises:
        Refused: they may not list cases.
    """
    require(actor, "case.list")
    records.record(actor, Operation.CONSULTATION, "case-list")
    return visible_cases(actor)


def search_cases(actor: User, words: str) -> list[Case]:
    """The first cases whose reference, title, people or file names contain `words`; at most MOST_FOUND.

    Raises:
        Refused: they may not list cases.
    """
    require(actor, "case.list")
    records.record(actor, Operation.CONSULTATION, "case-search", purpose="search", detail={"words": words})
    found = (
        Q(reference__icontains=words)
        | Q(title__icontains=words)
        | Q(people__names__icontains=words)
        | Q(people__aliases__icontains=words)
        | Q(evidence__original_name__icontains=words, evidence__state="ready")
    )
    return list(visible_cases(actor).filter(found).distinct()[:MOST_FOUND])


def open_case(actor: User, *, reference: str, title: str) -> Case:
    """A new case in the actor's unit, with the actor as its first member.

    Raises:
        Refused: they may not open cases.
    """
    require(actor, "case.open")
    case = Case(reference=reference, title=title, unit=actor.unit)
    with records.recorded(actor, Operation.COLLECTION, case), transaction.atomic():
        case.save(force_insert=True)
        Membership.objects.create(case=case, user=actor, added_by=actor)
    return case


def find_case(actor: User, case_id: UUID) -> Case:
    """The case, for a use case that logs what it does with it.

    Raises:
        Refused: it is not one of theirs.
        Http404: there is none.
    """
    case = get_object_or_404(Case.objects.select_related("unit"), pk=case_id)
    require(actor, "case.view", case)
    return case


def view_case(actor: User, case_id: UUID, *, purpose: str | None = None) -> Case:
    """The case, for reading; the look is logged.

    Raises:
        Refused: it is not one of theirs.
        Http404: there is none.
    """
    case = find_case(actor, case_id)
    records.record(actor, Operation.CONSULTATION, case, purpose=purpose)
    return case


def change_case(actor: User, case: Case, *, title: str) -> None:
    """Give a case another title.

    Raises:
        Refused: they may not change it.
    """
    require(actor, "case.change", case)
    with records.recorded(actor, Operation.ALTERATION, case, detail={"title before": case.title}):
        case.title = title
        case.save(update_fields=["title"])


def add_member(actor: User, case: Case, user: User) -> None:
    """Let `user` work on the case (no effect if they already do).

    Raises:
        Refused: the actor may not decide that.
    """
    require(actor, "case.assign", case)
    with records.recorded(actor, Operation.ALTERATION, case, purpose="add-member", detail={"member": str(user.pk)}):
        Membership.objects.get_or_create(case=case, user=user, defaults={"added_by": actor})


def remove_member(actor: User, case: Case, user: User) -> None:
    """Take `user` off the case (no effect if they are not on it).

    Raises:
        Refused: the actor may not decide that.
    """
    require(actor, "case.assign", case)
    with records.recorded(actor, Operation.ALTERATION, case, purpose="remove-member", detail={"member": str(user.pk)}):
        Membership.objects.filter(case=case, user=user).delete()


def add_person(
    actor: User,
    case: Case,
    *,
    names: Sequence[str],
    role: str,
    aliases: Sequence[str] = (),
    attributes: Mapping[str, Sequence[str]] | None = None,
    register_id: str = "",
) -> Person:
    """Enter somebody in the case's register; without `register_id` the next free `P<n>` is given.

    Raises:
        Refused: they may not change the case.
        UserError: the register id is taken.
    """
    require(actor, "case.change", case)
    person = Person(case=case, register_id=register_id)
    _fill(person, names, role, aliases, attributes or {})
    with records.recorded(actor, Operation.COLLECTION, person, detail={"case": str(case.pk)}), transaction.atomic():
        taken = set(Person.objects.select_for_update().filter(case=case).values_list("register_id", flat=True))
        if person.register_id in taken:
            raise UserError(
                "Somebody else has this register id.", where="the case's register", do="choose another, or leave it out"
            )
        person.register_id = register_id or _next_id(taken)
        person.save(force_insert=True)
    return person


def _next_id(taken: set[str]) -> str:
    numbers = [int(name[1:]) for name in taken if name.startswith("P") and name[1:].isascii() and name[1:].isdigit()]
    return f"P{max(numbers, default=0) + 1}"


def change_person(
    actor: User,
    person: Person,
    *,
    names: Sequence[str],
    role: str,
    aliases: Sequence[str] = (),
    attributes: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Correct an entry of the register.

    Raises:
        Refused: they may not change the case.
    """
    require(actor, "case.change", person)
    with records.recorded(actor, Operation.ALTERATION, person):
        _fill(person, names, role, aliases, person.attributes if attributes is None else attributes)
        person.save()


def remove_person(actor: User, person: Person) -> None:
    """Take somebody off the register.

    Raises:
        Refused: they may not change the case.
    """
    require(actor, "case.change", person)
    with records.recorded(actor, Operation.ERASURE, person):
        person.delete()


def _fill(
    person: Person,
    names: Sequence[str],
    role: str,
    aliases: Sequence[str],
    attributes: Mapping[str, Sequence[str]],
) -> None:
    person.names = [name.strip() for name in names if name.strip()]
    person.aliases = [alias.strip() for alias in aliases if alias.strip()]
    person.role = role
    person.attributes = {kind: list(values) for kind, values in attributes.items() if values}
