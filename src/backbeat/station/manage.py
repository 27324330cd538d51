"""Django's management commands for the station: `python -m backbeat.station.manage COMMAND`."""

import os
import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run one management command; `arguments` leave out the program's name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backbeat.station.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["backbeat.station.manage", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    main()
