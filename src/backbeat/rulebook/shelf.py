"""All editions of one family of rules, and which of them is in force on a day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from backbeat.errors import ConfigError, NoRuleForDate
from backbeat.rulebook.edition import Edition
from backbeat.rulebook.errors import OverlayRefused
from backbeat.rulebook.examples import Assurance, run_examples
from backbeat.rulebook.loading import EDITION, Loaded, load_edition
from backbeat.rulebook.sources import Faults, Fields, read_yaml

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["Shelf", "assure"]

PINS = "pins.yaml"
"""Optional beside the edition folders: edition id → hash it must have."""
_DO = "correct the rule files named above and load again"


class Shelf:
    """The editions of one family and their overlaid versions, by date. Made by `Shelf.load`."""

    def __init__(self, loaded: Sequence[Loaded]) -> None:
        # Stable: of two versions in force on a day the later in the chain comes later.
        self._loaded = tuple(sorted(loaded, key=lambda one: one.edition.valid_from))
        self._by_id = {one.edition.id: one.edition for one in self._loaded}

    @classmethod
    def load(cls, folder: Path) -> "Shelf":
        """Read every edition folder in `folder`, check them together, and run each edition's examples.

        Raises:
            ConfigError: every fault of every file at once.
        """
        faults = Faults()
        loaded = _read(folder, faults)
        for one in loaded:
            for found in run_examples(one.edition, one.examples):
                faults.under(f"{one.edition.id} examples.yaml").add(f"example {found.line()}")
        if faults.found:
            raise ConfigError.of(faults.found, where=f"rule folder {folder.name}", do=_DO)
        return cls(loaded)

    def with_overlays(self, overlays: Sequence[bytes], trusted: Sequence["Ed25519PublicKey"]) -> "Shelf":
        """A shelf on which the force's signed overlays are in force from their dates. Each follows on the one before.

        Raises:
            OverlayRefused: every fault of the first overlay that has any; those after it build on it.
        """
        from backbeat.rulebook.overlay import apply_overlay

        loaded = list(self._loaded)
        for number, data in enumerate(overlays, 1):
            faults = Faults()
            version = apply_overlay(data, loaded, trusted, faults)
            if version is None:
                raise OverlayRefused.of(
                    faults.found,
                    where=f"overlay {number} of {len(overlays)} on the rules {self._family}",
                    do="correct the overlay, have it signed again, and load it again; the rules stay as they were",
                )
            loaded.append(version)
        return Shelf(loaded)

    def __iter__(self) -> Iterator[Edition]:
        return (one.edition for one in self._loaded)

    def named(self, edition_id: str) -> Edition | None:
        """The edition or version with this id, whether or not it is still in force anywhere."""
        return self._by_id.get(edition_id)

    def on(self, day: date | None) -> Edition:
        """The edition, with the overlays that apply, in force on a day.

        Raises:
            NoRuleForDate: no day was given, or no edition is in force on it. Nothing is guessed.
        """
        if day is None or isinstance(day, datetime):
            raise NoRuleForDate(
                "No day was given, so no edition of the rules can be chosen.",
                where=f"rules {self._family}",
                do="give the day the rules are to be applied for, without a time",
            )
        for one in reversed(self._loaded):
            edition = one.edition
            if edition.valid_from <= day and (edition.valid_to is None or day <= edition.valid_to):
                return edition
        first, last = self._loaded[0].edition, self._loaded[-1].edition
        until = f" to {last.valid_to.isoformat()}" if last.valid_to else ""
        raise NoRuleForDate(
            f"No edition of the rules is in force on {day.isoformat()}.",
            where=f"rules {self._family}, which reach from {first.valid_from.isoformat()}{until}",
            do="check the date; if it is right, install the edition that covers it",
        )

    @property
    def _family(self) -> str:
        return self._loaded[0].edition.family


def assure(folder: Path) -> tuple[Assurance, ...]:
    """Run the examples of one edition folder, or of every edition in a shelf folder; empty when all pass.

    Raises:
        ConfigError: the rules themselves are at fault, so that examples prove nothing.
    """
    faults = Faults()
    if (folder / EDITION).is_file():
        one = load_edition(folder, faults.under(folder.name))
        loaded = [one] if one else []
    else:
        loaded = _read(folder, faults)
    if faults.found:
        raise ConfigError.of(faults.found, where=f"rule folder {folder.name}", do=_DO)
    return tuple(found for one in loaded for found in run_examples(one.edition, one.examples))


def _read(folder: Path, faults: Faults) -> list[Loaded]:
    loaded: list[Loaded] = []
    if not folder.is_dir():
        faults.add("there is no such folder")
        return loaded
    whole = True
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in ("__pycache__", PINS):
            continue
        if not path.is_dir() or not (path / EDITION).is_file():
            faults.add(f"{path.name} is neither an edition folder nor {PINS}")
            continue
        one = load_edition(path, faults.under(path.name))
        whole = whole and one is not None
        if one is not None:
            loaded.append(one)
    if not loaded and whole:
        faults.add("holds no edition")
    _check_together([one.edition for one in loaded], faults, whole=whole)
    _check_pins(folder / PINS, [one.edition for one in loaded], faults, whole=whole)
    return loaded


def _check_together(editions: list[Edition], faults: Faults, *, whole: bool) -> None:
    """Ids, families and dates across editions. A gap is only reported where every edition could be read.

    An edition without a last day holds until the next begins: to write one into it would change its hash, and with it
    every decision that was made under it.
    """
    ids = [edition.id for edition in editions]
    for id_ in sorted({i for i in ids if ids.count(i) > 1}):
        faults.add(f"edition id {id_} is used twice")
    if len({edition.family for edition in editions}) > 1:
        faults.add("the editions belong to more than one family")
    in_order = sorted(editions, key=lambda edition: edition.valid_from)
    for earlier, later in pairwise(in_order):
        if earlier.valid_from == later.valid_from or (earlier.valid_to and earlier.valid_to >= later.valid_from):
            faults.add(f"editions {earlier.id} and {later.id} overlap in date")
        elif whole and earlier.valid_to and earlier.valid_to + timedelta(days=1) != later.valid_from:
            faults.add(f"there is a gap between editions {earlier.id} and {later.id}")


def _check_pins(path: Path, editions: list[Edition], faults: Faults, *, whole: bool) -> None:
    if not path.is_file():
        return
    about = faults.under(PINS)
    pins = Fields(read_yaml(path, about), about)
    for edition in editions:
        pinned = pins.text(edition.id, required=False)
        if pinned and pinned != edition.hash:
            about.add(f"edition {edition.id} does not have the hash it is pinned to")
    if whole:
        pins.done()
