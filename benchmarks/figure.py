"""What a benchmark reports, and how it is printed."""

import resource
from dataclasses import dataclass
from typing import Literal

__all__ = ["Figure", "peak_mebibytes"]


@dataclass(frozen=True)
class Figure:
    """One measured number against what it is held to."""

    claim: str
    """In words, e.g. `apply and verify, born-digital PDF`."""
    measured: float
    unit: str
    goal: float
    better: Literal["higher", "lower"]
    peer: str = ""
    """The peer measured in the same run, where the figure is a ratio."""

    @property
    def met(self) -> bool:
        return self.measured >= self.goal if self.better == "higher" else self.measured <= self.goal

    def line(self) -> str:
        sign = "≥" if self.better == "higher" else "≤"
        peer = f"  (peer: {self.peer})" if self.peer else ""
        verdict = "met " if self.met else "MISS"
        return f"{verdict}  {self.claim}: {self.measured:,.2f} {self.unit}, goal {sign} {self.goal:g}{peer}"


def peak_mebibytes() -> float:
    """Peak resident memory of this process so far, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
