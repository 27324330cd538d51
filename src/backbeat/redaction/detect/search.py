"""All detectors over one document, merged into one row of mentions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from backbeat.redaction.detect.addresses import find_addresses
from backbeat.redaction.detect.cells import find_in_columns, split_at_cells
from backbeat.redaction.detect.dates import find_births
from backbeat.redaction.detect.identifiers import find_identifiers
from backbeat.redaction.detect.merge import merge, widen
from backbeat.redaction.detect.ordinary import is_ordinary, ordinary_words
from backbeat.redaction.detect.phones import find_phones
from backbeat.redaction.detect.places import locate
from backbeat.redaction.detect.propagate import propagate
from backbeat.redaction.detect.register import RegisterMatcher
from backbeat.redaction.detect.titles import find_titled
from backbeat.redaction.detect.view import View
from backbeat.redaction.model import Document, Mention, Person

__all__ = ["detect"]


def detect(document: Document, people: Sequence[Person], *, use_model: bool = True) -> tuple[Mention, ...]:
    """Every mention in a document: sorted by start, none overlapping, page and boxes filled where there are pages.

    The same document, people and versions give the same mentions. Without the model (`use_model=False`) names and
    places that no rule and no register knows are not found.
    """
    if not document.text.strip():
        return ()
    view = View.of(document.text)
    proposals = list(_proposals(document, view, people, use_model=use_model))
    mentions = merge(document.text, split_at_cells(document, (widen(document.text, m) for m in proposals)))
    again = [widen(document.text, m) for m in propagate(view, mentions)]
    mentions = merge(document.text, split_at_cells(document, [*mentions, *again]))
    return tuple(_placed(document, mention) for mention in mentions)


def _proposals(document: Document, view: View, people: Sequence[Person], *, use_model: bool) -> Iterator[Mention]:
    if people:
        yield from _matcher(tuple(map(_frozen, people))).find(view)
    yield from find_in_columns(document)
    yield from find_identifiers(view)
    yield from find_phones(view)
    yield from find_births(view)
    yield from find_addresses(view)
    yield from find_titled(view)
    if use_model:
        # the one heavy import of this desk: asked for only when the model is wanted
        from backbeat.redaction.detect.entities import find_entities

        usual = ordinary_words(view)
        yield from (m for m in find_entities(view) if not is_ordinary(m.text, usual))


class _Frozen:
    """A person as a dictionary key (its attributes are a mapping), so that a register is prepared once per case."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._key = (person.id, person.names, person.aliases, person.role, tuple(sorted(person.attributes.items())))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and self._key == other._key


def _frozen(person: Person) -> _Frozen:
    return _Frozen(person)


@lru_cache(maxsize=8)
def _matcher(people: tuple[_Frozen, ...]) -> RegisterMatcher:
    return RegisterMatcher([entry.person for entry in people])


def _placed(document: Document, mention: Mention) -> Mention:
    page, boxes = locate(document, mention.start, mention.end)
    return replace(mention, page=page, boxes=boxes)
