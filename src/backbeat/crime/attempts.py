"""Which entry of the offence list is the attempt at which: read off the words of the list itself."""

from collections.abc import Mapping

from backbeat.crime.ladder import Lists
from backbeat.crime.model import Offence

__all__ = ["Attempts"]

_PREFIX = "attempted "


class Attempts:
    """Attempts that the list prints as `Attempted` and then the very words of the crime done, or of its class."""

    def __init__(self, rows: Lists) -> None:
        self._texts: dict[tuple[str, str], set[str]] = {}
        self._titles: dict[str, str] = {}
        for row in rows("offences"):
            self._texts.setdefault((row["code"], row["class"]), set()).add(row["offence"].casefold())
            self._titles[row["class"]] = _title(row)

    def completed(self, first: Offence, second: Offence) -> Offence | None:
        """Of a crime and the attempt at it with the same maximum, the one that was done; None for any other two."""
        if first.max_days is None or first.max_days != second.max_days:
            return None
        if self._attempts_at(second, first):
            return first
        return second if self._attempts_at(first, second) else None

    def _attempts_at(self, one: Offence, other: Offence) -> bool:
        tried, done = self._texts.get((one.code, one.class_)), self._texts.get((other.code, other.class_))
        if not tried or not done:
            return False
        if tried == {_PREFIX + text for text in done}:
            return True
        return tried == done and self._titles[one.class_] == _PREFIX + self._titles[other.class_]


def _title(row: Mapping[str, str]) -> str:
    """`28J Attempted Residential Burglary of a Home` without the class."""
    return row["category"].removeprefix(row["class"]).strip().casefold()
