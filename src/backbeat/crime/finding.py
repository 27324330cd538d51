"""Offences of the list by words, class or code, as a recorder types them."""

import re
from functools import lru_cache

from backbeat.crime.model import Offence
from backbeat.crime.rules import Rules

__all__ = ["find_offences"]

_WORD = re.compile(r"[a-z0-9/]+")


def find_offences(rules: Rules, query: str, most: int) -> tuple[Offence, ...]:
    """Lines of the list in which every word of the query begins a word, those in force and nearest to the query first.

    A class (`8N`) or a Home Office code (`008/06`) is a word too, and one that fits exactly comes first.
    """
    wanted = _WORD.findall(query.casefold())
    if not wanted:
        return ()
    found = []
    for order, (offence, words, label) in enumerate(_indexed(rules)):
        if all(any(word.startswith(one) for word in words) for one in wanted):
            exact = sum(one in label for one in wanted)
            found.append(((-exact, not offence.current, len(words), order), offence))
    return tuple(offence for _, offence in sorted(found, key=lambda pair: pair[0])[:most])


@lru_cache(maxsize=4)
def _indexed(rules: Rules) -> tuple[tuple[Offence, frozenset[str], frozenset[str]], ...]:
    """Each line with its words and, of these, its class and code."""
    made = []
    for offence in rules.offences.listed:
        label = frozenset({offence.class_.casefold(), offence.code.casefold()})
        text = f"{offence.text} {offence.category} {offence.act} {offence.section}".casefold()
        made.append((offence, label | frozenset(_WORD.findall(text)), label))
    return tuple(made)
