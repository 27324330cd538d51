"""Small template helpers every page may use."""

from django import template
from django.forms import BoundField, Textarea
from django.urls import reverse

from backbeat import ledger
from backbeat.station.accounts import permissions
from backbeat.station.accounts.roles import ROLES
from backbeat.station.cases.models import Case
from backbeat.station.desks import desks

register = template.Library()


@register.filter
def human_bytes(size: int) -> str:
    """`1.4 MB`: decimal units, as file managers show them."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{int(value)} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError


@register.filter
def short_hash(sha256: str) -> str:
    """Enough of a SHA-256 to compare by eye."""
    return f"{sha256[:8]}…{sha256[-4:]}"


@register.simple_tag(takes_context=True)
def may(context: template.Context, permission: str, obj: object = None) -> bool:
    """Whether the person looking at the page holds `permission` on `obj`."""
    return permissions.may(context["request"].user, permission, obj)


@register.simple_tag
def control(field: BoundField, extra: str = "") -> str:
    """A form control with the classes and descriptions that GOV.UK Frontend gives it."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    if kind == "select":
        name = "govuk-select"
    elif isinstance(widget, Textarea):
        name = "govuk-textarea"
    elif kind == "file":
        name = "govuk-file-upload"
    else:
        name = "govuk-input"
    classes = [name, extra, f"{name}--error" if field.errors else ""]
    described = [
        f"{field.auto_id}-hint" if field.help_text else "",
        f"{field.auto_id}-error" if field.errors else "",
    ]
    attributes: dict[str, object] = {"class": " ".join(filter(None, classes)), "placeholder": False}
    if any(described):
        attributes["aria-describedby"] = " ".join(filter(None, described))
    return field.as_widget(attrs=attributes)


@register.inclusion_tag("components/case_tabs.html", takes_context=True)
def case_tabs(context: template.Context, case: Case, tab: str = "") -> dict[str, object]:
    """The tabs of a case: the station's own, then those of the desks this person may sit at."""
    user = context["request"].user
    own = (
        ("Overview", "overview", "cases:case"),
        ("People", "people", "cases:people"),
        ("Evidence", "evidence", "cases:evidence"),
    )
    tabs = [{"title": title, "url": reverse(name, args=[case.pk]), "current": tab == key} for title, key, name in own]
    tabs += [
        {"title": desk.title, "url": reverse(desk.case_url, args=[case.pk]), "current": tab == desk.name}
        for desk in desks()
        if desk.case_url and permissions.may(user, desk.permission, case)
    ]
    return {"tabs": tabs}


@register.filter
def kind_of_file(media_type: str) -> str:
    """A media type in a word."""
    return {"application/pdf": "PDF", "text/plain": "Text", "text/csv": "CSV table"}.get(media_type, media_type)


@register.filter
def role_title(role: str) -> str:
    """A role's title; its id where the software no longer knows it."""
    return ROLES[role].title if role in ROLES else role


@register.filter
def hours(ms: int) -> str:
    """Milliseconds as hours and minutes, a saving never rounded up."""
    return ledger.hours(ms)
