"""Where desks plug into the station.

A desk app calls `register(Desk(...))` in its `AppConfig.ready()`. The station then mounts its urls below
`/cases/<case_id>/<prefix>/`, shows its tab on case pages to whoever holds its permission, lists its work on the home
page, and runs the job handlers in its `jobs.HANDLERS`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from backbeat.errors import Bug

if TYPE_CHECKING:
    from backbeat.station.accounts.models import User

__all__ = ["Desk", "WorkItem", "desks", "job_handlers", "register"]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One piece of work waiting for somebody, for the home page. Quotes no name and no content."""

    title: str
    url: str
    case_reference: str
    state: str
    since: datetime


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
    """Below `/cases/<case_id>/`, without slashes."""
    permission: str
    """Without it the tab is not shown. The desk's own use cases check again."""
    case_url: str
    """Name of the view behind the tab, taking `case_id`: `desk_redaction:home`."""
    work_for: "Callable[[User], Iterable[WorkItem]]" = _no_work

    @property
    def urls(self) -> str:
        """The url module, which sets `app_name`."""
        return f"{self.app}.urls"


_registered: dict[str, Desk] = {}


def register(desk: Desk) -> None:
    """Add a desk.

    Raises:
        Bug: its name or prefix is taken by another.
    """
    for other in _registered.values():
        if other != desk and (other.name == desk.name or other.prefix == desk.prefix):
            raise Bug(f"two desks claim the name {desk.name!r} or the prefix {desk.prefix!r}")
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
