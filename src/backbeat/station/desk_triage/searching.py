"""Related calls by person, place and number, found while somebody types.

Each word of a call is a row of its own, indexed; a search asks for words that begin with what was typed, so the time it
takes does not grow with the number of calls. Words are lower-case letters and digits only, which makes "begins with" a
range in every database's order of letters.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from backbeat.station.desk_triage.models import Call, CallWord

__all__ = ["Related", "key_of", "number_key", "related_calls", "remember_words"]

MOST = 8
WITHIN = timedelta(days=90)
LEAST = {"person": 2, "place": 3, "number": 4}
"""Characters to be typed before anything is looked for."""
_LONGEST = 40
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Related:
    """A call that shares words with what was typed."""

    call: Call
    by: tuple[str, ...]
    """Which of `person`, `place`, `number` fit."""
    exact: bool
    """Whether the whole number, or the whole person, is the same: most likely the same matter."""


def key_of(text: str) -> str:
    """`José  O'Neil` → `jose oneil`: the same for every way of writing it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return " ".join(_WORD.findall(plain))


def number_key(text: str) -> str:
    """`+44 7700 900123` → `07700900123`: digits only, as dialled at home."""
    digits = re.sub(r"\D", "", text)
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) > len(prefix) + 8:
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    return digits


def _keys(person: str, place: str, number: str) -> dict[str, str]:
    return {"person": key_of(person), "place": key_of(place), "number": number_key(number)}


def remember_words(call: Call) -> None:
    """Set the keys of a call from its person, place and number, and its words; the caller saves the call."""
    keys = _keys(call.person, call.place, call.number)
    call.person_key, call.place_key, call.number_key = keys["person"][:200], keys["place"][:300], keys["number"][:40]
    wanted = {(field, word[:_LONGEST]) for field, key in keys.items() for word in key.split()}
    known = {(one.field, one.word): one.pk for one in call.words.all()}
    CallWord.objects.filter(pk__in=[pk for pair, pk in known.items() if pair not in wanted]).delete()
    CallWord.objects.bulk_create(CallWord(call=call, field=field, word=word) for field, word in wanted - known.keys())


def related_calls(*, person: str = "", place: str = "", number: str = "", but: Call | None = None) -> list[Related]:
    """Calls of the last 90 days that fit any of the fields, at most `MOST`.

    The most fitting first, then open ones, then the newest. Every word of a field must fit; any may be half typed.
    """
    keys = {field: key for field, key in _keys(person, place, number).items() if len(key) >= LEAST[field]}
    fits: defaultdict[Call, list[str]] = defaultdict(list)
    for field, key in keys.items():
        for call in _fitting(field, key, but):
            fits[call].append(field)
    found = [Related(call, tuple(by), _is_exact(call, keys)) for call, by in fits.items()]
    found.sort(key=lambda one: (not one.exact, -len(one.by), not one.call.is_open, -one.call.opened_at.timestamp()))
    return found[:MOST]


def _fitting(field: str, key: str, but: Call | None) -> list[Call]:
    calls = Call.objects.filter(opened_at__gte=timezone.now() - WITHIN)
    if but is not None:
        calls = calls.exclude(pk=but.pk)
    for word in key.split()[:6]:
        begins = word[:_LONGEST]
        # `z` is the last of the letters and digits, so nothing else lies between the two ends.
        span = {"word__gte": begins, "word__lte": begins + "z" * (_LONGEST - len(begins))}
        calls = calls.filter(pk__in=CallWord.objects.filter(field=field, **span).values("call"))
    return list(calls.order_by("-state", "-opened_at")[: MOST * 2])


def _is_exact(call: Call, keys: Mapping[str, str]) -> bool:
    same_number = bool(keys.get("number")) and call.number_key == keys["number"]
    same_person = " " in keys.get("person", "") and call.person_key == keys["person"]
    return same_number or same_person
