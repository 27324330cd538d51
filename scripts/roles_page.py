"""Write docs/roles.md from the table of roles; `--check` only compares. A developer's tool, no part of backbeat.

.venv/bin/python scripts/roles_page.py
"""

import sys
from pathlib import Path

from backbeat.station.accounts.roles import PERMISSIONS, ROLES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "roles.md"

HEAD = """\
# Roles and permissions

Generated from `src/backbeat/station/accounts/data/roles.yaml` by `scripts/roles_page.py`; change the table, not this
page.

A user holds any number of roles. A permission of scope *case* reaches only the cases its holder belongs to, or, where
the role supervises, every case of the holder's unit. Nobody holds a permission outside this table: there is no
superuser. Each user sees the answer and its reasons under their own name, *What may I do, and why?*
"""


def page() -> str:
    """The whole page."""
    lines = [HEAD, "## Roles", "", "| Role | Id | May | Never |", "| --- | --- | --- | --- |"]
    for role in ROLES.values():
        held = ", ".join(f"`{name}`" for name in PERMISSIONS if name in role.permissions)
        supervises = " Supervises their unit." if role.supervises else ""
        lines.append(f"| {role.title} | `{role.id}` | {held}.{supervises} | {role.never} |")
    lines += ["", "## Permissions", "", "| Permission | Scope | You may |", "| --- | --- | --- |"]
    lines += [f"| `{item.id}` | {item.scope} | {item.does} |" for item in PERMISSIONS.values()]
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Write or compare; 1 if the page differs."""
    if arguments == ["--check"]:
        return int(PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
