"""What each error code means: the sections of data/errors.md, which is also a page of the documentation."""

import difflib
import re
from importlib import resources

__all__ = ["explanation", "nearest", "sections"]


def sections() -> dict[str, str]:
    """Text by code, in the order of the page."""
    page = (resources.files("backbeat") / "data" / "errors.md").read_text("utf-8")
    parts = re.split(r"^## +`?([\w.-]+)`?[ \t]*\n", page, flags=re.MULTILINE)
    return {code: text.strip() for code, text in zip(parts[1::2], parts[2::2], strict=True)}


def explanation(code: str) -> str | None:
    """The section about a code; None where there is no such code."""
    text = sections().get(code)
    return None if text is None else f"{code}\n\n{text}"


def nearest(code: str) -> list[str]:
    """Codes spelt much the same."""
    return difflib.get_close_matches(code, sections(), n=3, cutoff=0.5)
