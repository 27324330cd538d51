"""Write docs/triage-openapi.json from the interface itself; `--check` only says whether it is current.

python scripts/triage_openapi.py [--check]
"""

import json
import os
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "triage-openapi.json"


def rendered() -> str:
    """The document as it is kept: indented, its keys in the order the interface gives them."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"BACKBEAT_DATA": folder, "DJANGO_SETTINGS_MODULE": "backbeat.station.settings"}
        import django

        django.setup()
        from backbeat.station.desk_triage.api.interface import document

        return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the page, or with `--check` compare it."""
    text = rendered()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.is_file() and PAGE.read_text("utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
