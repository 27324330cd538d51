"""Deciding with facts nobody has given yet: every way they could turn out is tried; what all agree on is certain.

*Unknown never counts as no.* A run of the decision asks for facts by key; those not given are supposed. The runs
together cover every combination of the facts that were asked for, and no other.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from backbeat.rulebook import NO, YES, Fact

__all__ = ["MOST_WAYS", "Key", "Leaf", "Suppositions", "every_way", "relevant"]

MOST_WAYS = 128
"""Ways tried at most, so seven open facts of weight; with more of them the first must be answered first."""

R = TypeVar("R")


class Key(NamedTuple):
    """A yes-or-no fact nobody has given."""

    about: str
    """As in `Question.about`: `report`, `allegation:a1`, `recorded:R1`."""
    fact: str
    type: str = "tri"
    """Type of the fact the person is asked for; the supposition is always yes or no."""


class Suppositions:
    """Facts as given, else as supposed. What was not supposed beforehand is supposed to be no, and remembered."""

    __slots__ = ("_beforehand", "made")

    def __init__(self, beforehand: Mapping[Key, bool]) -> None:
        self._beforehand = beforehand
        self.made: dict[Key, bool] = {}

    def holds(self, key: Key, *facts: Mapping[str, Fact]) -> bool:
        """Whether the fact is yes; the first mapping that has it decides, and where it says unknown it is supposed."""
        for given in facts:
            value = given.get(key.fact)
            if value is not None:
                if value is YES:
                    return True
                if value is NO:
                    return False
                break
        return self.suppose(key)

    def suppose(self, key: Key) -> bool:
        """A fact known not to be given."""
        if key not in self.made:
            self.made[key] = self._beforehand.get(key, False)
        return self.made[key]


class Leaf(NamedTuple, Generic[R]):
    """One way the open facts could turn out, and what would be decided then."""

    supposed: Mapping[Key, bool]
    result: R


def every_way(run: Callable[[Suppositions], R], most: int = MOST_WAYS) -> tuple[tuple[Leaf[R], ...], bool]:
    """Every way, the one that supposes only noes first; and whether they are all (at most `most` are tried)."""
    leaves: list[Leaf[R]] = []
    pending: deque[dict[Key, bool]] = deque([{}])
    complete = True
    while pending:
        beforehand = pending.popleft()
        made = Suppositions(beforehand)
        result = run(made)
        leaves.append(Leaf(made.made, result))
        settled = dict(beforehand)
        for key in made.made:
            if key in beforehand:
                continue
            if len(leaves) + len(pending) >= most:
                complete = False
                break
            pending.append({**settled, key: True})
            settled[key] = False
    return tuple(leaves), complete


def relevant(leaves: Sequence[Leaf[R]], weigh: Callable[[R], object]) -> tuple[Key, ...]:
    """Facts that alone can change the decision, some way the others turn out; in the order they were asked for.

    Args:
        leaves: every way.
        weigh: what of a result must be equal for two results to come to the same.
    """
    weighed = [(leaf.supposed, weigh(leaf.result)) for leaf in leaves]
    asked = dict.fromkeys(key for supposed, _ in weighed for key in supposed)
    found: set[Key] = set()
    for i, (one, mine) in enumerate(weighed):
        for other, theirs in weighed[i + 1 :]:
            if mine == theirs:
                continue
            apart = [key for key, value in one.items() if other.get(key, value) is not value]
            if len(apart) == 1:
                found.add(apart[0])
        if len(found) == len(asked):
            break
    return tuple(key for key in asked if key in found)
