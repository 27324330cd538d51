"""The one use case of the simulation: replay a log, or a made-up month, under two policies. Leaves no trace."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backbeat.errors import InputRejected
from backbeat.rulebook.values import ValueType
from backbeat.triage.assessing import assess
from backbeat.triage.policies import Policy
from backbeat.triage.simulation.call_log import MOST_BYTES, read_log, write_log
from backbeat.triage.simulation.comparing import Change, Comparison, compare
from backbeat.triage.simulation.deciding import BEFORE_RCRP, RECORDED, Before, Decider, PolicyDecider, Recorded
from backbeat.triage.simulation.generator import make_month

__all__ = ["BEFORE_RCRP", "RECORDED", "make_log", "replay_log", "replay_month"]


def replay_log(
    path: Path,
    old: Policy | str,
    new: Policy | str,
    *,
    zone: str | None = None,
    on_change: Callable[[Change], None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Replay a log of calls under two policies; `to_json` of the result and `rendering.render` print it.

    Args:
        path: a CSV file as `call_log.COLUMNS` describes.
        old: a policy, or `before-rcrp` (police go to everything), or `recorded` (what the log says was decided).
        new: the same choices.
        zone: time zone of times without an offset, such as `Europe/London`.
        on_change: called with each call that comes out otherwise.
        progress: called with the number of calls done.

    Raises:
        InputRejected: the file cannot be read or has faults (each by row and column), the zone does not exist, neither
            side is a policy, or `recorded` is asked for and a call has no decision.
    """
    types = _types(old, new)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputRejected(
            f"The log could not be read ({error.strerror or 'unknown reason'}).",
            where="the log of calls",
            do="name a CSV file that can be read",
        ) from error
    log = read_log(content, types, zone=_zone(zone))
    calls = log.require()
    if RECORDED in (old, new) and log.undecided:
        first = next(call.reference for call in calls if call.decided.outcome is None)
        raise InputRejected(
            f"It is not known of every call what was decided: {log.undecided:,} are without it. Nothing was replayed.",
            where=f"column decided; first at reference {first[:40]}",
            do="fill in the column, or replay under another policy",
        )
    return compare(calls, _decider(old), _decider(new), on_change=on_change, progress=progress)


def replay_month(
    old: Policy | str,
    new: Policy | str,
    *,
    profile: str = "cheshire",
    seed: int = 1,
    calls: int | None = None,
    on_change: Callable[[Change], None] | None = None,
) -> Comparison:
    """Replay a made-up month; arguments as `replay_log` and `generator.make_month`.

    Raises:
        InputRejected: there is no such profile, or a side is named that is none.
    """
    return compare(make_month(profile, seed=seed, calls=calls), _decider(old), _decider(new), on_change=on_change)


def make_log(
    policy: Policy,
    write: Callable[[str], object],
    *,
    profile: str = "cheshire",
    seed: int = 1,
    calls: int | None = None,
) -> int:
    """Write a made-up month as a CSV log that `replay_log` reads; how many calls it has. Raises as `make_month`."""
    return write_log(make_month(profile, seed=seed, calls=calls), policy.types, write)


def _decider(side: Policy | str) -> Decider | Recorded:
    if isinstance(side, Policy):
        policy = side
        return PolicyDecider(lambda facts: assess(policy, facts), policy.id, policy.hash)
    if side == BEFORE_RCRP:
        return Before()
    if side == RECORDED:
        return Recorded()
    raise _no_side()


def _types(old: Policy | str, new: Policy | str) -> dict[str, ValueType]:
    found = {name: type_ for side in (old, new) if isinstance(side, Policy) for name, type_ in side.types.items()}
    if not found:
        raise _no_side()
    return found


def _no_side() -> InputRejected:
    return InputRejected(
        "One side of a replay must be a policy, and the other one too, or a practice that has a name.",
        where="the two policies",
        do=f"name a policy, {BEFORE_RCRP} or {RECORDED}",
    )


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputRejected(
            "There is no such time zone.", where="the time zone of the log", do="name one such as Europe/London"
        ) from None
