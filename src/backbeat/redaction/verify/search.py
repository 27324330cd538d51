"""Looking for removed values in what a reader got out of the redacted file.

What counts as a find
---------------------
A removed value may rightly stand elsewhere: a surname inside the name of a suspect whom somebody decided to keep, "Lee"
in "sleep". So a find is not an occurrence but an occurrence *too many*:

1. Every spelling of every removed value (`forms`) is counted in each page of what the reader got, and with the same
   search in the same page of the kept text (`expectation`, made from document and decisions, not from what the format
   says it kept). More in the output than expected is a find. Page by page, so that a value lost on one page cannot pay
   for a value left on another.
2. The text that redaction itself drew (labels, tokens, pseudonyms) is taken out of the reader's text first. So that
   nothing can hide behind that, drawn text that repeats a removed value is a find of its own (`text.label-repeats`).
3. Equal counts are not enough: a value decided on in one place and overlooked in another would stand in both texts. So
   each whole-word occurrence in the kept text that lies inside no decision to keep is a find (`undecided`). Values
   under boxes drawn by hand, places, organisations and things marked as OTHER are exempt: a box over "the flat" is no
   decision about every other "flat". A single plain word counts only when it is capitalised like the value: "Brown"
   was decided on, "brown" was not. What the kept text says in a coding is looked through likewise (`coded`).
4. Two lines that happen to stand one after the other for a reader can join up to a value that is not there. In compact
   text, an occurrence across a line end counts only if it begins where a word begins and ends where a word ends; a
   name broken over lines or spelt one letter a line still does. The rule holds on both sides of the comparison.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from backbeat.redaction.labels import token
from backbeat.redaction.model import Finding, Kind
from backbeat.redaction.verify.coded import Sought, undecided_codings
from backbeat.redaction.verify.expectation import GONE, Expectation, Region, Value
from backbeat.redaction.verify.forms import (
    LONG_NUMBER,
    SHORT,
    alphanumerics,
    byte_forms,
    compact,
    decoded_views,
    fold,
    spellings,
    undisguised,
)
from backbeat.redaction.verify.present import Present

__all__ = ["Haystack", "Needles", "disguised", "each_once", "excess", "repeated", "undecided"]

_LINE_END = re.compile(r"[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_OPEN_KINDS = frozenset({Kind.PLACE, Kind.ORGANISATION, Kind.OTHER, Kind.URL})
"""Kinds of which one occurrence may go and another stay without anybody having decided so."""

_TOKENS = frozenset(map(token, Kind))
"""Stand-ins that say no more than what kind of thing went."""
_KIND_WORDS = frozenset(word for kind in Kind for word in kind.value.split("-")) | {"name", "number", "details"}
"""Words that head the boxes of a form and name its contents, so a reason may need them."""
_LAW = re.compile(r"(?i)(?:ss?|sec|sch|art|paras?|regs?)\.?\d{1,3}[a-z]?(?:\(\w+\))*")
"""A section of an Act, which is what reasons cite."""
_POINTS = ".,;:!?\"'“”‘’"
_NAMES = re.compile(r"[^\W\d_a-z][\w'’-]*(?:\s+[^\W\d_a-z][\w'’-]*)+")


class Haystack:
    """One page of text in the forms that are searched, each made when first needed."""

    def __init__(self, text: str, drawn: Iterable[str] = ()) -> None:
        self.text = _without(text, drawn)

    @cached_property
    def words(self) -> str:
        """The *words* form."""
        return fold(self.text)

    @cached_property
    def compact(self) -> str:
        """The *compact* form; removed stretches part what stood on either side of them."""
        return GONE.join(map(compact, self.text.split(GONE)))

    @cached_property
    def _edges(self) -> tuple[list[int], list[int], list[int]]:
        """Places in the compact form where words begin, where words end, and where lines break."""
        starts: list[int] = []
        ends: list[int] = []
        breaks: list[int] = []
        at = 0
        for index, stretch in enumerate(self.text.split(GONE)):
            at += 1 if index else 0
            for line in _LINE_END.split(stretch):
                breaks.append(at)
                for word in re.split(r"[^\w'’\u00ad\u200b-\u200d\u2060\ufeff]+", line):
                    if size := len(compact(word)):
                        starts.append(at)
                        at += size
                        ends.append(at)
        return starts, ends, breaks

    def count(self, form: str) -> int:
        """Occurrences of a compact form that count (rule 4)."""
        at = self.compact.find(form)
        number = 0
        while at >= 0:
            number += self._counts(at, at + len(form))
            at = self.compact.find(form, at + 1)
        return number

    def matches(self, pattern: re.Pattern[str]) -> int:
        """Occurrences of a whole word."""
        return len(pattern.findall(self.words))

    def _counts(self, start: int, end: int) -> bool:
        starts, ends, breaks = self._edges
        if bisect_right(breaks, start) == bisect_left(breaks, end):
            return True  # on one line
        return _has(starts, start) and _has(ends, end)


class _Kept:
    """The kept text of a page, searched with its gaps and again without them.

    The words to either side of a removal may come together for a reader whose order puts our label elsewhere; they
    were both kept on purpose.
    """

    def __init__(self, text: str) -> None:
        self._parted = Haystack(text)
        self._joined = Haystack(text.replace(GONE, "")) if GONE in text else self._parted

    def count(self, form: str) -> int:
        """As `Haystack.count`."""
        return max(self._parted.count(form), self._joined.count(form))

    def matches(self, pattern: re.Pattern[str]) -> int:
        """As `Haystack.matches`."""
        return max(self._parted.matches(pattern), self._joined.matches(pattern))


def _has(places: Sequence[int], place: int) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place


def _without(text: str, drawn: Iterable[str]) -> str:
    for label in sorted({label for label in drawn if label.strip()}, key=len, reverse=True):
        text = re.sub(r"\s+".join(map(re.escape, label.split())), GONE, text)
    return text


def each_once(drawn: Iterable[str]) -> tuple[str, ...]:
    """The labels without repeats: a document has thousands, of a few kinds, and every page is searched for them."""
    return tuple(dict.fromkeys(drawn))


class Needles:
    """The spellings of every removed value, ready to be searched for."""

    def __init__(self, values: Iterable[Value]) -> None:
        forms: dict[str, None] = {}
        short: dict[str, None] = {}
        self.values = tuple(values)
        for value in self.values:
            found = dict.fromkeys([*spellings(value.kind, value.text), *_parts(value)])
            forms |= found
            if not found and alphanumerics(value.text) > 1:
                short[fold(" ".join(value.text.split()))] = None
        self.forms = tuple(forms)
        self.short = tuple((word, _whole_word(word)) for word in short)


def _parts(value: Value) -> Iterator[str]:
    """Words of a name and lines of an address: half a value left behind is a find too."""
    if not value.by_span:
        return
    if value.kind is Kind.PERSON:
        parts = re.split(r"[\s,]+", value.text)
    elif value.kind is Kind.ADDRESS:
        parts = re.split(r"[,\n\r]+", value.text)
    else:
        return
    yield from (form for form in map(compact, parts) if len(form) >= SHORT)


def _whole_word(word: str) -> re.Pattern[str]:
    body = r"\s+".join(map(re.escape, word.split()))
    if word.isalpha() and len(word) == SHORT - 1:
        # Also letter by letter, with one blank between: `L e e`.
        body = rf"(?:{body}|{' '.join(map(re.escape, word))})"
    return re.compile(rf"(?<!\w){body}(?!\w)")


def excess(
    check: str,
    pages: Sequence[str],
    expectation: Expectation,
    drawn: Sequence[str],
    reread: Callable[[], Sequence[str]] | None = None,
) -> Iterator[Finding]:
    """Rule 1: values found more often than expected, one finding a page.

    Args:
        check: name of the check, for the findings.
        pages: what the reader got, in the order of the regions.
        expectation: what was decided.
        drawn: labels and stand-ins.
        reread: the same reader on the source. Asked only where there are too many: two readers may break lines and
            words in different places, and then what this one counts in the source, less what was removed, decides.
    """
    needles = Needles(expectation.values)
    labels = each_once(drawn)
    found = [Haystack(text, labels) for text in pages]
    kept = [_Kept(region.kept) for region in expectation.regions]
    suspects = _suspects(found, needles)
    squeezed = "\n".join(re.sub(r"\s", "", page.words) for page in found)
    short = [pattern for word, pattern in needles.short if re.sub(r"\s", "", word) in squeezed]
    source: Sequence[str] | None = None
    for index, (region, output, should) in enumerate(zip(expectation.regions, found, kept, strict=True)):
        forms = [form for form in suspects if form in output.compact and output.count(form) > should.count(form)]
        words = [pattern for pattern in short if output.matches(pattern) > should.matches(pattern)]
        if reread is not None and (forms or words):
            source = reread() if source is None else source
            if len(source) == len(pages):
                before = _Before(Haystack(source[index]), region)
                forms = [form for form in forms if output.count(form) > before.count(form) - before.removed(form)]
                words = [
                    pattern
                    for pattern in words
                    if output.matches(pattern) > before.matches(pattern) - before.removed_words(pattern)
                ]
        number = len(forms) + len(words)
        decoded = undisguised(output.text)
        if decoded is not None:
            plain = undisguised(region.kept) or region.kept
            looks, ought = Haystack(decoded), _Kept(plain)
            here = Present(needles.forms).within(looks.compact)
            number += sum(looks.count(form) > ought.count(form) for form in here)
        if number:
            yield Finding(check, f"{number} spellings of removed values can still be read.", region.page)


class _Before:
    """A page of the source for one reader, and how often each spelling was removed from it.

    What was removed is counted twice over, by the text and by the decisions, and the larger number holds.
    """

    def __init__(self, source: Haystack, region: Region) -> None:
        self.count, self.matches = source.count, source.matches
        self._whole, self._kept = Haystack(region.whole), _Kept(region.kept)
        self._values = [(Needles([value]).forms, Haystack(value.text)) for value in region.removed]

    def removed(self, form: str) -> int:
        """Removals of a compact form."""
        decided = sum(max(form in forms, value.compact.count(form)) for forms, value in self._values)
        return max(decided, self._whole.count(form) - self._kept.count(form))

    def removed_words(self, pattern: re.Pattern[str]) -> int:
        """Removals of a whole word."""
        decided = sum(value.matches(pattern) for _, value in self._values)
        return max(decided, self._whole.matches(pattern) - self._kept.matches(pattern))


def _suspects(found: Sequence[Haystack], needles: Needles) -> list[str]:
    """Spellings that stand anywhere at all: one fast search over everything before the careful one by page."""
    return sorted(Present(needles.forms).within("\n".join(page.compact for page in found)))


def disguised(check: str, pages: Sequence[str], expectation: Expectation) -> Iterator[Finding]:
    """Values written as hex or base64 in readable text."""
    forms = Present(form for value in expectation.values if value.by_span for form in byte_forms(value.text))
    for region, text in zip(expectation.regions, pages, strict=True):
        coded = [view.lower() for view in decoded_views(text.encode("utf-8", "replace"))]
        if not coded:
            continue
        kept = region.kept.encode("utf-8", "replace")
        rightly = [view.lower() for view in decoded_views(kept)]
        hits = {form for view in coded for form in forms.within(view)}
        hits -= {form for view in rightly for form in forms.within(view)} if hits else set()
        if hits:
            yield Finding(check, f"{len(hits)} removed values can be read in an encoded form.", region.page)


def repeated(expectation: Expectation, drawn: Iterable[str]) -> Iterator[Finding]:
    """Rule 2: labels, tokens or pseudonyms that say what they stand for."""
    labels = [fold(label) for label in set(drawn) if label not in _TOKENS]
    said = "\n".join(map(compact, labels))
    told = dict.fromkeys(fold(" ".join(text.split())) for value in expectation.values for text in _telling(value))
    patterns = [_whole_word(text) for text in told if compact(text) in said]
    number = sum(any(pattern.search(label) for pattern in patterns) for label in labels)
    if number:
        message = f"{number} labels or stand-ins repeat a removed value. Reword the reason or the replacement."
        yield Finding("text.label-repeats", message)


def _telling(value: Value) -> Iterator[str]:
    """What a label may not say of a value.

    Something nobody classified may be an ordinary word, which a reason may well need. A box drawn by hand rarely holds
    just one value, so what looks like a number, a code or a name within it counts as well.
    """
    classified = value.by_span and value.kind is not Kind.OTHER
    plain = value.text.strip()
    if alphanumerics(plain) > 1 and (classified or not (plain.isalpha() and plain.islower())):
        yield plain
    if not classified:
        yield from filter(_is_code, (word.strip(_POINTS) for word in plain.split()))
        for names in _NAMES.findall(plain):
            words = names.split()
            yield from (" ".join(pair) for pair in pairwise(words) if not _KIND_WORDS & {*map(fold, pair)})


def _is_code(word: str) -> bool:
    """Is this a reference or number rather than a word, a year or a section of an Act?"""
    digits, size = sum(map(str.isdigit, word)), alphanumerics(word)
    return 0 < digits and (size >= LONG_NUMBER or digits < size >= SHORT) and not _LAW.fullmatch(word)


def undecided(expectation: Expectation) -> Iterator[Finding]:
    """Rule 3: whole-word occurrences of a removed value that nobody decided to keep, one finding a page."""
    pages: Counter[int | None] = Counter()
    starts = [start for start, _ in expectation.keeps]
    regions = [region.start for region in expectation.regions]
    firm = [(value, compact(value.text)) for value in expectation.values if _is_firm(value)]
    kept = Haystack(expectation.kept).compact
    standing = Present(form for _, form in firm if len(form) >= SHORT).within(kept)
    for pattern in {_written(value) for value, form in firm if len(form) < SHORT or form in standing}:
        for match in re.finditer(pattern, expectation.kept):
            before = expectation.keeps[: bisect_right(starts, match.start())]
            if not any(match.end() <= end for _, end in before):
                pages[expectation.regions[bisect_right(regions, match.start()) - 1].page] += 1
    for page, number in pages.items():
        message = (
            f"A value removed elsewhere stands here {number} times, and nobody decided to keep it. "
            "Decide on each place: redact it, or keep it with a reason."
        )
        yield Finding("text.undecided-occurrence", message, page)
    sought = [value for value in expectation.values if _is_firm(value) or _is_hand_picked(value)]
    yield from undecided_codings(
        expectation, [Sought(value.text, _written(value)) for value in sought if len(compact(value.text)) >= SHORT]
    )


def _is_hand_picked(value: Value) -> bool:
    """Did somebody mark this, and is it more than an ordinary word?"""
    plain = value.text.strip()
    return value.by_span and value.kind is Kind.OTHER and not (plain.isalpha() and plain.islower())


def _is_firm(value: Value) -> bool:
    """Is this a value of which every occurrence needs a decision?"""
    size = alphanumerics(value.text)
    if not value.by_span or value.kind in _OPEN_KINDS or size < 2:
        return False
    return size > SHORT or not any(character.isdigit() for character in value.text)


def _written(value: Value) -> str:
    """A pattern for the value as a whole word, however it is spaced; an identifier also however it is punctuated."""
    words = value.text.split()
    if len(words) == 1 and words[0].isalpha():
        word = words[0]
        cases = dict.fromkeys([word, word.upper(), word.capitalize()]) if word[0].isupper() else {word: None}
        return rf"(?<!\w)(?:{'|'.join(map(re.escape, cases))})(?!\w)"
    if any(character.isdigit() for character in value.text) and value.kind not in {Kind.PERSON, Kind.ADDRESS}:
        body = r"[\s\-./()]{0,2}".join(re.escape(c) for c in value.text if c.isalnum())
        # An e-mail address or a web address keeps its own signs between the words.
        if value.kind in {Kind.EMAIL, Kind.IP_ADDRESS}:
            body = re.escape(value.text)
    else:
        body = r"\s+".join(map(re.escape, words))
    return rf"(?i)(?<!\w){body}(?!\w)"
