"""What a sample of an audit found, added up: over- and under-recording, classes, how far the rate can be trusted."""

from collections.abc import Iterable
from dataclasses import dataclass

from backbeat.errors import Bug
from backbeat.proportions import Interval, clopper_pearson, wilson

__all__ = ["Checked", "Tally", "tally"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a reviewer found in one report of a sample."""

    recorded: int
    """Crimes that stand recorded, >= 0."""
    should: int
    """Crimes that should stand recorded, >= 0."""
    class_right: bool = True
    """Whether every class is the right one."""

    def __post_init__(self) -> None:
        if self.recorded < 0 or self.should < 0:
            raise Bug("a count of crimes is never negative")

    @property
    def over(self) -> int:
        """Crimes too many."""
        return max(0, self.recorded - self.should)

    @property
    def under(self) -> int:
        """Crimes too few."""
        return max(0, self.should - self.recorded)

    @property
    def wrong(self) -> bool:
        """Whether the report counts as an error."""
        return bool(self.over or self.under or not self.class_right)


@dataclass(frozen=True, slots=True)
class Tally:
    """The result of a sample. Over- and under-recording never cancel out: each is counted apart."""

    items: int
    errors: int
    wrong_class: int
    over_items: int
    over_crimes: int
    under_items: int
    under_crimes: int
    recorded: int
    should: int

    @property
    def rate(self) -> float | None:
        """Share of reports in error; None while nothing is checked."""
        return self.errors / self.items if self.items else None

    @property
    def wilson(self) -> Interval | None:
        """95 % interval of `rate` by Wilson's score; None while nothing is checked."""
        return wilson(self.errors, self.items) if self.items else None

    @property
    def exact(self) -> Interval | None:
        """95 % interval of `rate` by Clopper and Pearson, never too narrow; None while nothing is checked."""
        return clopper_pearson(self.errors, self.items) if self.items else None

    @property
    def accuracy(self) -> float | None:
        """Of the crimes that should be recorded, the share that is: what inspectors publish. None without any."""
        return (self.should - self.under_crimes) / self.should if self.should else None


def tally(checked: Iterable[Checked]) -> Tally:
    """Everything found so far, added up."""
    found = list(checked)
    return Tally(
        items=len(found),
        errors=sum(item.wrong for item in found),
        wrong_class=sum(not item.class_right for item in found),
        over_items=sum(item.over > 0 for item in found),
        over_crimes=sum(item.over for item in found),
        under_items=sum(item.under > 0 for item in found),
        under_crimes=sum(item.under for item in found),
        recorded=sum(item.recorded for item in found),
        should=sum(item.should for item in found),
    )
