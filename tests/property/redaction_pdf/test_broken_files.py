"""A broken file is refused in words, or redacted; it never ends in anything else."""

import contextlib
import logging
import random
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_case import redact
from pdf_factory import CASES, Hiding

from backbeat.errors import UserError

MADE = [make() for make in CASES.values()]


def broken(data: bytes, seed: int) -> bytes:
    """A copy with a few bytes changed, lost or put in."""
    chance = random.Random(seed)
    copy = bytearray(data)
    for _ in range(chance.choice([1, 2, 5, 20])):
        at = chance.randrange(len(copy))
        match chance.randrange(3):
            case 0:
                copy[at] = chance.randrange(256)
            case 1:
                del copy[at : at + chance.randrange(1, 6)]
            case _:
                copy[at:at] = bytes(chance.choices(b"0123456789<>[]()/ qQ", k=3))
    return bytes(copy)


@pytest.fixture(autouse=True)
def quiet() -> None:
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MADE), st.integers(0, 2**32))
def test_a_broken_file_is_refused_in_words_or_redacted(hiding: Hiding, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # Pillow and pikepdf warn about pictures cut short; the outcome is what matters here.
        warnings.simplefilter("ignore")
        with contextlib.suppress(UserError):
            redact(Path(folder), Hiding(hiding.name, broken(hiding.data, seed), hiding.secret, hiding.boxes))
