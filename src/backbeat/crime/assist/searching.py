"""Acts and offences a text may be about, best first: codes typed, everyday expressions, then BM25 over every word."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from backbeat.crime.assist.codes import Typed, typed_codes
from backbeat.crime.assist.corpus import entries_of, offences_by_act, phrases_of
from backbeat.crime.assist.index import Index
from backbeat.crime.assist.phrases import Phrases
from backbeat.crime.assist.points import points_by_offence, points_of
from backbeat.crime.assist.proposals import Match, Proposal
from backbeat.crime.assist.words import Word, require_length, words_of
from backbeat.crime.rules import Rules

__all__ = ["Kind", "search"]

Pair = tuple[str, str]

TYPED = 1_000.0
"""A code typed outright comes before anything found by words."""
SPOKEN = (7.0, 11.0, 14.0)
"""What an everyday expression of one, two, or three and more telling words adds."""
LIFT = 0.35
"""Share of its best offence's score that an act gets: the questions of the act settle which offence it is."""
PARTLY = 0.4
"""Share of its score an offence keeps however little of its own words the text has; the rest goes by how much it has.
A narrative names streets, shops and trains, and one of those words alone must not bring an offence up."""
HANDED_DOWN = 0.3
"""Share of what everyday expressions add to an act that its offences get where only offences are asked for."""
CANDIDATES = 200


class Kind(StrEnum):
    """What to propose."""

    ACT = "act"
    OFFENCE = "offence"


def search(rules: Rules, text: str, limit: int = 10, *, only: Kind | None = None) -> tuple[Proposal, ...]:
    """Acts to classify by questions and single offences for a text, best first; a person picks.

    The text may be a code (`8/6`, `008/06`, `8N`), a few words, or a narrative. Only offences in force are proposed.

    Args:
        rules: the edition.
        text: at most 20,000 characters; kept nowhere.
        limit: how many at most, 1 or more.
        only: acts only or offences only; by default both. An everyday expression stands for an act; where only offences
            are asked for, those the act may come out at are proposed for it.

    Raises:
        InputRejected: the text is longer than that. The message does not quote it.
    """
    require_length(text)
    return _searcher(rules).search(text, max(limit, 1), only)


@lru_cache(maxsize=4)
def _searcher(rules: Rules) -> "_Searcher":
    return _Searcher(rules)


class _Searcher:
    """Everything of an edition that a search needs; immutable once made."""

    def __init__(self, rules: Rules) -> None:
        self._entries = entries_of(rules)
        self._index = Index(self._entries)
        self._phrases = Phrases(phrases_of(rules))
        self._points = points_by_offence(rules)
        self._within = offences_by_act(rules)
        self._numbers: dict[Pair, list[int]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
            self._numbers[entry.key].append(number)
        self._classes = {entry.offence.class_ for entry in self._entries if entry.offence is not None}

    def search(self, text: str, limit: int, only: Kind | None) -> tuple[Proposal, ...]:
        typed = list(typed_codes(text, self._classes))
        spoken = [w for w in words_of(text) if not any(t.start <= w.start < t.end for t in typed)]
        words = self._index.spelt(spoken)
        scores: dict[int, float] = defaultdict(float)
        why: dict[int, list[Match]] = defaultdict(list)
        self._add_typed(typed, scores, why)
        self._add_spoken(words, scores, why)
        if only is Kind.OFFENCE:
            self._hand_down(scores, why)
        known = self._index.known_as(words)
        stems = {stem for found in known.values() for stem in found}
        for number, score in self._index.rank(sorted(stems), CANDIDATES):
            whole = 1.0 if self._entries[number].offence is None else self._index.coverage(stems, number)
            scores[number] += score * (PARTLY + (1 - PARTLY) * whole)
        for number, source in self._lifted(scores):
            scores[number] += LIFT * scores[source]
            why[number] += why[source] + self._shared(known, source)
        best = sorted(scores, key=lambda number: (-scores[number], number))
        chosen = self._distinct(best, only)[:limit]
        return tuple(self._proposal(number, scores[number], why[number], known) for number in chosen)

    def _add_typed(self, typed: Sequence[Typed], scores: dict[int, float], why: dict[int, list[Match]]) -> None:
        codes = {found.code for found in typed if found.code}
        for found in typed:
            for pair, numbers in self._numbers.items():
                if pair[1] and (found.code == pair[0] or found.class_ == pair[1]):
                    for number in numbers:
                        # `8N 008/06`: the offence that both name comes before those that only one names.
                        scores[number] += TYPED * (2 if found.code and len(codes) == 1 else 1)
                        why[number].append(Match(found.start, found.end, found.code or found.class_))

    def _add_spoken(self, words: Sequence[Word], scores: dict[int, float], why: dict[int, list[Match]]) -> None:
        seen: set[tuple[str, int]] = set()
        for spoken in self._phrases.within(words):
            telling = sum(word.tells for word in words[spoken.first : spoken.last])
            adds = SPOKEN[min(max(telling, 1), len(SPOKEN)) - 1]
            place = Match(words[spoken.first].start, words[spoken.last - 1].end, spoken.phrase)
            for key in spoken.keys:
                for number in self._numbers[key]:
                    why[number].append(place)
                    if (spoken.phrase, number) not in seen:
                        seen.add((spoken.phrase, number))
                        scores[number] += adds / len(spoken.keys) ** 0.5

    def _hand_down(self, scores: dict[int, float], why: dict[int, list[Match]]) -> None:
        """Give what everyday expressions add to an act to the offences it may come out at: no act is proposed."""
        for act, pairs in self._within.items():
            own = self._numbers[act, ""][0]
            if own in why:
                for number in (number for pair in pairs for number in self._numbers.get(pair, ())):
                    scores[number] += HANDED_DOWN * scores[own]
                    why[number] += why[own]

    def _lifted(self, scores: Mapping[int, float]) -> list[tuple[int, int]]:
        """Every act that one of its offences speaks for, with the best of them; numbers of entries."""
        lifted = []
        for act, pairs in self._within.items():
            held = [
                number for pair in pairs for number in self._numbers.get(pair, ()) if 0 < scores.get(number, 0) < TYPED
            ]
            if held:
                lifted.append((self._numbers[act, ""][0], max(held, key=lambda number: (scores[number], -number))))
        return lifted

    def _shared(self, known: Mapping[Word, tuple[str, ...]], number: int) -> list[Match]:
        """The words of the text that an entry has."""
        return [
            Match(word.start, word.end, self._index.written(min(had)))
            for word, stems in known.items()
            if (had := self._index.having(stems, number))
        ]

    def _distinct(self, best: Iterable[int], only: Kind | None) -> list[int]:
        """The best line of each code and class, and the acts."""
        taken: dict[Pair, int] = {}
        for number in best:
            entry = self._entries[number]
            if only is None or (entry.act is None) == (only is Kind.OFFENCE):
                taken.setdefault(entry.key, number)
        return list(taken.values())

    def _proposal(
        self, number: int, score: float, why: Sequence[Match], known: Mapping[Word, tuple[str, ...]]
    ) -> Proposal:
        entry = self._entries[number]
        reasons = _longest({*why, *self._shared(known, number)})
        pairs = [entry.key] if entry.offence is not None else self._within[entry.key[0]]
        points = points_of(self._points, pairs)
        return Proposal(entry.act, entry.offence, round(score, 3), reasons, points, entry.source)


def _longest(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Matches in the order of the text, without those that lie within another."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end, match.term)):
        if not kept or match.end > kept[-1].end:
            kept.append(match)
    return tuple(kept)
