"""Short names by which an event refers to words and facts without repeating them."""

from collections.abc import Iterable, Mapping

from backbeat.canonical import canonical_json, sha256_hex
from backbeat.rulebook import Answer, Fact

__all__ = ["facts_digest", "statement_id"]


def statement_id(words: str) -> str:
    """Short name of the words for the caller, so that it can be told which were read.

    >>> statement_id("Police are not coming.")
    '1266f5186cb552fa'
    """
    return sha256_hex(words.strip().encode())[:16]


def facts_digest(facts: Iterable[tuple[str, str]] | Mapping[str, Fact]) -> str:
    """Digest of facts, as an assessment lists them or as a call holds them; their order does not matter."""
    pairs = facts.items() if isinstance(facts, Mapping) else facts
    words = sorted((name, value.value if isinstance(value, Answer) else str(value)) for name, value in pairs)
    return sha256_hex(canonical_json(words))
