"""What an allegation could still turn out to be, while that is open or with the registrar."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from backbeat.crime.model import Allegation, Classified, Offence
from backbeat.crime.offences import OffenceChoice
from backbeat.crime.rules import Rules
from backbeat.rulebook import Result, Value

__all__ = ["could_be", "lines_of", "named_in", "parts_of_list"]


def could_be(rules: Rules, allegation: Allegation, classified: Classified) -> tuple[Offence, ...]:
    """Every offence it could turn out to be, lines that weigh alike once; none where nothing is known of it."""
    if classified.offence is not None:
        return (classified.offence,)
    labels: dict[str, None] = {}
    if classified.referral is not None:
        labels = dict.fromkeys(one.label for one in classified.referral.candidates)
    else:
        if (named := allegation.named) is not None:
            labels[f"{named.class_} {named.code}"] = None
        for why in classified.why:
            if isinstance(why, Result):
                labels |= dict.fromkeys(_still_possible(why))
    found: dict[tuple[str, str, int | None], Offence] = {}
    for offence in (line for label in labels for line in lines_of(rules, label)):
        found.setdefault((offence.code, offence.class_, offence.max_days), offence)
    return tuple(found.values())


@lru_cache(maxsize=1024)
def lines_of(rules: Rules, label: str) -> tuple[Offence, ...]:
    """The lines of the offence list under `8N 008/06`; none where the label is no offence but a way to go on."""
    class_, _, code = label.partition(" ")
    if class_ not in rules.offences.classes_of(code):
        return ()
    found = rules.offences.find(code, class_)
    return found.candidates if isinstance(found, OffenceChoice) else (found,)


def named_in(outputs: Mapping[str, Value]) -> tuple[str, ...]:
    """What a row of a classification table names, as `CLASS CODE`: its offence, or the candidates it refers."""
    if outputs["code"]:
        return (f"{outputs['class']} {outputs['code']}",)
    labels = []
    for candidate in parts_of_list(outputs["candidates"]):
        code, _, class_ = candidate.rpartition(" ")
        labels.append(f"{class_} {code}" if code else candidate)
    return tuple(labels)


def parts_of_list(value: Value) -> tuple[str, ...]:
    """The parts of an output that lists several, `a|b`; none for an empty one."""
    return tuple(part.strip() for part in str(value).split("|")) if value else ()


def _still_possible(why: Result) -> Iterable[str]:
    """What the rows of a classification table that may still prevail name; nothing of any other table."""
    table = why.edition.tables[why.table]
    names = [output.name for output in table.outputs]
    if not {"code", "class", "candidates"} <= set(names):
        return
    for index in (*why.answered.fired, *why.answered.possible):
        yield from named_in(dict(zip(names, table.row_at(index).outputs, strict=True)))
