"""Roles and permissions as data: `data/roles.yaml`, checked when first read."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from backbeat.errors import Bug, ConfigError

__all__ = ["PERMISSIONS", "ROLES", "Permission", "Role", "role"]


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing somebody may be allowed to do."""

    id: str
    does: str
    """Completes the sentence "you may …"."""
    scope: str
    """`site`: held everywhere. `case`: held only for cases the holder belongs to or supervises."""


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    id: str
    title: str
    permissions: frozenset[str]
    supervises: bool
    """Case permissions reach every case of the holder's unit, not only those the holder is a member of."""
    never: str
    """What separation of duties rules out for this role, in words."""


@cache
def _read() -> tuple[MappingProxyType[str, Permission], MappingProxyType[str, Role]]:
    path = Path(__file__).with_name("data") / "roles.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    permissions = {name: Permission(name, row["does"], row["scope"]) for name, row in data["permissions"].items()}
    faults = [f"{p.id}: no such scope {p.scope}" for p in permissions.values() if p.scope not in ("site", "case")]
    roles = {}
    for name, row in data["roles"].items():
        faults += [f"{name}: no such permission {p}" for p in row["permissions"] if p not in permissions]
        roles[name] = Role(
            name, row["title"], frozenset(row["permissions"]), row.get("supervises", False), row.get("never", "")
        )
    if faults:
        raise ConfigError.of(faults, where="accounts/data/roles.yaml", do="correct the table")
    return MappingProxyType(permissions), MappingProxyType(roles)


PERMISSIONS, ROLES = _read()


def role(name: str) -> Role:
    """The role with this id.

    Raises:
        Bug: there is none.
    """
    try:
        return ROLES[name]
    except KeyError:
        raise Bug(f"no role is called {name!r}", where="accounts/data/roles.yaml") from None
