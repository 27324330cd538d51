"""Small template helpers every page may use."""

from django import template

from backbeat.station.accounts import permissions

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
