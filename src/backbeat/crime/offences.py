"""The notifiable offences of one edition: finding one, whether it was in force, and the named sets it belongs to.

A Home Office code is no key. 26 codes stand in several classes, and some pairs of code and class stand for several
lines of the list. Where those lines count alike (same basis, mode and maximum sentence) they are one `Offence`; where
they differ, a person has to say which is meant, and gets an `OffenceChoice`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from backbeat.crime.errors import RepealedOffence, UnknownOffence
from backbeat.crime.model import Basis, Offence, Source
from backbeat.errors import Bug

__all__ = ["OffenceChoice", "Offences"]

Pair = tuple[str, str]
"""Code and class."""

_NONE: frozenset[str] = frozenset()
_CODE, _CLASS = re.compile(r"\d{1,3}/\d{1,3}"), re.compile(r"[0-9A-Za-z/]{1,8}")


@dataclass(frozen=True, slots=True)
class OffenceChoice:
    """Several lines of the list under one code and class that do not count alike: the recorder is asked which."""

    code: str
    class_: str
    candidates: tuple[Offence, ...]
    """At least two, in the order of the list, each with a text of its own that finds it."""


class Offences:
    """The offence list of an edition, with its named sets. Immutable once made."""

    def __init__(self, rows: Iterable[Mapping[str, str]], sets: Iterable[Mapping[str, str]]) -> None:
        """Rows of the lists `offences` and `sets`.

        Raises:
            Bug: a set names an offence or a class that the list does not have.
        """
        lines: dict[Pair, list[Offence]] = defaultdict(list)
        self._sources: dict[Offence, Source] = {}
        self._classes: dict[str, list[str]] = {}
        for (code, class_), group in _grouped(rows).items():
            for row, text in zip(group, _texts(group), strict=True):
                line = _offence(row, text)
                lines[code, class_].append(line)
                self._sources[line] = Source(row["document"], row["page"])
            self._classes.setdefault(code, []).append(class_)
        self.listed: tuple[Offence, ...] = tuple(self._sources)
        """Every line of the list, in its order by code and class, each with a text that finds it."""
        self._found = {pair: _merged(_current_first(group)) for pair, group in lines.items()}
        self._by_text = dict(_by_text(lines))
        self._sets, self._sets_of = _read_sets(sets, self._found)

    def find(self, code: str, class_: str, text: str = "") -> Offence | OffenceChoice:
        """The offence under a code and class. `text` picks a line where there are several; case does not matter.

        Without a text, lines in force come before repealed ones.

        Raises:
            UnknownOffence: there is none; the message names the field at fault and what comes near.
        """
        found = self._by_text.get((code, class_, _folded(text))) if text else self._found.get((code, class_))
        if found is None:
            raise self._unknown(code, class_)
        return found

    def require_in_force(self, found: Offence | OffenceChoice, on: date | None) -> None:
        """Refuse an offence that could not be committed on the day; None: the day is not known.

        Raises:
            RepealedOffence: no line was in force; a repealed one is accepted only for a day before its end.
        """
        lines = found.candidates if isinstance(found, OffenceChoice) else (found,)
        if any(self.in_force(line, on) for line in lines):
            return
        ends = [line.ceased for line in lines if line.ceased is not None]
        since = f"since {max(ends).isoformat()}" if ends else "and the list does not say since when"
        do = "name the offence that has taken its place"
        raise RepealedOffence(
            f"{found.class_} {found.code} is no longer in force, {since}.",
            where="field offence, code; the notifiable offence list, columns Current and Cessation date",
            do=f"give the day it was committed if that was before, else {do}" if ends else do,
        )

    def in_force(self, offence: Offence, on: date | None) -> bool:
        """Whether it could be committed on the day; without a day, whether it is current.

        When an offence began the list says of some only, and for others it gives the day of an amendment instead, so
        that a beginning is never held against a report.
        """
        return offence.current or (on is not None and offence.ceased is not None and on < offence.ceased)

    def matches(self, offence: Offence, selector: str) -> bool:
        """Whether a selector covers it: `8N`, `008/06 8N`, `@conduct`, or `*` for every offence.

        Raises:
            Bug: the edition has no set of that name.
        """
        if selector[0] != "@":
            return selector in (offence.class_, f"{offence.code} {offence.class_}", "*")
        if selector[1:] in self._sets_of.get((offence.code, offence.class_), _NONE):
            return True
        if selector[1:] not in self._sets:
            raise Bug(f"the edition has no set of offences named {selector[1:]}")
        return False

    def sets_of(self, offence: Offence) -> frozenset[str]:
        """Names of all sets it belongs to."""
        return self._sets_of.get((offence.code, offence.class_), _NONE)

    @property
    def sets(self) -> frozenset[str]:
        """Names of the sets the edition has."""
        return self._sets

    def classes_of(self, code: str) -> tuple[str, ...]:
        """Classes that hold a code, in the order of the list."""
        return tuple(self._classes.get(code, ()))

    def source_of(self, offence: Offence) -> Source:
        """Where it stands in the list; for several lines that count alike, the first of them."""
        if offence in self._sources:
            return self._sources[offence]
        return next(self._sources[line] for line in self.listed if line.label == offence.label)

    def _unknown(self, code: str, class_: str) -> UnknownOffence:
        # What was given comes from outside; only what looks like a code or a class is repeated.
        named = code if _CODE.fullmatch(code) else "so written"
        if (code, class_) in self._found:
            return UnknownOffence(
                f"{class_} {code} stands in the offence list, but not with these words.",
                where="field offence, offence",
                do="leave the words out to see the lines of this code and class, and give one of them as it stands",
            )
        if code in self._classes:
            held = ", ".join(self._classes[code])
            shown = f"class {class_}" if _CLASS.fullmatch(class_) else "the class given"
            return UnknownOffence(
                f"Code {code} does not stand in {shown}; it stands in {held}.",
                where="field offence, class",
                do="give a class that holds the code: the same number counts differently in each",
            )
        near = self._near(code)
        return UnknownOffence(
            f"The offence list has no code {named}.",
            where="field offence, code",
            do=f"give a code of the list, such as {', '.join(near)}" if near else "give a code of the list: 008/06",
        )

    def _near(self, code: str) -> list[str]:
        number, _, suffix = code.partition("/")
        padded = f"{number.zfill(3)}/{suffix.zfill(2)}"
        return [padded] if padded in self._classes else get_close_matches(padded, self._classes, n=3, cutoff=0.8)


def _grouped(rows: Iterable[Mapping[str, str]]) -> dict[Pair, list[Mapping[str, str]]]:
    groups: dict[Pair, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row["code"], row["class"]].append(row)
    return groups


def _texts(group: Sequence[Mapping[str, str]]) -> list[str]:
    """A text for each line that no other of the group has: the offence, with its act and section where needed."""
    ways = [
        [row["offence"] for row in group],
        [f"{row['offence']} ({row['act']})" for row in group],
        [f"{row['offence']} ({row['act']}, {row['section']})" for row in group],
    ]
    counts = [Counter(map(_folded, way)) for way in ways]
    return [
        next((way[at] for way, count in zip(ways, counts, strict=True) if count[_folded(way[at])] == 1), ways[-1][at])
        for at in range(len(group))
    ]


def _offence(row: Mapping[str, str], text: str) -> Offence:
    return Offence(
        code=row["code"],
        class_=row["class"],
        text=text,
        basis=Basis(row["basis"]),
        mode=row["mode"],
        max_sentence=row["max_sentence"],
        max_days=int(row["max_days"]) if row["max_days"] else None,
        group=row["group"],
        category=row["category"],
        act=row["act"],
        section=row["section"],
        current=row["current"] == "yes",
        ceased=date.fromisoformat(row["ceased"]) if row["ceased"] else None,
    )


def _current_first(group: list[Offence]) -> list[Offence]:
    return [line for line in group if line.current] or group


def _merged(group: Sequence[Offence]) -> Offence | OffenceChoice:
    """One offence if all its lines count alike, else the choice between them."""
    first = group[0]
    if len(group) == 1:
        return first
    ends = {line.ceased for line in group}
    if len({(line.basis, line.mode, line.max_days, line.current) for line in group}) == 1 and len(ends) == 1:
        return replace(first, text="", act="", section="")
    return OffenceChoice(first.code, first.class_, tuple(group))


def _by_text(lines: Mapping[Pair, list[Offence]]) -> Iterable[tuple[tuple[str, str, str], Offence | OffenceChoice]]:
    """Every text that finds a line: its own, and the bare words of the offence, which several may share."""
    for (code, class_), group in lines.items():
        sharing: dict[str, list[Offence]] = defaultdict(list)
        for line in group:
            act = f" ({line.act}"
            bare = line.text.partition(act)[0] if line.act and act in line.text else line.text
            sharing[_folded(bare)].append(line)
        for text, shared in sharing.items():
            yield (code, class_, text), _merged(_current_first(shared))
        for line in group:
            yield (code, class_, _folded(line.text)), line


def _read_sets(
    rows: Iterable[Mapping[str, str]], found: Mapping[Pair, object]
) -> tuple[frozenset[str], dict[Pair, frozenset[str]]]:
    of_pair: dict[Pair, set[str]] = defaultdict(set)
    names = set()
    for row in rows:
        names.add(row["set"])
        code, _, class_ = row["selector"].rpartition(" ")
        covered = [pair for pair in found if pair[1] == class_ and code in ("", pair[0])]
        if not covered:
            raise Bug(f"set {row['set']} names {row['selector']}, which the offence list does not have")
        for pair in covered:
            of_pair[pair].add(row["set"])
    return frozenset(names), {pair: frozenset(sets) for pair, sets in of_pair.items()}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
