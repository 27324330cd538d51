"""Words of a text as the search sees them: lower case, plain endings, no apostrophes, with their place in the text."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from backbeat.errors import InputRejected

__all__ = ["MAX_CHARACTERS", "STOP", "Word", "require_length", "stem", "words_of"]

MAX_CHARACTERS = 20_000

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_IRREGULAR = {
    "ate": "eat", "beaten": "beat", "bitten": "bite", "bit": "bite", "blew": "blow", "bought": "buy", "broke": "break",
    "broken": "break", "burnt": "burn", "came": "come", "caught": "catch", "choking": "choke", "chose": "choose",
    "died": "die", "drank": "drink", "drew": "draw", "driven": "drive", "drove": "drive", "drugged": "drug",
    "fell": "fall", "felt": "feel", "forged": "forge", "forgery": "forge", "fought": "fight",
    "found": "find", "gave": "give", "given": "give", "gone": "go", "got": "get", "held": "hold", "hid": "hide",
    "hung": "hang", "kept": "keep", "knives": "knife", "knew": "know", "left": "leave", "lives": "live", "lost": "lose",
    "made": "make", "men": "man", "paid": "pay", "ran": "run", "rang": "ring", "rode": "ride", "said": "say",
    "sent": "send", "shook": "shake", "slept": "sleep", "sold": "sell", "sped": "speed", "spat": "spit",
    "stole": "steal", "stolen": "steal", "struck": "strike", "swore": "swear", "taken": "take",
    "thieves": "thief", "threw": "throw", "thrown": "throw", "told": "tell", "took": "take", "tore": "tear",
    "torn": "tear", "went": "go", "wives": "wife", "women": "woman", "woke": "wake", "wrote": "write",
    "dying": "die", "lying": "lie", "tying": "tie", "tied": "tie", "lied": "lie", "was": "be", "were": "be",
}  # fmt: skip
STOP = frozenset(
    """
    a about after again all also an and any are as asked at away back be because been before being between but by call
    caller called came can come could d day did didn do does doesn done down due during each etc even ever every few
    find for from further get give go had has have having he her here hers herself him himself his how i if in into ip
    is it its itself just know later let like ll m made make male female may me mean might more morning most mr mrs ms
    much must my near next night no nor not now of off officer officers on once one only onto or other our out over own
    pc per person police put re reported report reporting reports s said same say see she should since so some somebody
    someone state states such t take tell than that the their them then there these they thing this those three through
    time to today told too took towards two under unknown until up upon us ve very via victim victims want was way we
    well went were what when where whether which while who whom whose why will with within without would yesterday yet
    you your suspect offender aggrieved attend attended area sec section act
    """.split()
)
"""Words that say nothing about what was done; kept inside phrases of everyday words, left out of the search."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: characters [start, end)."""

    stem: str
    start: int
    end: int
    capital: bool
    """Written with a capital where most words are not: perhaps a name."""

    @property
    def tells(self) -> bool:
        """Whether it says something about what was done; a number does not."""
        return self.stem not in STOP and not self.stem.isdigit()


def require_length(text: str) -> None:
    """Refuse a text nobody reads as one report.

    Raises:
        InputRejected: longer than `MAX_CHARACTERS`.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputRejected(
            f"The text has {len(text):,} characters; the search reads at most {MAX_CHARACTERS:,}.",
            where="field text of the search",
            do="give the part that says what was done",
        )


def words_of(text: str) -> tuple[Word, ...]:
    """Every word of a text, in order."""
    shouted = text.isupper()
    return tuple(
        Word(stem(found[0]), found.start(), found.end(), found[0][0].isupper() and not shouted)
        for found in _WORD.finditer(text)
    )


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """`stolen` and `steals` as `steal`. Plain on purpose: it must be the same for the rules and the text, no more."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    plain = re.split("['\u2019]", plain)[0]
    plain = _IRREGULAR.get(plain, plain)
    if len(plain) <= 3 or not plain.isalpha():
        return plain
    return _without_ending(plain)


def _without_ending(word: str) -> str:
    for ending, put in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("ied", "y")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + put
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= 3 and re.search("[aeiouy]", root):
            if root[-1] == root[-2] and root[-1] not in "ls":
                root = root[:-1]
            return root.removesuffix("e")
    if word.endswith("ment") and len(word) > 8:
        word = word.removesuffix("ment")
    return word.removesuffix("e") if len(word) > 3 else word
