"""One series of crimes over several forces: the force of the most recent principal crime records it (rules p16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backbeat.crime.grouping import Piece
from backbeat.crime.principal import OffenceKey

__all__ = ["Series", "series_of"]


@dataclass(frozen=True, slots=True)
class Series:
    """Crimes between one victim and the same offenders whose allegations name more than one force."""

    allegations: tuple[str, ...]
    """All of them; the crime counted rests on one of these."""
    principal: tuple[str, ...]
    """Allegations of the principal offence."""
    force: str | None
    """Force in whose area the most recent of those happened; None while that cannot be said."""
    undated: tuple[str, ...]
    """Allegations of the principal offence whose day, or force, would have to be known to say it."""


def series_of(pieces: Sequence[Piece], winner: OffenceKey) -> Series | None:
    """The series that the pieces of a group are, if they name more than one force."""
    if len({piece.allegation.force for piece in pieces if piece.allegation.force is not None}) < 2:
        return None
    principal = [piece.allegation for piece in pieces if piece.key == winner]
    everyone = tuple(sorted({piece.allegation.id for piece in pieces}))
    ids = tuple(sorted({one.id for one in principal}))
    forces = {one.force for one in principal}
    if len(forces) == 1:
        return Series(everyone, ids, principal[0].force, () if principal[0].force is not None else ids)
    undated = tuple(sorted({one.id for one in principal if one.force is None or (one.until or one.on) is None}))
    if undated:
        return Series(everyone, ids, None, undated)
    last = max((one.until or one.on or date.min) for one in principal)
    latest = {one.force for one in principal if (one.until or one.on) == last}
    return Series(everyone, ids, latest.pop() if len(latest) == 1 else None, ids if len(latest) > 1 else ())
