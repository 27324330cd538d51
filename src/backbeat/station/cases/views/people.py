"""The register of a case: who is who."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from backbeat.station.accounts.permissions import require
from backbeat.station.cases import services
from backbeat.station.cases.forms import PersonForm
from backbeat.station.cases.models import Person

__all__ = ["add_person", "change_person", "people", "remove_person"]


def people(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everybody on the register."""
    case = services.view_case(request.user, case_id, purpose="people")
    return render(request, "cases/people.html", {"case": case, "tab": "people", "people": case.people.all()})


def add_person(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Enter somebody."""
    case = services.view_case(request.user, case_id, purpose="people")
    require(request.user, "case.change", case)
    form = PersonForm(request.POST or None)
    if form.is_valid():
        person = services.add_person(request.user, case, **form.values())
        messages.success(request, f"{person.register_id} is on the register.")
        return redirect("cases:people", case_id=case_id)
    return render(request, "cases/form.html", {"case": case, "form": form, "heading": "Add a person"})


def change_person(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Correct an entry."""
    case = services.view_case(request.user, case_id, purpose="people")
    person = get_object_or_404(Person, pk=person_id, case=case)
    require(request.user, "case.change", person)
    form = PersonForm(request.POST or None, person=person)
    if form.is_valid():
        services.change_person(request.user, person, **form.values())
        messages.success(request, f"{person.register_id} was changed.")
        return redirect("cases:people", case_id=case_id)
    context = {"case": case, "form": form, "heading": f"Change {person.register_id}", "person": person}
    return render(request, "cases/form.html", context)


def remove_person(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Ask, then take somebody off the register."""
    case = services.view_case(request.user, case_id, purpose="people")
    person = get_object_or_404(Person, pk=person_id, case=case)
    require(request.user, "case.change", person)
    if request.method == "POST":
        services.remove_person(request.user, person)
        messages.success(request, f"{person.register_id} was taken off the register.")
        return redirect("cases:people", case_id=case_id)
    return render(request, "cases/remove_person.html", {"case": case, "person": person})
