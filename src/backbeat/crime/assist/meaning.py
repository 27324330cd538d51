"""Acts and offences by likeness of meaning: the text's vectors against those of the words the edition has for each.

The vectors of the rules' words are kept in `vectors.safetensors`, each under a digest of the words it was made from,
and the whole under a digest of the weights. Words that are not in it, because an edition changed, are encoded when
first needed. So a vector is never taken for words or weights it was not made from.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbeat.crime.assist.corpus import Entry
from backbeat.crime.assist.encoder import DIMENSIONS, Encoder

__all__ = [
    "KEPT",
    "Alike",
    "Meaning",
    "MOST_MISSING",
    "digest_of",
    "encode_views",
    "keep",
    "missing_views",
    "read_kept",
    "views_of",
]

Vectors = npt.NDArray[np.float32]

KEPT = Path(__file__).with_name("vectors.safetensors")
DIGEST_BYTES = 16
MOST_MISSING = 200
"""Vectors encoded when first needed, in about two seconds; an edition that lacks more is searched by words alone."""
AT_ONCE = 8
"""Everyday words that make one view: alone each says too little, all of an act's together say everything at once."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An entry that a text is like: characters [start, end) of the text, and the words of the rules nearest to them."""

    number: int
    likeness: float
    start: int
    end: int
    term: str


class Meaning:
    """The entries of one edition by meaning. Immutable; threads share one."""

    def __init__(self, entries: Sequence[Entry], encoder: Encoder, kept: Mapping[bytes, Vectors]) -> None:
        """Take the kept vectors, and encode what they lack: about 10 ms for each title or eight everyday words."""
        self._encoder = encoder
        views = [(number, view) for number, entry in enumerate(entries) for view in views_of(entry)]
        self._numbers = [number for number, _ in views]
        self._terms = [view for _, view in views]
        found = {**kept, **encode_views(missing_views(entries, kept), encoder)}
        self._vectors = np.stack([found[digest_of(view)] for view in self._terms])

    def alike(self, text: str) -> list[Alike]:
        """Every entry, the most alike first; of equals the first of the edition. Empty for a text without words."""
        windows = self._encoder.windows(text)
        if not windows:
            return []
        # Five places: what differs behind them is how a processor adds up.
        likeness = np.round(self._vectors @ np.stack([window.vector for window in windows]).T, 5)
        nearest, best = likeness.argmax(axis=1), likeness.max(axis=1)
        found: dict[int, Alike] = {}
        for view in np.argsort(-best, kind="stable").tolist():
            window = windows[nearest[view]]
            alike = Alike(self._numbers[view], float(best[view]), window.start, window.end, self._terms[view])
            found.setdefault(alike.number, alike)
        return list(found.values())


def views_of(entry: Entry) -> Iterator[str]:
    """The texts that stand for an entry, one vector each: its title, then its everyday words, eight at a time."""
    yield entry.title if entry.offence is None else f"{entry.title}. {entry.category}"
    spoken = [phrase.strip() for phrase in entry.everyday.split(" , ") if phrase.strip()]
    for first in range(0, len(spoken), AT_ONCE):
        yield ", ".join(spoken[first : first + AT_ONCE])


def missing_views(entries: Sequence[Entry], kept: Mapping[bytes, Vectors]) -> set[str]:
    """What an edition has that no vector is kept for."""
    return {view for entry in entries for view in views_of(entry) if digest_of(view) not in kept}


def digest_of(view: str) -> bytes:
    """What a vector is kept under."""
    return hashlib.sha256(view.encode()).digest()[:DIGEST_BYTES]


def encode_views(views: set[str], encoder: Encoder) -> dict[bytes, Vectors]:
    """Vectors by digest, rounded as they are kept, so that it makes no difference whether one was kept."""
    return {digest_of(view): _unit(_rounded(encoder.encode(view))) for view in sorted(views)}


def keep(path: Path, entries: Sequence[Entry], encoder: Encoder) -> int:
    """Write the vectors of all entries and return how many there are."""
    from safetensors.numpy import save_file

    views = sorted({view for entry in entries for view in views_of(entry)}, key=digest_of)
    digests = np.frombuffer(b"".join(map(digest_of, views)), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    vectors = np.stack([_rounded(encoder.encode(view)) for view in views])
    save_file({"digests": digests, "vectors": vectors}, path, metadata={"encoder": encoder.identity})
    return len(views)


def read_kept(path: Path, encoder: Encoder) -> dict[bytes, Vectors]:
    """Vectors by digest; none where the file was made with other weights."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as held:
        if held.metadata() != {"encoder": encoder.identity}:
            return {}
        digests, vectors = held.get_tensor("digests"), held.get_tensor("vectors")
    return {digest.tobytes(): _unit(vector) for digest, vector in zip(digests, vectors, strict=True)}


def _rounded(vector: Vectors) -> npt.NDArray[np.int8]:
    """One byte a number, the largest 127; the length is lost and not needed."""
    largest = np.abs(vector).max()
    return np.round(vector * (127 / largest)).astype(np.int8) if largest else np.zeros(DIMENSIONS, dtype=np.int8)


def _unit(vector: npt.NDArray[np.int8]) -> Vectors:
    length = np.linalg.norm(vector.astype(np.float32))
    unit: Vectors = vector.astype(np.float32) / (length or np.float32(1))
    return unit
