"""What the pages of the desk share: who asks, the tabs, and a decision ready to be shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from backbeat.crime.telling import by_when
from backbeat.station.accounts.models import User
from backbeat.station.accounts.permissions import may
from backbeat.station.desk_crime.details import title_of
from backbeat.station.desk_crime.engine import act_titles, day_of, points_to_prove, rules_on
from backbeat.station.desk_crime.flagging import flag_names
from backbeat.station.desk_crime.models import CrimeReport, DecisionVersion

__all__ = ["decision_context", "tabs", "user_of", "whole"]

_TABS = (
    ("Queue", "queue", "crime.view"),
    ("New report", "new", "crime.record"),
    ("Requests", "requests", "crime.view"),
    ("Registrar", "registrar", "crime.rule"),
    ("Audit", "audits", "crime.audit"),
    ("Import", "import", "crime.import"),
    ("Export", "export", "crime.export"),
)
_MOST_DIGITS = 9


def user_of(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else through."""
    assert isinstance(request.user, User)  # noqa: S101 - LoginRequiredMiddleware holds this
    return request.user


def whole(text: str, default: int = -1) -> int:
    """A number out of a form; `default` where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else default


def tabs(request: HttpRequest, current: str) -> dict[str, object]:
    """The desk's own navigation, for those who may."""
    user = user_of(request)
    return {
        "desk_tabs": [
            {"title": title, "url": reverse(f"desk_crime:{name}"), "current": name == current}
            for title, name, permission in _TABS
            if may(user, permission)
        ]
    }


def _titles(report: CrimeReport, plain: Mapping[str, Any]) -> dict[str, str]:
    acts = act_titles(day_of(report.received_at))
    return {one["id"]: title_of(one, acts) for one in plain["facts"].get("allegations", [])}


def _deadline(one: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(one["at"]) if one["at"] else None
    return {**one, "at": at, "when": by_when(one["what"], at)}


def _ruling(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A ruling as it is shown; one older than the naming of several has one candidate."""
    if kept is None:
        return None
    return {**kept, "labels": kept.get("labels") or [kept["candidate"]], "offences": kept.get("offences", [])}


def decision_context(
    report: CrimeReport, plain: Mapping[str, Any], version: DecisionVersion | None = None
) -> dict[str, object]:
    """A decision as the panel and the answer page show it: of the engine, or as recorded with what was ruled on it."""
    titles = _titles(report, plain)

    def told(ids: list[str]) -> str:
        words = []
        for one in ids:
            if one == "report":
                words.append("the whole report")
                continue
            label = one.removeprefix("allegation:")
            words.append(f"{titles[label]} ({label})" if label in titles else one.replace(":", " "))
        return ", ".join(words)

    day = day_of(report.received_at)
    rules = rules_on(day)
    crimes = [
        {**one, "about": told(one["allegations"]), "points": points_to_prove(day, one["code"], one["class"])}
        for one in plain["crimes"]
    ]
    flag_titles = {row["flag"]: row["title"] for row in rules.rows("flags")}
    ruled = {one["key"]: one for one in version.rulings} if version else {}
    referrals = [
        {**one, "about_words": told(one["about"]), "ruling": _ruling(ruled.get(one.get("key")))}
        for one in (version.referrals if version else plain["referrals"])
    ]
    return {
        "plain": plain,
        "edition": plain["edition"],
        "crimes": crimes,
        "crime_count": sum(one["count"] for one in crimes),
        "incidents": [{**one, "about": told(one["allegations"])} for one in plain["incidents"]],
        "not_counted": [
            {**one, "about": told([one["allegation"]]), "under_words": told([one["under"]])}
            for one in plain["not_counted"]
        ],
        "referrals": referrals,
        "flags": [
            {**one, "about": told(one["allegations"]), "title": flag_titles[one["flag"]]} for one in plain["flags"]
        ],
        "flags_left": flag_names(rules, plain, report.asked),
        "open_count": len(plain["questions"]),
        "deadlines": [_deadline(one) for one in plain["deadlines"]],
        "duties": [
            {**one, "key": f"{index}-{one['document']}-{one['page']}"[:64], "about_words": told(one["about"])}
            for index, one in enumerate(plain["duties"])
        ],
        "notes": plain["notes"],
        "answers": plain["requests"],
        "reclassifications": plain["reclassifications"],
        "decider": plain["decider"].replace("-", " "),
        "explanation": plain["explanation"],
        "separate": plain["count"]["separate"],
        "recorded": (version.recorded_count if version and version.rulings else 0) or plain["count"]["recorded"],
    }
