"""What can be proposed under an edition, and the words each is found by."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backbeat.crime.assist.words import words_of
from backbeat.crime.model import Offence, Source
from backbeat.crime.rules import Act, Rules

__all__ = ["Entry", "entries_of", "offences_by_act", "phrases_of", "rows_of"]

Pair = tuple[str, str]
"""Code and class."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An act or one line of the offence list, with the text it is found by."""

    act: Act | None
    offence: Offence | None
    everyday: str
    """Everyday words written for it, one after the other."""
    title: str
    category: str
    law: str
    body: str
    """For an act: what its table asks and says of its rows."""
    source: Source

    @property
    def key(self) -> Pair:
        """Code and class of an offence; the act's id and nothing for an act."""
        if self.offence is not None:
            return self.offence.code, self.offence.class_
        return (self.act.id if self.act is not None else "", "")


def rows_of(rules: Rules, list_id: str) -> tuple[Mapping[str, str], ...]:
    """Rows of a list that helps the search; none where the edition was written without it."""
    return rules.rows(list_id) if list_id in rules.edition.lists else ()


def entries_of(rules: Rules) -> tuple[Entry, ...]:
    """Every act, then every current line of the offence list."""
    everyday: dict[Pair, list[str]] = defaultdict(list)
    for row in rows_of(rules, "everyday_words"):
        everyday[row["act"] or row["code"], row["class"]].extend(row["words"].split("|"))
    acts = [
        Entry(
            act,
            None,
            everyday=" , ".join(everyday[act.id, ""]),
            title=act.title,
            category=act.group,
            law="",
            body=_body(rules, act),
            source=act.source,
        )
        for act in rules.acts.values()
    ]
    offences = [
        Entry(
            None,
            offence,
            everyday=" , ".join(everyday[offence.code, offence.class_]),
            title=offence.text,
            category=offence.category,
            law=f"{offence.act} {offence.section}",
            body="",
            source=rules.offences.source_of(offence),
        )
        for offence in rules.offences.listed
        if offence.current
    ]
    return (*acts, *offences)


def offences_by_act(rules: Rules) -> Mapping[str, tuple[Pair, ...]]:
    """Every code and class the table of an act may come out at, candidates of a referral included."""
    found = {}
    for act in rules.acts.values():
        table = rules.edition.tables[act.table]
        at = {output.name: n for n, output in enumerate(table.outputs)}
        pairs: dict[Pair, None] = {}
        for row in table.rows:
            code, class_, candidates = (row.outputs[at[name]] for name in ("code", "class", "candidates"))
            if code and class_:
                pairs[str(code), str(class_)] = None
            for label in str(candidates or "").split("|"):
                named_code, _, named_class = label.partition(" ")
                if named_class:
                    pairs[named_code, named_class] = None
        found[act.id] = tuple(pairs)
    return found


def phrases_of(rules: Rules) -> Iterator[tuple[tuple[str, ...], str, Pair]]:
    """Each everyday expression: its stems, itself as it is written, and the key of the entry it stands for."""
    for row in rows_of(rules, "everyday_words"):
        key = (row["act"] or row["code"], row["class"])
        for phrase in row["words"].split("|"):
            yield tuple(word.stem for word in words_of(phrase)), phrase.strip(), key


def _body(rules: Rules, act: Act) -> str:
    table = rules.edition.tables[act.table]
    return " ".join([*(input_.question for input_ in table.inputs), *(row.why for row in table.rows)])
