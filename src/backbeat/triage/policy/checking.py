"""Whether a force's version of the policy may be used: tried whole before anybody signs it, and again when loaded.

Three things are asked of it. It touches no locked table and fits the version before it (the rulebook sees to that),
every example of the edition comes out as it must, and the safety properties hold (`backbeat.triage.safety`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backbeat.canonical import Json
from backbeat.rulebook import OverlayRefused, sign_overlay
from backbeat.triage.policies import Policy, PolicyShelf
from backbeat.triage.policy.diffing import TableChange, compare_tables
from backbeat.triage.policy.errors import PolicyRefused
from backbeat.triage.safety import check_policy

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["Checked", "apply_overlay", "check_draft", "newest"]

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
        raise PolicyRefused(refused.what, where=f"a version to follow {before.id}", do=_DO) from refused
    policy = newest(more)
    breaches = check_policy(policy)
    if breaches:
        lines = [f"unsafe: {breach.line()}" for breach in breaches]
        raise PolicyRefused.of(lines, where=f"a version to follow {before.id}", do=_DO)
    return more, Checked(before, policy, compare_tables(before.edition.tables, policy.edition.tables))
