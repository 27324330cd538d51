"""What `build_crime_edition.py` makes out of the source files: offences, the look-up table, notifiable incidents.

Every value is copied or computed by the rules written here; nothing is filled in from elsewhere. A value that fits none
of them stops the build, so that a new edition of the list cannot slip through half read.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

__all__ = ["incidents", "lookup", "offences"]

Row = dict[str, str]

SHEET_OFFSET = 2
"""Row of the sheet on which the first offence stands, less one: a title and a header stand above."""

LIFE = 999_999
DAYS = {"life": LIFE, "fine": 0, "1m": 30, "3m": 91, "6m": 183, "51 weeks": 357, "?": None}
"""Maximum sentences that are no number of years. A month alone is 30 days, a quarter 91, half a year 183."""

NO_CLASS = {"": "the list gives no class", "Various sub classes": "the list says various sub classes"}
NO_DAY = {"TBC": "commencement to be confirmed", "28/02/22?": "the list puts a question mark behind 28/02/22"}
MISSPELT = {"23 Februay 2011": "23 February 2011"}

INCIDENT_PAGES = {
    "N100": ("rules", "63"),
    "N200": ("nol", "sheet Notifiable_Reported_Incidents"),
    "N300": ("rules", "34"),
}

# Names that p14 prints for a whole group of classes.
PRINTED_CLASSES = {"34": ("34A", "34B")}


def offences(folder: Path) -> Iterator[Row]:
    """The notifiable offence list, in its own order. `page` is the row of the sheet."""
    for number, row in enumerate(_rows(folder / "notifiable_offences_2026_27.csv"), SHEET_OFFSET + 1):
        class_, class_remark = _class(row["hocr_class"], row["offence_category"])
        commenced, begin_remark = _day(row["commencement"])
        ceased, end_remark = _day(row["cessation"])
        current = {"Y": "yes", "N": "no"}[row["current"]]
        doubt = "current in the list, which also says since when it is not" if current == "yes" and ceased else ""
        if current == "no" and not row["cessation"]:
            doubt = "not current, and the list does not say since when"
        remarks = [r for r in (class_remark, begin_remark, end_remark, doubt) if r]
        yield {
            "code": row["ho_code"],
            "class": class_,
            "category": row["offence_category"],
            "offence": row["offence"],
            "act": row["act"],
            "section": row["section"],
            "group": row["class"],
            "subgroup": row["subclass"],
            "mode": row["mode"],
            "max_sentence": row["max_sentence"],
            "max_days": _days(row["max_sentence"]),
            "basis": row["victim_or_state"],
            "current": current,
            "commenced": commenced,
            "ceased": ceased,
            "remark": "; ".join(remarks),
            "document": "nol",
            "page": f"row {number}",
            "why": "Notifiable offence list, April 2026.",
        }


def lookup(folder: Path, listed: list[Row]) -> Iterator[Row]:
    """The principal crime look-up table (p14), one row for each pair of code and class its printed ranges cover.

    Only pairs that stand in the list of offences in force are written. 019/15 lies inside the printed range of rape but
    has no row in the list, and 58J is printed with 058/00, a code that class does not hold: neither is made up here.
    8S, 8T and 8P reuse numbers of this table (005/01, 008/01, 008/06, 008/77) but are not printed in it.
    """
    pairs = sorted({(row["code"], row["class"]) for row in listed if row["current"] == "yes"})
    for row in _rows(folder / "principal_crime_lookup_2026_27.csv"):
        classes, codes = _classes(row["hocr_class"]), _codes(row["ho_code"])
        covered = [(code, class_) for code, class_ in pairs if class_ in classes and _within(code, codes)]
        if not covered:
            raise ValueError(f"rank {row['rank']} of the look-up table covers no offence of the list")
        for code, class_ in covered:
            yield {
                "rank": row["rank"],
                "code": code,
                "class": class_,
                "offence": row["offence"],
                "max_sentence": row["max_sentence"],
                "max_days": _days(row["max_sentence"]),
                "conduct": {"1": "yes", "0": "no"}[row["conduct_crime"]],
                "document": "rules",
                "page": "14",
                "why": f"Printed as {row['hocr_class']}, {row['ho_code']}.",
            }


def incidents(folder: Path) -> Iterator[Row]:
    """Notifiable reported incidents. Rows behind the last N300 are spill-over of another sheet and are left out."""
    for row in _rows(folder / "notifiable_reported_incidents_2026_27.csv"):
        if row["class"] not in INCIDENT_PAGES:
            continue
        document, page = INCIDENT_PAGES[row["class"]]
        yield {
            "code": row["ho_code"],
            "class": row["class"],
            "title": row["incident"],
            "category": row["category"],
            "current": "no" if row["year_deleted"] else "yes",
            "voluntary": "yes" if "voluntary" in row["incident"] else "no",
            "document": document,
            "page": page,
            "why": f"Deleted in {row['year_deleted']}." if row["year_deleted"] else "Notifiable reported incident.",
        }


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [{name: value.strip() for name, value in row.items()} for row in csv.DictReader(stream)]


def _class(printed: str, category: str) -> tuple[str, str]:
    """Class and a remark. Fraud rows name theirs only in the category, `NFIB 17 Other Regulatory Fraud`."""
    if printed:
        return printed, ""
    if match := re.match(r"NFIB ?(\d+[A-Z]?) ", category):
        return f"NFIB{match[1]}", "class taken from the category"
    return "NFIB", NO_CLASS[category]


def _days(sentence: str) -> str:
    """Maximum sentence in days; empty where the list does not know it."""
    text = sentence.strip().lower().replace(" months", "m").removesuffix(" yrs").removesuffix(" yr")
    days = DAYS[text] if text in DAYS else int(text) * 365
    return "" if days is None else str(days)


def _day(text: str) -> tuple[str, str]:
    """ISO day and a remark; empty where the list gives no certain day."""
    if not text or text in NO_DAY:
        return "", NO_DAY.get(text, "")
    if re.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00", text):
        return date.fromisoformat(text[:10]).isoformat(), ""
    written = MISSPELT.get(text, text)
    return datetime.strptime(written, "%d %B %Y").date().isoformat(), ""


def _classes(printed: str) -> set[str]:
    """`58A-D, J` → 58A 58B 58C 58D 58J."""
    found: set[str] = set()
    stem = ""
    for part in re.split(r"[;,]\s*", printed):
        match = re.fullmatch(r"(\d*)([A-Z]?)(?:-([A-Z]))?", part.strip())
        if match is None:
            raise ValueError(f"the look-up table prints classes we cannot read: {printed}")
        stem = match[1] or stem
        first, last = match[2], match[3] or match[2]
        letters = [chr(n) for n in range(ord(first), ord(last) + 1)] if first else [""]
        found |= {name for letter in letters for name in PRINTED_CLASSES.get(stem + letter, (stem + letter,))}
    return found


def _codes(printed: str) -> list[tuple[str, str]]:
    """`017/13 - 017/14; 020/03` → inclusive ranges. Codes of one length sort as text."""
    ranges = []
    for part in printed.split(";"):
        ends = [end.strip() for end in part.split(" - ")]
        if not all(re.fullmatch(r"\d{3}/\d\d", end) for end in ends):
            raise ValueError(f"the look-up table prints codes we cannot read: {printed}")
        ranges.append((ends[0], ends[-1]))
    return ranges


def _within(code: str, ranges: list[tuple[str, str]]) -> bool:
    return any(first <= code <= last for first, last in ranges)
