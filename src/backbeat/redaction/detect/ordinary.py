"""Words that a document itself uses as ordinary words: what stands after `the` or `of` in lower case is no name."""

import re

from backbeat.redaction.detect.view import View

__all__ = ["is_ordinary", "ordinary_words"]

_USED = re.compile(
    r"(?<![\w'\-])(?:the|a|an|this|these|any|each|every|such|other|no|of|all|same|for|by|its|their|or|be|is|are|must|may)"
    r"[ \t]{1,2}\r?\n?([a-z]{3,})(?:[ \-]{1,2}([a-z]{3,}))?(?![\w'])"
)


def ordinary_words(view: View) -> frozenset[str]:
    """Lower-case words of the document that stand where only an ordinary word stands, with their plural and singular.

    A name written in lower case, as chats do, hardly ever follows an article.
    """
    found: set[str] = set()
    for match in _USED.finditer(view.text):
        found.update(word for word in match.groups() if word)
    found |= {word + "s" for word in found} | {word[:-1] for word in found if word.endswith("s")}
    return frozenset(found)


def is_ordinary(value: str, ordinary: frozenset[str]) -> bool:
    """Is every word of the value an ordinary one in this document?"""
    words = re.findall(r"[a-z]+", value.lower())
    return any(word in ordinary for word in words) and all(word in ordinary or len(word) < 3 for word in words)
