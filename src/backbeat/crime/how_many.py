"""Which crimes a report makes, and how many: finished incident, principal crime, units (rules p12-16, 50-58).

Facts in question are tried both ways; what holds whichever way they turn out is said, the rest waits for an answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from backbeat.crime.additions import Addition, Additions, Others
from backbeat.crime.continuation import Continuation, Joined, Undecided
from backbeat.crime.counting import Counted, Ending, PieceId, Referred, Tally, Under
from backbeat.crime.families import Families
from backbeat.crime.grouping import Group, Piece, groups_of, pieces_of, size_of
from backbeat.crime.ladder import Lists, source_of
from backbeat.crime.model import (
    Authority,
    Crime,
    Duty,
    NotCounted,
    Offence,
    Question,
    Referral,
    Report,
    Source,
)
from backbeat.crime.offences import Offences
from backbeat.crime.principal import Precedence
from backbeat.crime.series import Series, series_of
from backbeat.crime.supposing import MOST_WAYS, Key, Leaf, Suppositions, every_way, relevant
from backbeat.crime.units import PER_OFFENDER, Units

__all__ = ["CountingRules", "HowMany", "how_many", "separate_count"]

P55 = Source("rules", "55")
_MOST_PIECES = 16_000
"""Crimes weighed over all ways the open facts may turn out: of a large report fewer ways are tried, and more asked."""
_FEWEST_WAYS = 8


class CountingRules:
    """What one edition says about which crimes are counted and how many. Make one per edition and share it."""

    def __init__(self, rows: Lists, offences: Offences) -> None:
        """Read the lists `lookup`, `ladder`, `ladder_scope`, `additional`, `swallowed`, `units`, `families`, `sets`,
        `continuation`.

        Args:
            rows: rows of a list by its id, as `Rules.rows`.
            offences: the offence list of the same edition.
        """
        self.offences = offences
        self.precedence = Precedence(rows, offences)
        self.units = Units(rows)
        self.additions = Additions(rows, offences)
        self.families = Families(rows, offences)
        self.continuation = Continuation(rows, self.precedence.ladder)
        self._askings = {row["fact"]: (row["text"], source_of(row)) for row in rows("questions")}

    def question(self, key: Key) -> Question:
        """How a person is asked for a fact."""
        text, source = self._askings.get(key.fact, (key.fact.replace("_", " ").capitalize() + "?", None))
        return Question(key.about, key.fact, text, key.type, False, source)


class HowMany(NamedTuple):
    """Crimes of a report. Every recordable allegation is in exactly one of crimes, not_counted, referrals and open.

    One with several victims, or counted for each of several offenders, may be counted for one and referred for another;
    it is in both then, and nowhere else.
    """

    crimes: tuple[Crime, ...]
    """Certain, however the open facts turn out; each rests on one allegation. `recording_force` is left to routing."""
    not_counted: tuple[NotCounted, ...]
    referrals: tuple[Referral, ...]
    """One for each crime whose offence the registrar decides; `about` holds all allegations of the group."""
    open: tuple[str, ...]
    """Allegations whose place depends on the questions."""
    questions: tuple[Question, ...]
    """Facts that could still change crimes, counts or referrals, in the order they matter."""
    duties: tuple[Duty, ...]
    series: tuple[Series, ...]
    """Groups whose allegations happened in several forces: which of them records (p16)."""


_NOTHING = HowMany((), (), (), (), (), (), ())


class _Run(NamedTuple):
    endings: Mapping[PieceId, Ending]
    beside: Mapping[PieceId, Addition]
    duties: tuple[Duty, ...]
    series: tuple[Series, ...]


def how_many(rules: CountingRules, report: Report, recordable: Mapping[str, Offence]) -> HowMany:
    """The crimes to record, what stands inside them, and what is still to be asked or decided.

    Args:
        rules: of the edition the report is decided under.
        report: as received; its order does not matter beyond the allegations' ids.
        recordable: what each allegation that is to be recorded is in law, by allegation id.
    """
    if not recordable:
        return _NOTHING
    ways = min(MOST_WAYS, max(_FEWEST_WAYS, _MOST_PIECES // size_of(report)))
    leaves, complete = every_way(lambda suppose: _run(rules, report, recordable, suppose), ways)
    first = leaves[0].result
    if len(leaves) == 1:
        return _result(rules, report, first, first.endings, (), ())
    certain, uncertain = _certain([leaf.result for leaf in leaves])
    keys = relevant(leaves, _weigh)
    if not complete:
        keys = tuple(dict.fromkeys((*keys, *(key for leaf in leaves for key in leaf.supposed))))
    return _result(rules, report, _shared(leaves), certain, tuple(sorted(uncertain)), keys)


def separate_count(rules: CountingRules, report: Report, recordable: Mapping[str, Offence]) -> int:
    """Crimes that one record per offence and victim would have made: same units, no principal crime, nothing taken in.

    The figure the hours saved are counted from. Open facts count as the fewest crimes.
    """
    if not recordable:
        return 0
    pieces = pieces_of(report, recordable, rules.units, Suppositions({}))
    return len({(*piece.key[:2], *value) for piece in pieces for value in _records(rules, piece)})


def _records(rules: CountingRules, piece: Piece) -> Iterable[tuple[object, ...]]:
    """What tells the records of one offence apart, by its unit."""
    word = piece.unit.word
    if word == "penetrator":
        return [(piece.victim, offender) for offender in _penetrators(piece)]
    if word == "offender":
        return [(None, offender) for offender in piece.offenders or ("",)]
    if word == "offender-group":
        return [(piece.victim if rules.families.counts_each_victim(piece) else None, piece.offenders)]
    if word in ("building", "shop-unit"):
        return [(piece.victim, piece.allegation.place, piece.offenders)]
    if word == "incident":
        return [(piece.allegation.id,)]
    return [(piece.victim, piece.offenders)]


def _penetrators(piece: Piece) -> tuple[str, ...]:
    """Those told apart, and one for all who cannot be (p62)."""
    defined = piece.allegation.facts.get("offenders_defined")
    named = () if defined == "none" else piece.offenders or ("",)
    return (*named, "undefined") if defined in ("none", "some") else named


# --- one way the facts may be -----------------------------------------------------------------------------------------


def _run(rules: CountingRules, report: Report, recordable: Mapping[str, Offence], suppose: Suppositions) -> _Run:
    pieces = pieces_of(report, recordable, rules.units, suppose)
    tally = Tally(rules.precedence, rules.units, report, suppose)
    duties: list[Duty] = []
    if report.recorded:
        pieces = _continued(rules, pieces, report, tally, duties)
    standing = _not_taken_in(rules, pieces, report, tally) if len(pieces) > 1 else pieces
    series: list[Series] = []
    for group in groups_of(standing, report, suppose):
        _settle_group(rules, group, report, tally, duties, series)
    by_offender = [piece for piece in standing if _by_offender(piece, tally)]
    if by_offender:
        rules.families.settle(by_offender, tally)
    beside = {}
    if len(pieces) > 1:
        others = Others(standing)
        for piece in standing:
            addition = rules.additions.beside(piece, others)
            if addition is not None:
                beside[piece.id] = addition
    return _Run(tally.endings, beside, tuple(duties), tuple(series))


def _by_offender(piece: Piece, tally: Tally) -> bool:
    """Without a victim, or the principal crime against one but counted by its offenders."""
    if piece.victim is None:
        return True
    return piece.unit.word in PER_OFFENDER and isinstance(tally.endings.get(piece.id), Counted)


def _continued(
    rules: CountingRules, pieces: Sequence[Piece], report: Report, tally: Tally, duties: list[Duty]
) -> tuple[Piece, ...]:
    """Pieces that no crime on record takes in."""
    left = []
    for piece in pieces:
        found = rules.continuation.of(piece, report, tally.suppose)
        if isinstance(found, Joined):
            tally.end(Under(piece, found.reference, "continuation", found.source, found.why))
            duties += found.duties
        elif isinstance(found, Undecided):
            referral = Referral((piece.allegation.id,), found.reason, found.candidates, Authority.FCR)
            tally.end(Referred(piece, referral))
        else:
            left.append(piece)
            duties += rules.continuation.duties(piece, report)
    return tuple(left)


def _not_taken_in(rules: CountingRules, pieces: Sequence[Piece], report: Report, tally: Tally) -> tuple[Piece, ...]:
    """Pieces that no other of the report takes in."""
    left = []
    others = Others(pieces)
    for piece in pieces:
        taken = rules.additions.taken_in(piece, others, report, tally.suppose)
        if taken is None:
            left.append(piece)
        else:
            tally.end(Under(piece, taken.by.allegation.id, "swallowed", taken.source, taken.why))
    return tuple(left)


def _settle_group(
    rules: CountingRules,
    group: Group,
    report: Report,
    tally: Tally,
    duties: list[Duty],
    series: list[Series],
) -> None:
    pieces: Sequence[Piece] = group.pieces
    if len(pieces) > 1:
        apart = rules.additions.apart(pieces, report, tally.suppose)
        for name in sorted(apart):
            tally.settle(apart[name], f"Against {group.victim}")
        if apart:
            taken = {piece.id for some in apart.values() for piece in some}
            pieces = [piece for piece in pieces if piece.id not in taken]
    if not pieces:
        return
    contest = tally.settle(pieces, f"Against {group.victim}")
    if contest.winner is None or len(pieces) == 1:
        return
    conduct = [piece for piece in pieces if rules.precedence.tier(piece.offence) is not None]
    if conduct and all(piece.key != contest.winner for piece in conduct):
        about = tuple(sorted({f"allegation:{piece.allegation.id}" for piece in conduct}))
        duties.append(
            Duty("Say in any referral to the CPS that a conduct crime was disclosed.", Authority.OFFICER, about, P55)
        )
    found = series_of(pieces, contest.winner)
    if found is not None:
        series.append(found)


# --- all ways together ------------------------------------------------------------------------------------------------


def _certain(runs: Sequence[_Run]) -> tuple[dict[PieceId, Ending], set[str]]:
    """Endings that hold in every run, counts at their least; and the allegations of which some part has none."""
    certain: dict[PieceId, Ending] = {}
    uncertain: set[str] = set()
    for id_ in {id_: None for run in runs for id_ in run.endings}:
        endings = [run.endings.get(id_) for run in runs]
        ending = _agreed(endings)
        if ending is None:
            uncertain.add(id_[0])
        else:
            certain[id_] = ending
    return certain, uncertain


def _agreed(endings: Sequence[Ending | None]) -> Ending | None:
    first = endings[0]
    if first is None or any(type(one) is not type(first) for one in endings):
        return None
    if isinstance(first, Counted):
        counted = [one for one in endings if isinstance(one, Counted)]
        if len({one.instead for one in counted}) > 1:
            return None
        if not first.instead and len({one.undefined for one in counted}) > 1:
            first = first._replace(undefined=None)
        return first._replace(times=min(one.times for one in counted))
    if isinstance(first, Referred):
        return first if all(isinstance(one, Referred) and one.referral == first.referral for one in endings) else None
    return first


def _weigh(run: _Run) -> tuple[object, ...]:
    """What of a run says which crimes, referrals and duties it comes to."""
    return run.duties, {id_: _weigh_ending(ending) for id_, ending in run.endings.items()}


def _weigh_ending(ending: Ending) -> tuple[object, ...]:
    if isinstance(ending, Counted):
        return ("counted", ending.times, ending.undefined, ending.instead)
    if isinstance(ending, Referred):
        return ("referred", ending.referral)
    return ("under", ending.rule == "continuation")


def _shared(leaves: Sequence[Leaf[_Run]]) -> _Run:
    """Of the first run, the duties, series and additions that every run has."""
    runs = [leaf.result for leaf in leaves]
    first = runs[0]
    return _Run(
        first.endings,
        {id_: one for id_, one in first.beside.items() if all(run.beside.get(id_) == one for run in runs)},
        tuple(duty for duty in first.duties if all(duty in run.duties for run in runs)),
        tuple(one for one in first.series if all(one in run.series for run in runs)),
    )


# --- the result -------------------------------------------------------------------------------------------------------


def _result(
    rules: CountingRules,
    report: Report,
    run: _Run,
    endings: Mapping[PieceId, Ending],
    uncertain: Sequence[str],
    keys: Iterable[Key],
) -> HowMany:
    counted: dict[tuple[str, str | None], list[Counted]] = {}
    referrals: dict[Referral, None] = {}
    under: dict[str, Under] = {}
    placed: set[str] = set()
    for id_ in sorted(endings):
        ending = endings[id_]
        if isinstance(ending, Counted):
            placed.add(id_[0])
            counted.setdefault((id_[0], ending.undefined if ending.instead else None), []).append(ending)
            if ending.undefined and not ending.instead:
                counted.setdefault((id_[0], ending.undefined), []).append(ending._replace(times=1))
        elif isinstance(ending, Referred):
            placed.add(id_[0])
            referrals[ending.referral] = None
        else:
            under.setdefault(id_[0], ending)
    crimes = tuple(
        _crime(rules, run, counted[key], key[1]) for key in sorted(counted, key=lambda key: (key[0], key[1] or ""))
    )
    open_ = tuple(id_ for id_ in uncertain if id_ not in placed)
    not_counted = tuple(
        NotCounted(id_, one.piece.offence, one.under, one.rule, one.source, one.why)
        for id_, one in sorted(under.items())
        if id_ not in placed and id_ not in open_
    )
    questions = tuple(dict.fromkeys(rules.question(key) for key in keys))
    return HowMany(
        crimes, not_counted, tuple(referrals), open_, questions, tuple(dict.fromkeys(run.duties)), run.series
    )


def _crime(rules: CountingRules, run: _Run, counted: Sequence[Counted], class_: str | None) -> Crime:
    first = counted[0].piece
    offence, unit = first.offence, first.unit
    if class_ is not None:
        offence = replace(offence, class_=class_, category=rules.units.title(class_))
        unit = rules.units.of(offence)
    addition = run.beside.get(first.id)
    victims = (
        first.victims if len(counted) == 1 else tuple(sorted({who for one in counted for who in one.piece.victims}))
    )
    return Crime(
        offence,
        sum(one.times for one in counted),
        (first.allegation.id,),
        victims,
        first.offenders,
        unit.word,
        addition is not None,
        None,
        addition.source if addition else unit.source,
        f"{unit.text} {addition.why}" if addition else unit.text,
    )
