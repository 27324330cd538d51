"""Acts and offences a text may be about, best first: codes typed, everyday expressions, BM25 over every word, and for a
narrative likeness of meaning, where the sentence encoder is installed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from threading import Lock

from backbeat.crime.assist.codes import Typed, typed_codes
from backbeat.crime.assist.corpus import Entry, entries_of, offences_by_act, phrases_of
from backbeat.crime.assist.denied import without_denied
from backbeat.crime.assist.encoder import missing_packages, packaged_encoder
from backbeat.crime.assist.fusing import fuse
from backbeat.crime.assist.index import FEW, Index
from backbeat.crime.assist.meaning import KEPT, MOST_MISSING, Alike, Meaning, missing_views, read_kept
from backbeat.crime.assist.phrases import Phrases
from backbeat.crime.assist.points import points_by_offence, points_of
from backbeat.crime.assist.proposals import By, Match, Proposal
from backbeat.crime.assist.words import Word, require_length, words_of
from backbeat.crime.rules import Rules
from backbeat.errors import CapabilityMissing

__all__ = ["Kind", "search", "words_only_because"]

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
FUSED = 100
"""How many of each order, by words and by meaning, are brought together."""


class Kind(StrEnum):
    """What to propose."""

    ACT = "act"
    OFFENCE = "offence"


def search(
    rules: Rules, text: str, limit: int = 10, *, only: Kind | None = None, by: By | None = None
) -> tuple[Proposal, ...]:
    """Acts to classify by questions and single offences for a text, best first; a person picks.

    The text may be a code (`8/6`, `008/06`, `8N`), a few words, or a narrative. Only offences in force are proposed. A
    narrative, more than four words that say something, is also searched by meaning where the sentence encoder is
    installed; `Proposal.why` says for each proposal what found it. The same text gives the same answer on one machine.

    Args:
        rules: the edition.
        text: at most 20,000 characters; kept nowhere. By meaning its first four passages of 128 tokens are read, about
            360 words; by words all of it.
        limit: how many at most, 1 or more.
        only: acts only or offences only; by default both. An everyday expression stands for an act; where only offences
            are asked for, those the act may come out at are proposed for it.
        by: one way alone, to compare; by default both as said above.

    Raises:
        InputRejected: the text is longer than that. The message does not quote it.
        CapabilityMissing: the meaning alone is asked for, and `words_only_because` says why it cannot be had.
    """
    require_length(text)
    return _searcher(rules).search(text, max(limit, 1), only, by)


def words_only_because(rules: Rules) -> str | None:
    """Why an edition is searched by words alone, for people to read; None: narratives are searched by meaning too."""
    found = _searcher(rules).meaning
    return found if isinstance(found, str) else None


@lru_cache(maxsize=4)
def _searcher(rules: Rules) -> "_Searcher":
    return _Searcher(rules)


@dataclass(slots=True)
class _Found:
    """What the words of a text found."""

    known: Mapping[Word, tuple[str, ...]]
    telling: int
    """Words that say something, codes left out."""
    scores: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    why: dict[int, list[Match]] = field(default_factory=lambda: defaultdict(list))


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
        self._lock = Lock()
        self._meaning: Meaning | str | None = None

    @property
    def meaning(self) -> Meaning | str:
        """The entries by meaning, read when first needed; or why they cannot be had."""
        with self._lock:
            if self._meaning is None:
                self._meaning = _meaning_of(self._entries)
            return self._meaning

    def search(self, text: str, limit: int, only: Kind | None, by: By | None) -> tuple[Proposal, ...]:
        text = self._told(text)
        found = self._by_words(text, only)
        spoken = self._distinct(sorted(found.scores, key=lambda number: (-found.scores[number], number)), only)
        alike = self._by_meaning(text, found, by)
        if alike is None:
            return tuple(self._proposal(number, round(found.scores[number], 3), found) for number in spoken[:limit])
        like = self._distinct(alike, only)
        if by is By.MEANING:
            return tuple(self._alone(alike[number]) for number in like[:limit])
        # One code and class may stand in several lines: by words one may be nearest, by meaning another.
        numbers = {self._entries[number].key: number for number in [*like[:FUSED], *spoken[:FUSED]]}
        nearest = {self._entries[number].key: alike[number] for number in like[:FUSED]}
        scores = fuse([[self._entries[number].key for number in order[:FUSED]] for order in (spoken, like)])
        for key, number in numbers.items():
            if found.scores.get(number, 0.0) >= TYPED:
                scores[key] += found.scores[number]
        best = sorted(scores, key=lambda key: (-round(scores[key], 6), numbers[key]))
        return tuple(
            self._proposal(numbers[key], round(scores[key], 6), found, nearest.get(key)) for key in best[:limit]
        )

    def _told(self, text: str) -> str:
        """The text without what it denies, character for character; an everyday expression keeps its own denial."""
        words = words_of(text)
        spoken = [(words[one.first].start, words[one.last - 1].end) for one in self._phrases.within(words)]
        return without_denied(text, spoken)

    def _by_words(self, text: str, only: Kind | None) -> _Found:
        typed = list(typed_codes(text, self._classes))
        spoken = [w for w in words_of(text) if not any(t.start <= w.start < t.end for t in typed)]
        words = self._index.spelt(spoken)
        found = _Found(self._index.known_as(words), sum(word.tells for word in words))
        scores, why = found.scores, found.why
        self._add_typed(typed, scores, why)
        self._add_spoken(words, scores, why)
        if only is Kind.OFFENCE:
            self._hand_down(scores, why)
        stems = {stem for known in found.known.values() for stem in known}
        for number, score in self._index.rank(sorted(stems), CANDIDATES):
            whole = 1.0 if self._entries[number].offence is None else self._index.coverage(stems, number)
            scores[number] += score * (PARTLY + (1 - PARTLY) * whole)
        for number, source in self._lifted(scores):
            scores[number] += LIFT * scores[source]
            why[number] += why[source] + self._shared(found.known, source)
        return found

    def _by_meaning(self, text: str, found: _Found, by: By | None) -> dict[int, Alike] | None:
        """Entries in order of likeness; None: words alone are to be used, or the encoder cannot be had."""
        if by is By.WORDS or (by is None and found.telling <= FEW):
            return None
        meaning = self.meaning
        if isinstance(meaning, Meaning):
            return {alike.number: alike for alike in meaning.alike(text)}
        if by is By.MEANING:
            raise CapabilityMissing(meaning, where="search by meaning", do="install requirements/assist.txt")
        return None

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

    def _proposal(self, number: int, score: float, found: _Found, alike: Alike | None = None) -> Proposal:
        reasons = _longest({*found.why.get(number, ()), *self._shared(found.known, number)})
        return self._proposed(number, score, (*reasons, *_passage(alike)))

    def _alone(self, alike: Alike) -> Proposal:
        return self._proposed(alike.number, alike.likeness, _passage(alike))

    def _proposed(self, number: int, score: float, why: tuple[Match, ...]) -> Proposal:
        entry = self._entries[number]
        pairs = [entry.key] if entry.offence is not None else self._within[entry.key[0]]
        return Proposal(entry.act, entry.offence, score, why, points_of(self._points, pairs), entry.source)


def _meaning_of(entries: Sequence[Entry]) -> Meaning | str:
    if missing := missing_packages():
        return f"The sentence encoder is not installed: {', '.join(missing)}."
    encoder = packaged_encoder()
    kept = read_kept(KEPT, encoder)
    if (lacking := len(missing_views(entries, kept))) > MOST_MISSING:
        return (
            f"{lacking:,} texts of this edition have no vectors for these weights; scripts/crime_vectors.py makes them."
        )
    return Meaning(entries, encoder, kept)


def _passage(alike: Alike | None) -> tuple[Match, ...]:
    return (Match(alike.start, alike.end, alike.term, By.MEANING),) if alike else ()


def _longest(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Matches in the order of the text, without those that lie within another."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end, match.term)):
        if not kept or match.end > kept[-1].end:
            kept.append(match)
    return tuple(kept)
