"""Where desks plug into the station.

A desk app calls `register(Desk(...))` in its `AppConfig.ready()`. A desk that works on cases has its urls mounted below
`/cases/<case_id>/<prefix>/` and its tab on case pages; a desk with pages of its own has them below `/<site_prefix>/`
and in the menu; a desk may have both. Each is shown to whoever holds its permission, lists its work on the home page,
has the job handlers in its `jobs.HANDLERS` run and the clocks in its `clock.CLOCKS` kept going.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from backbeat.errors import Bug

if TYPE_CHECKING:
    from backbeat.station.accounts.models import User

__all__ = ["Clock", "Desk", "WorkItem", "clocks", "desks", "job_handlers", "register"]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One piece of work waiting for somebody, for the home page. Quotes no name and no content."""

    title: str
    url: str
    case_reference: str
    state: str
    since: datetime
    due: datetime | None = None
    """By when, where there is a clock."""


class Clock(Protocol):
    """Something a desk looks after again and again, in every job worker at once."""

    every_s: float
    """Pause between two looks."""

    def tick(self) -> object:
        """Look once. May be cut off anywhere, and may run in several processes at the same moment."""
        ...


def _no_work(_user: "User") -> Iterable[WorkItem]:
    return ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What the station must know about one desk."""

    name: str
    """As in the ledger: `redaction`."""
    app: str
    """The dotted name of its Django app: `backbeat.station.desk_redaction`."""
    title: str
    """On tabs and the home page."""
    prefix: str
    """Below `/cases/<case_id>/`, without slashes; empty for a desk without pages on cases."""
    permission: str
    """Without it the tab is not shown. The desk's own use cases check again."""
    case_url: str
    """Name of the view behind the tab, taking `case_id`: `desk_redaction:home`."""
    work_for: "Callable[[User], Iterable[WorkItem]]" = _no_work
    site_prefix: str = ""
    """Of pages that belong to no case, without slashes: `crime`; empty for a desk without them."""
    site_url: str = ""
    """Name of the first of those pages, taking nothing: `desk_crime:queue`."""

    @property
    def urls(self) -> str:
        """The url module of the pages on cases, which sets `app_name`."""
        return f"{self.app}.urls"

    @property
    def site_urls(self) -> str:
        """The url module of the pages that belong to no case, which sets `app_name`."""
        return f"{self.app}.site_urls"


_registered: dict[str, Desk] = {}
_TAKEN = frozenset({"hours", "system", "about", "health", "account", "access-log", "cases", "static"})
"""First parts of the station's own addresses."""


def register(desk: Desk) -> None:
    """Add a desk.

    Raises:
        Bug: its name or a prefix is taken by another, or it has no pages at all.
    """
    if not desk.prefix and not desk.site_prefix:
        raise Bug(f"the desk {desk.name!r} has no prefix, so nobody could reach it")
    if desk.site_prefix in _TAKEN:
        raise Bug(f"the prefix {desk.site_prefix!r} is the station's own")
    for other in _registered.values():
        same = other.name == desk.name or any(
            mine and mine == theirs
            for mine, theirs in ((desk.prefix, other.prefix), (desk.site_prefix, other.site_prefix))
        )
        if other != desk and same:
            raise Bug(f"two desks claim the name {desk.name!r} or one of its prefixes")
    _registered[desk.name] = desk


def desks() -> tuple[Desk, ...]:
    """Every desk of this installation, in the order registered."""
    return tuple(_registered.values())


def job_handlers() -> Mapping[str, Callable[..., Any]]:
    """Job kind → handler, from the `jobs` module of every desk that has one.

    Raises:
        Bug: two desks handle the same kind.
    """
    handlers: dict[str, Callable[..., Any]] = {}
    for desk in desks():
        name = f"{desk.app}.jobs"
        if find_spec(name) is None:
            continue
        for kind, handler in import_module(name).HANDLERS.items():
            if kind in handlers:
                raise Bug(f"two desks handle jobs of kind {kind!r}")
            handlers[kind] = handler
    return handlers


def clocks() -> tuple[Clock, ...]:
    """A new clock of each kind, from the `clock` module of every desk whose module names any."""
    found: list[Clock] = []
    for desk in desks():
        name = f"{desk.app}.clock"
        if find_spec(name) is not None:
            found += [make() for make in getattr(import_module(name), "CLOCKS", ())]
    return tuple(found)
