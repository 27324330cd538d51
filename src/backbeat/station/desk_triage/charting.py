"""A bar chart as SVG, drawn by the server: bars told apart by pattern, and never the only place of a figure."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["PATTERNS", "stacked_bars"]

WIDTH, HEIGHT, LEFT, BELOW, TOP = 720, 200, 34, 22, 10
PATTERNS = ("solid", "cross", "dots", "lines", "dashes", "blank")
"""In the order in which the parts of a bar are drawn, from below."""

_DEFINITIONS = """<defs>
<pattern id="bar-cross" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#fff"/><path d="M0 0l6 6M6 0L0 6" stroke="#942514" stroke-width="1.4"/></pattern>
<pattern id="bar-dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#fff"/><circle cx="3" cy="3" r="1.6" fill="#1f2a44"/></pattern>
<pattern id="bar-lines" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/><path d="M0 0v5" stroke="#005a30" stroke-width="3"/></pattern>
<pattern id="bar-dashes" width="8" height="5" patternUnits="userSpaceOnUse"><rect width="8" height="5" fill="#fff"/><path d="M0 2h5" stroke="#6d5200" stroke-width="2"/></pattern>
</defs>"""  # noqa: E501 - each pattern reads best on a line
_FILLS = ("#942514", "url(#bar-cross)", "url(#bar-dots)", "url(#bar-lines)", "url(#bar-dashes)", "#fff")


def stacked_bars(bars: Sequence[tuple[str, Sequence[int]]], title: str) -> SafeString:
    """One bar for each name, its parts from below; empty where there is nothing to draw.

    Args:
        bars: name and counts, the same number of counts in each, at most one for each pattern.
        title: what the chart shows, for those who do not see it; the table beneath holds the figures.
    """
    most = max((sum(counts) for _name, counts in bars), default=0)
    if not most:
        return SafeString("")
    step = (WIDTH - LEFT) / len(bars)
    parts = [
        (round(LEFT + n * step + step * 0.12, 1), round(y, 1), round(step * 0.76, 1), round(high, 1), fill)
        for n, (_name, counts) in enumerate(bars)
        for y, high, fill in _stack(counts, most)
    ]
    names = [(round(LEFT + (n + 0.5) * step, 1), HEIGHT - 6, name) for n, (name, _counts) in enumerate(bars)]
    return format_html(
        '<svg class="triage-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}'
        '<path d="M{} {}H{}" stroke="#0b0c0c"/><text x="{}" y="{}" text-anchor="end">{}</text>'
        '<text x="{}" y="{}" text-anchor="end">0</text></svg>',
        WIDTH, HEIGHT, title, SafeString(_DEFINITIONS),
        format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#0b0c0c"/>', parts),
        format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', names),
        LEFT, HEIGHT - BELOW, WIDTH, LEFT - 6, TOP + 8, most, LEFT - 6, HEIGHT - BELOW,
    )  # fmt: skip


def _stack(counts: Sequence[int], most: int) -> list[tuple[float, float, str]]:
    found, y = [], float(HEIGHT - BELOW)
    for count, fill in zip(counts, _FILLS, strict=False):
        high = (HEIGHT - BELOW - TOP) * count / most
        y -= high
        if count:
            found.append((y, high, fill))
    return found
