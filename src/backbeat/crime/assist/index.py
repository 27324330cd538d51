"""The full-text index of one edition: built in memory when it is first asked, and read from then on.

The text searched for goes to SQLite as stems made of letters and digits only, each in quotation marks, and is gone when
the answer is there.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from backbeat.crime.assist.corpus import Entry
from backbeat.crime.assist.spelling import Spelling
from backbeat.crime.assist.words import Word, words_of

__all__ = ["Index"]

FIELDS = ("everyday", "title", "category", "law", "body")
WEIGHTS = (4.0, 3.0, 2.0, 0.7, 0.35)
"""How much a word counts in each field."""
RANKED = (
    f"SELECT rowid, -bm25(entry, {', '.join(map(str, WEIGHTS))}) FROM entry "  # noqa: S608 - constants
    "WHERE entry MATCH ? ORDER BY 2 DESC, 1 LIMIT ?"
)
MAX_STEMS = 48
"""Of a long text the rarest words are asked for."""
FEW = 4
"""Words of a text that is a look-up, still being typed: no narrative."""


class Index:
    """BM25 over the entries. Threads share one."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(f"CREATE VIRTUAL TABLE entry USING fts5({', '.join(FIELDS)}, tokenize='unicode61')")
        self.frequency: Counter[str] = Counter()
        """Entries that have a stem, by stem."""
        self._written: dict[str, str] = {}
        self._stems: list[frozenset[str]] = []
        self._titles: list[frozenset[str]] = []
        insert = f"INSERT INTO entry (rowid, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})"  # noqa: S608 - constants
        for number, entry in enumerate(entries):
            stems = [self._read(getattr(entry, field)) for field in FIELDS]
            self._stems.append(frozenset(stem for found in stems for stem in found))
            self._titles.append(frozenset(stems[FIELDS.index("title")]))
            self.frequency.update(self._stems[-1])
            self._database.execute(insert, (number, *(" ".join(found) for found in stems)))
        self._spelling = Spelling(self.frequency)

    def spelt(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words, with mistyped ones put right: those the rules do not have, a slip away from one they do.

        A word that may be a name, by its capital, is left as it is, but for a text of a few words.
        """
        few = len(words) <= FEW
        return tuple(
            replace(word, stem=near)
            if word.tells
            and word.stem not in self.frequency
            and (few or not word.capital)
            and not (few and word is words[-1] and self._begun(word.stem))
            and (near := self._spelling.nearest(word.stem))
            else word
            for word in words
        )

    def known_as(self, words: Sequence[Word]) -> Mapping[Word, tuple[str, ...]]:
        """For each word that says something, the stems of the index it is looked up under; words unknown are left out.

        The last of a few words may be unfinished, and is then looked up under every word it begins.
        """
        found: dict[Word, tuple[str, ...]] = {}
        for word in words:
            if word.tells and word.stem in self.frequency:
                found[word] = (word.stem,)
        if words and len(words) <= FEW and words[-1] not in found and words[-1].tells:
            found[words[-1]] = self._begun(words[-1].stem)
        return found

    def written(self, stem: str) -> str:
        """A word of the rules with this stem."""
        return self._written[stem]

    def rank(self, stems: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Numbers of the best entries for any of the stems, with their score; more is better."""
        if not stems:
            return []
        rarest = sorted(set(stems), key=lambda stem: (self.frequency[stem], stem))[:MAX_STEMS]
        asked = " OR ".join(f'"{stem}"' for stem in rarest)
        with self._lock:
            rows = self._database.execute(RANKED, (asked, limit)).fetchall()
        return [(int(number), float(score)) for number, score in rows]

    def having(self, stems: Iterable[str], number: int) -> frozenset[str]:
        """Which of the stems an entry has."""
        return self._stems[number].intersection(stems)

    def coverage(self, stems: AbstractSet[str], number: int) -> float:
        """Share of the words of an entry's title that are among the stems, 0 to 1."""
        title = self._titles[number]
        return len(title & stems) / len(title) if title else 0.0

    def _read(self, text: str) -> list[str]:
        found = [word for word in words_of(text) if word.tells]
        for word in found:
            self._written.setdefault(word.stem, text[word.start : word.end].lower())
        return [word.stem for word in found]

    def _begun(self, beginning: str) -> tuple[str, ...]:
        if len(beginning) < 3:
            return ()
        known = sorted(stem for stem in self.frequency if stem.startswith(beginning))
        return tuple(sorted(known, key=lambda stem: -self.frequency[stem])[:8])
