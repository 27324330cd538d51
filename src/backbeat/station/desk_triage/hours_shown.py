"""Hours that came back, only where the force has taken a baseline; else the page says that there is none.

DATA/triage/baseline.yaml, from the force's own log of calls before the change:

    calls: 1200
    deployed: 492
    source: own log of calls, 1 to 31 October 2025
    measured: observed                     observed, instrumented, self-reported or modelled
    deployment_minutes: [95, 120, 240]     officers' time of deployments, all officers added up
"""

from pathlib import Path
from typing import Any

import yaml

from backbeat.errors import ConfigError, UserError
from backbeat.ledger import Measured
from backbeat.station.desk_triage.counting import Figures
from backbeat.triage.hours import Cost, HoursBack, Period, Times

__all__ = ["figure_of", "hours_lines", "read_baseline"]

_KEYS = {"calls", "deployed", "source", "measured", "deployment_minutes"}
NONE = (
    "The force has taken no baseline, so no hours are claimed. Take it from a log of calls made before the change: how"
    " often police went, and what a deployment took."
)


def read_baseline(data: Path) -> tuple[Period, Times] | None:
    """What was counted before the change; None where nobody has.

    Raises:
        ConfigError: the file is not as it must be; every fault at once.
    """
    path = data / "triage" / "baseline.yaml"
    if not path.is_file():
        return None
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        given = None
    faults = _faults(given)
    if faults:
        raise ConfigError.of(faults, where="triage/baseline.yaml in the data folder", do="correct it")
    period = Period(given["calls"], given["deployed"], by_force=True, source=str(given["source"]))
    return period, Times(tuple(given["deployment_minutes"]), Measured(given["measured"]))


def _faults(given: Any) -> list[str]:
    if not isinstance(given, dict) or given.keys() != _KEYS:
        return [f"the file needs {', '.join(sorted(_KEYS))}, and nothing else"]
    faults = []
    calls, deployed, minutes = given["calls"], given["deployed"], given["deployment_minutes"]
    if not _whole(calls) or not _whole(deployed) or not 0 <= deployed <= calls or not calls:
        faults.append("calls and deployed are whole numbers, with no more deployed than calls")
    if not isinstance(minutes, list) or not minutes or not all(_whole(one) and one >= 0 for one in minutes):
        faults.append("deployment_minutes is a list of whole minutes")
    if given["measured"] not in {one.value for one in Measured}:
        faults.append(f"measured is one of {', '.join(one.value for one in Measured)}")
    return faults


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def figure_of(found: Figures, data: Path) -> HoursBack | None:
    """Hours of a stretch of time with the harm check of the same calls; None where the force has taken no baseline, or
    no call of these days is decided.

    Time on calls police did not go to is what the call pages measured; a contact again is taken to cost as much as
    such a call, a later deployment as much as one before. Calls not decided yet are left out.

    Raises:
        ConfigError: the force's baseline cannot be read.
    """
    before = read_baseline(data)
    if before is None or not found.went + found.declined:
        return None
    period, deployment = before
    harm = found.total.harm
    handling = Times(found.declined_minutes, Measured.INSTRUMENTED) if found.declined_minutes else None
    source = f"this station, {found.first_day.isoformat()} to {found.last_day.isoformat()}"
    return HoursBack(
        before=period,
        now=Period(found.went + found.declined, found.went, by_force=True, source=source),
        deployment=deployment,
        displacement=Cost(found.declined, handling),
        recontacts=Cost(harm.recontact_24h[0], handling),
        later_deployments=Cost(harm.later_deployment[0], deployment),
        harm=harm,
    )


def hours_lines(found: Figures, data: Path) -> tuple[str, ...]:
    """What the page may say of hours, line by line, the harm check always among them."""
    try:
        figure = figure_of(found, data)
        taken = read_baseline(data) is not None
    except UserError as fault:
        return (f"The force's baseline cannot be read, so no hours are claimed ({fault.code}).",)
    if figure is None:
        return ("No call of these days is decided, so no hours are claimed.",) if taken else (NONE,)
    return figure.lines()
