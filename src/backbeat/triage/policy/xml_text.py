"""Text made fit to stand in XML 1.0."""

import re
from xml.sax.saxutils import escape, quoteattr

__all__ = ["attribute", "content"]

_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters no XML document can hold, escaped or not."""


def content(text: str) -> str:
    """Text between tags; what XML cannot hold becomes U+FFFD, so that the loss shows."""
    return escape(_IMPOSSIBLE.sub("\ufffd", text))


def attribute(text: str) -> str:
    """The same as an attribute's value, with its quotes."""
    return quoteattr(_IMPOSSIBLE.sub("\ufffd", text))
