"""Figures as the triage pages write them."""

from django import template

__all__ = ["percent"]

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """`12.5 %`; a dash where there is nothing to take a share of."""
    return "–" if share is None else f"{share * 100:.1f} %"
