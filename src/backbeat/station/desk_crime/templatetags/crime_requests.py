"""Requests about crimes on record, on the pages of others: a report's own, and those that wait for a registrar."""

from collections.abc import Mapping

from django import template
from django.template import RequestContext

from backbeat.station.accounts.permissions import may
from backbeat.station.desk_crime.afterwards import standing_of_report
from backbeat.station.desk_crime.models import CrimeReport, CrimeRequest
from backbeat.station.desk_crime.requests import DECIDED, subjects_of

register = template.Library()
MOST = 50


@register.inclusion_tag("desk_crime/requests_of_report.html", takes_context=True)
def requests_of(context: RequestContext, report: CrimeReport) -> dict[str, object]:
    """What was asked about the crimes of a report, and the ways to ask for more."""
    user = context["request"].user
    made = list(report.requests.select_related("asked_by", "decided_by", "taken_back__by"))
    may_ask = may(user, "crime.record") and report.state in DECIDED
    there = {one.key for one in standing_of_report(report)} if made else set()
    return {
        "report": report,
        "made": made,
        "may_ask": may_ask and bool(subjects_of(report)),
        # What was granted about a crime that another decision no longer records changes nothing any more.
        "idle": {one.pk for one in made if one.in_force and one.subject not in there},
    }


@register.inclusion_tag("desk_crime/requests_for_registrar.html")
def requests_for_registrar() -> dict[str, object]:
    """What a registrar may decide, the oldest first."""
    found = CrimeRequest.objects.filter(state=CrimeRequest.State.ANSWERED, to_registrar=True)
    return {"rows": list(found.select_related("report", "asked_by").order_by("asked_at", "pk")[:MOST])}


@register.filter
def at(errors: dict[str, str], name: str) -> str:
    """What is wrong with a field whose name no template can spell."""
    return errors.get(name, "")


@register.filter
def of(found: object, key: object) -> object:
    """What a mapping has under a key; None where the page has no such mapping."""
    return found.get(key) if isinstance(found, Mapping) else None
