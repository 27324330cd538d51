"""Whether a force's version of the policy may be used: tried whole before anybody signs it, and again when loaded.

Three things are asked of it. It touches no locked table and fits the version before it (the rulebook sees to that),
every example of the edition comes out as it must, and the safety properties hold (`backbeat.triage.safety`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backbeat.canonical import Json
from backbeat.rulebook import OverlayRefused, sign_overlay
from backbeat.rulebook.loading import EDITION, load_edition
from backbeat.rulebook.sources import Faults
from backbeat.rulebook.values import write_value
from backbeat.triage.policies import PACKAGED, Policy, PolicyShelf
from backbeat.triage.policy.diffing import TableChange, compare_tables
from backbeat.triage.policy.errors import PolicyRefused
from backbeat.triage.safety import check_policy

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["Checked", "apply_overlay", "check_draft", "newest"]

_EXAMPLE = re.compile(r"^example (\S+)")
_DO = "change the draft so that what is listed holds, then check it again; the policy stays as it was"


@dataclass(frozen=True, slots=True)
class Checked:
    """A version that may be used, and what it changes."""

    before: Policy
    policy: Policy
    changes: tuple[TableChange, ...]


def newest(shelf: PolicyShelf) -> Policy:
    """The version a force's next one follows on: the last of the newest edition, in force yet or not."""
    return tuple(shelf)[-1]


def check_draft(shelf: PolicyShelf, draft: Mapping[str, Json]) -> Checked:
    """Try a draft that is not signed yet, under a key made for this and forgotten.

    Raises:
        PolicyRefused: it may not be used; every reason, with the example that breaks.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return apply_overlay(shelf, sign_overlay(draft, key), [key.public_key()])[1]


def apply_overlay(
    shelf: PolicyShelf, signed: bytes, trusted: Sequence["Ed25519PublicKey"]
) -> tuple[PolicyShelf, Checked]:
    """The shelf with one more signed version on it.

    Raises:
        PolicyRefused: it may not be used, also because nobody trusted has signed it.
    """
    before = newest(shelf)
    try:
        more = shelf.with_overlays([signed], trusted)
    except OverlayRefused as refused:
        lines = _with_facts(refused.what.splitlines())
        raise PolicyRefused.of(lines, where=f"a version to follow {before.id}", do=_DO) from refused
    policy = newest(more)
    breaches = check_policy(policy)
    if breaches:
        lines = [f"unsafe: {breach.line()}" for breach in breaches]
        raise PolicyRefused.of(lines, where=f"a version to follow {before.id}", do=_DO)
    return more, Checked(before, policy, compare_tables(before.edition.tables, policy.edition.tables))


def _with_facts(lines: Sequence[str]) -> list[str]:
    """The rulebook's lines; where one says that an example of a packaged edition breaks, the facts of it too."""
    if not any(_EXAMPLE.search(line) for line in lines):
        return list(lines)
    facts: dict[str, str] = {}
    for path in sorted(PACKAGED.glob(f"*/{EDITION}")):
        edition = load_edition(path.parent, Faults())
        for example in edition.examples if edition else ():
            facts[example.id] = ", ".join(f"{name}={write_value(fact)}" for name, fact in example.facts.items())
    return [_EXAMPLE.sub(lambda m: f"{m[0]} ({facts[m[1]]})" if m[1] in facts else m[0], line) for line in lines]
