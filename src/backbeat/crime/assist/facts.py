"""Facts a text seems to give: words of the list `fact_words`, less what is denied or in doubt. None applies itself."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backbeat.crime.assist.corpus import rows_of
from backbeat.crime.assist.denial import Said, said_of
from backbeat.crime.assist.proposals import FactProposal, Match
from backbeat.crime.assist.words import require_length
from backbeat.crime.fact_types import FactType, fact_types
from backbeat.crime.model import Source
from backbeat.crime.rules import Rules, source_of
from backbeat.rulebook import Fact

__all__ = ["facts_from"]

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class _Clue:
    """One expression of the list, and what it says when it is said and when it is denied; None: nothing."""

    words: tuple[str, ...]
    """Lower case, without apostrophes; `*` at the end of one stands for any ending."""
    written: str
    fact: FactType
    said: Fact | None
    denied: Fact | None
    source: Source

    def stands_at(self, words: Sequence[str], at: int) -> bool:
        if at + len(self.words) > len(words):
            return False
        return all(
            words[at + n].startswith(word[:-1]) if word.endswith("*") else words[at + n] == word
            for n, word in enumerate(self.words)
        )


def facts_from(rules: Rules, text: str, *, acts: Collection[str] = ()) -> tuple[FactProposal, ...]:
    """Facts a text seems to give, each with the words it rests on, in the order of their names.

    A denial (`no knife`) gives the opposite answer where there is one, a doubt (`possibly a knife`) gives nothing. Two
    values proposed for one fact mean that the text says both; the person who answers the question settles it.

    Args:
        rules: the edition.
        text: at most 20,000 characters; kept nowhere.
        acts: acts the person has picked, by id; facts that none of their tables asks for are then left out, except
            those about the report, the parties and their relationship. Empty: every fact of the edition.

    Raises:
        InputRejected: the text is longer than that. The message does not quote it.
    """
    require_length(text)
    found: dict[tuple[str, Fact], list[tuple[_Clue, Match]]] = defaultdict(list)
    for clue, said, match in _clues_in(_clues(rules), text):
        value = {Said.YES: clue.said, Said.NO: clue.denied, Said.DOUBTFUL: None}[said]
        if value is not None and _wanted(rules, clue.fact, acts):
            found[clue.fact.name, value].append((clue, match))
    proposals = (_proposal(key[1], clues) for key, clues in found.items())
    return tuple(sorted(proposals, key=lambda proposal: (proposal.fact, proposal.why)))


def _wanted(rules: Rules, fact: FactType, acts: Collection[str]) -> bool:
    tables = {rules.acts[act].table for act in acts if act in rules.acts}
    return not acts or fact.about != "allegation" or not tables.isdisjoint(fact.tables)


def _proposal(value: Fact, found: Sequence[tuple[_Clue, Match]]) -> FactProposal:
    clue = found[0][0]
    why = tuple(sorted({match for _, match in found}))
    return FactProposal(clue.fact.name, value, clue.fact.about, clue.fact.text, why, clue.source)


def _clues_in(clues: Mapping[str, Sequence[_Clue]], text: str) -> Iterable[tuple[_Clue, Said, Match]]:
    """Every clue of a text; of two for one fact that overlap, the longer (`broken nose` says more than `nose`)."""
    places = [(found.start(), found.end()) for found in _WORD.finditer(text)]
    words = [re.sub("['\u2019]", "", text[start:end].casefold()) for start, end in places]
    standing = [
        (at, clue) for at, word in enumerate(words) for clue in clues.get(word[:3], ()) if clue.stands_at(words, at)
    ]
    standing.sort(key=lambda found: (-len(found[1].words), found[0], found[1].written))
    taken: dict[str, set[int]] = defaultdict(set)
    for at, clue in standing:
        covers = range(at, at + len(clue.words))
        if taken[clue.fact.name].isdisjoint(covers):
            taken[clue.fact.name].update(covers)
            yield (
                clue,
                said_of(text, words, places, at, len(clue.words)),
                Match(places[at][0], places[covers[-1]][1], clue.written.replace("*", "")),
            )


@lru_cache(maxsize=4)
def _clues(rules: Rules) -> Mapping[str, tuple[_Clue, ...]]:
    """Every clue of an edition by the first three letters of its first word."""
    types = fact_types(rules)
    found: dict[str, list[_Clue]] = defaultdict(list)
    for row in rows_of(rules, "fact_words"):
        fact = types[row["fact"]]
        said, denied = (fact.read(row[name]) if row[name] else None for name in ("value", "negated"))
        for written in row["words"].split("|"):
            clue = _Clue(tuple(written.split()), written, fact, said, denied, source_of(row))
            found[clue.words[0].rstrip("*")[:3]].append(clue)
    return {letters: tuple(clues) for letters, clues in found.items()}
