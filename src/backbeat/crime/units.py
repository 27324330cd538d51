"""What one crime of a class is counted by: the general rule of each class (list `units`)."""

from dataclasses import dataclass

from backbeat.crime.ladder import Lists, source_of
from backbeat.crime.model import Offence, Source
from backbeat.errors import Bug

__all__ = ["PER_OFFENDER", "PER_PLACE", "PER_VICTIM", "Unit", "Units"]

PER_OFFENDER = frozenset({"offender", "offender-group"})
"""Counted by those who did it, also where it has victims."""
PER_PLACE = frozenset({"building", "shop-unit", "incident"})
"""Counted by where, or by the happening, whoever was wronged there."""
PER_VICTIM = frozenset(
    {"victim", "victim-or-one", "victim-or-offender-group", "child", "death", "recipient", "owner", "vehicle-owner"}
    | {"business", "penetrator", "household", "family-owner"}
)
"""Counted by those wronged."""
_KNOWN = PER_OFFENDER | PER_PLACE | PER_VICTIM | {"victim-offender"}


@dataclass(frozen=True, slots=True)
class Unit:
    """How one class is counted."""

    word: str
    """`victim`, `household`, `offender-group` ..."""
    text: str
    """The general rule as printed."""
    source: Source
    own: bool
    """Whether the class prints the rule, alone or with others; otherwise page 12 holds."""
    of: str
    """Class, or class and code, that it is the rule of."""


class Units:
    """Units of one edition."""

    def __init__(self, rows: Lists) -> None:
        self._units: dict[tuple[str, str], Unit] = {}
        for row in rows("units"):
            if row["unit"] not in _KNOWN:
                raise Bug(f"unit {row['unit']} of class {row['class']} is none the engine counts by")
            source = source_of(row)
            of = " ".join(filter(None, (row["class"], row["code"])))
            unit = Unit(row["unit"], row["text"], source, source != Source("rules", "12"), of)
            self._units[row["class"], row["code"]] = unit
        self._undefined = _undefined_of(rows, self._units)
        self._titles = {row["class"]: row["category"] for row in rows("offences")}

    def of(self, offence: Offence) -> Unit:
        """The unit of an offence: of its code where the class has one for it, else of its class.

        Raises:
            Bug: the edition has none; a check of the edition keeps this from happening.
        """
        unit = self._units.get((offence.class_, offence.code)) or self._units.get((offence.class_, ""))
        if unit is None:
            raise Bug(f"class {offence.class_} has no unit in the edition")
        return unit

    def title(self, class_: str) -> str:
        """A class as the offence list heads it: `19J Rape of a female - multiple undefined offenders`."""
        return self._titles[class_]

    def is_undefined(self, offence: Offence) -> bool:
        """Whether it is the rape by offenders who cannot be told apart itself."""
        return self._undefined.get(offence.code) == offence.class_

    def undefined(self, offence: Offence) -> str | None:
        """The class that takes all undefined offenders of a rape (19J, 19K; p62); None for other offences."""
        return self._undefined.get(offence.code) if self.of(offence).word == "penetrator" else None


def _undefined_of(rows: Lists, units: dict[tuple[str, str], Unit]) -> dict[str, str]:
    """By code, the class of rape that is counted by victim: all others are counted by each who penetrated."""
    rapes = {row["selector"] for row in rows("sets") if row["set"] == "rape"}
    whole = {class_ for class_ in rapes if (class_, "") in units and units[class_, ""].word != "penetrator"}
    return {row["code"]: row["class"] for row in rows("offences") if row["class"] in whole}
