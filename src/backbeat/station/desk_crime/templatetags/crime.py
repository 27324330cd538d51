"""Template helpers of the crime desk."""

from django import template

from backbeat.crime.sampling import Checked
from backbeat.station.desk_crime.models import SampleItem

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """`12.5 %`."""
    return f"{share * 100:.1f} %"


@register.filter
def finding(item: SampleItem) -> str:
    """What a reviewer found, in words."""
    if item.should is None or item.class_right is None:
        return "Not checked yet"
    checked = Checked(item.recorded, item.should, item.class_right)
    parts = []
    if checked.over:
        parts.append(f"{checked.over} too many")
    if checked.under:
        parts.append(f"{checked.under} too few")
    if not checked.class_right:
        parts.append("wrong class")
    return ("Wrong: " + ", ".join(parts)) if parts else "Right"
