"""Reduced ordered decision diagrams over the classes of a table's inputs.

A table is compiled into one once. In a reduced ordered diagram a function is constant exactly when it is one terminal,
and depends on an input exactly when that input labels a node. That makes "decided under every completion" and "could
change the outcome" exact, without enumerating completions.

A reference is an int: node `r` where r >= 0, terminal `t` as `-1 - t`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["MAX_NODES", "Diagram", "Open", "TooEntangled", "label", "terminal"]

MAX_NODES = 200_000
"""A table that needs more is refused at load; exactness is not traded away silently."""


class TooEntangled(ValueError):
    """The table would need more than MAX_NODES nodes."""


@dataclass(frozen=True, slots=True)
class Open:
    """What is left of a function once some inputs are known."""

    labels: frozenset[int]
    """Terminals that some completion reaches."""
    inputs: frozenset[int]
    """Inputs on which it still depends."""


def terminal(label_: int) -> int:
    """The reference of a terminal."""
    return -1 - label_


def label(reference: int) -> int:
    """The label of a terminal's reference."""
    return -1 - reference


class Diagram:
    """A store of shared nodes over inputs 0..n-1 with the given numbers of classes."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = tuple(sizes)
        self._nodes: list[tuple[int, tuple[int, ...]]] = []
        self._unique: dict[tuple[int, tuple[int, ...]], int] = {}

    def box(self, cells: Sequence[tuple[int, int]], inside: int, outside: int) -> int:
        """The function that is `inside` where every (input, mask) holds, else `outside` (references)."""
        reference = inside
        for variable, mask in sorted(cells, reverse=True):
            kids = tuple(reference if mask >> i & 1 else outside for i in range(self._sizes[variable]))
            reference = self._node(variable, kids)
        return reference

    def combine(self, left: int, right: int, join: Callable[[int, int], int | None]) -> int:
        """Point by point `join(left, right)`; join returns None while it cannot say from the references alone."""
        memo: dict[tuple[int, int], int] = {}

        def walk(a: int, b: int) -> int:
            done = join(a, b)
            if done is not None:
                return done
            if (a, b) in memo:
                return memo[a, b]
            top = min(self._nodes[r][0] for r in (a, b) if r >= 0)
            size = self._sizes[top]
            kids = zip(self._kids(a, top, size), self._kids(b, top, size), strict=True)
            memo[a, b] = made = self._node(top, tuple(walk(x, y) for x, y in kids))
            return made

        return walk(left, right)

    def relabel(self, root: int, labels: Sequence[int]) -> int:
        """The same function with terminal t renamed to labels[t]."""
        memo: dict[int, int] = {}

        def walk(reference: int) -> int:
            if reference < 0:
                return terminal(labels[label(reference)])
            if reference not in memo:
                variable, kids = self._nodes[reference]
                memo[reference] = self._node(variable, tuple(walk(kid) for kid in kids))
            return memo[reference]

        return walk(root)

    def restrict(self, root: int, known: Sequence[int | None]) -> Open:
        """Fix inputs to classes; `known[i]` is None where input i is open."""
        memo: dict[int, int] = {}
        unique: dict[tuple[int, tuple[int, ...]], int] = {}
        labels: set[int] = set()
        nodes = self._nodes

        def walk(reference: int) -> int:
            while reference >= 0:
                variable, kids = nodes[reference]
                fixed = known[variable]
                if fixed is None:
                    break
                reference = kids[fixed]
            else:
                labels.add(-1 - reference)
                return reference
            done = memo.get(reference)
            if done is None:
                made = tuple([walk(kid) for kid in kids])
                first = made[0]
                # Every node made here is reachable from the root, so the inputs of `unique` are the support.
                done = first if made.count(first) == len(made) else unique.setdefault((variable, made), len(unique))
                memo[reference] = done
            return done

        walk(root)
        return Open(frozenset(labels), frozenset(variable for variable, _ in unique))

    def _node(self, variable: int, kids: tuple[int, ...]) -> int:
        if kids.count(kids[0]) == len(kids):
            return kids[0]
        key = (variable, kids)
        reference = self._unique.get(key)
        if reference is None:
            reference = len(self._nodes)
            if reference >= MAX_NODES:
                raise TooEntangled
            self._nodes.append(key)
            self._unique[key] = reference
        return reference

    def _kids(self, reference: int, variable: int, size: int) -> tuple[int, ...]:
        if reference >= 0 and self._nodes[reference][0] == variable:
            return self._nodes[reference][1]
        return (reference,) * size
