"""Build the derived lists of the crime rules 2026/27 from the source files, and check the authored ones against them.

    python scripts/build_crime_edition.py               writes lists/offences.csv, lookup.csv and incidents.csv
    python scripts/build_crime_edition.py --check       writes nothing; exit 1 where a file would change
    python scripts/build_crime_edition.py --pin         also writes pins.yaml with the hash of each edition

Derived are the lists a machine can read off a table of the source. The other lists are readings of prose, made by a
person; they are kept as they are, and every run holds the words they quote against the page they cite.
"""

import argparse
import csv
import io
import sys
from pathlib import Path

import crime_quotes
import crime_sources

from backbeat.rulebook import Shelf

ROOT = Path(__file__).resolve().parents[1]
SHELF = ROOT / "src" / "backbeat" / "crime" / "data"
LISTS = SHELF / "2026-27" / "lists"


def main() -> int:
    """Run from the command line; 0 when everything is as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", type=Path, default=ROOT.parent / "shared" / "data" / "crime")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file would change")
    parser.add_argument("--pin", action="store_true", help="write pins.yaml from the edition as it then is")
    options = parser.parse_args()
    found = list(_misquotes(options.source))
    for name, text in derived(options.source).items():
        path = LISTS / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            if options.check:
                found.append(f"{name} is not what the source files make")
            else:
                path.write_text(text, encoding="utf-8", newline="")
    if options.pin and not found and not pin(check=options.check) and options.check:
        found.append("pins.yaml does not hold the hash of the edition")
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def derived(source: Path) -> dict[str, str]:
    """File name → the CSV text it must hold."""
    listed = list(crime_sources.offences(source))
    return {
        "offences.csv": _csv(listed),
        "lookup.csv": _csv(list(crime_sources.lookup(source, listed))),
        "incidents.csv": _csv(list(crime_sources.incidents(source))),
    }


def pin(*, check: bool) -> bool:
    """Write the hash each edition has now; whether pins.yaml said so already.

    A pinned edition whose files change cannot be loaded, so the old pins step aside while the hash is taken.

    Raises:
        ConfigError: the edition is at fault; the pins stay as they were.
    """
    path = SHELF / "pins.yaml"
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    path.unlink(missing_ok=True)
    after = before
    try:
        after = "".join(f"{edition.id}: {edition.hash}\n" for edition in Shelf.load(SHELF))
    finally:
        keep = before if check else after
        if keep is not None:
            path.write_text(keep, encoding="utf-8")
    return before == after


def _csv(rows: list[crime_sources.Row]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _misquotes(source: Path) -> list[str]:
    pages = crime_quotes.read_pages(source / "rules_2026_27")
    found = []
    for path in sorted(LISTS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                place = f"{path.name} {next(iter(row.values()))}"
                found += [f"{place}: {fault}" for fault in crime_quotes.faults(row, pages)]
    return found


if __name__ == "__main__":
    sys.exit(main())
