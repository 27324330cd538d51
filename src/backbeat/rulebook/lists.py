"""Reference lists: rows an edition holds that decide nothing by themselves, such as a list of offences.

Each row says where it stands, as a table's rows do, and the list belongs to what the edition is hashed over.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from backbeat.rulebook.sources import Faults, read_rows

__all__ = ["RuleList", "make_list"]

SOURCE_COLUMNS = ("document", "page", "why")
MAX_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class RuleList:
    """Rows of text by column."""

    id: str
    columns: tuple[str, ...]
    """In the order of the file."""
    key: tuple[str, ...]
    """Columns that together name a row."""
    rows: tuple[Mapping[str, str], ...] = field(repr=False)


def make_list(
    id_: str, path: Path, key: tuple[str, ...], documents: AbstractSet[str], faults: Faults
) -> RuleList | None:
    """Read a list; None with every fault recorded."""
    before = len(faults.found)
    if path.suffix != ".csv":
        faults.add("a list is a .csv file")
        return None
    header, placed = read_rows(path, faults)
    if header is None:
        return None
    for name in sorted({*SOURCE_COLUMNS, *key} - set(header)):
        faults.add(f"column {name} is missing")
    if not placed:
        faults.add("has no rows")
    if len(placed) > MAX_ROWS:
        faults.add(f"has more than {MAX_ROWS} rows")
    if len(faults.found) > before:
        return None
    seen: set[tuple[str, ...]] = set()
    for place, row in placed:
        for name in SOURCE_COLUMNS:
            if not row[name]:
                faults.add(f"{place}: {name} is empty")
        if row["document"] and row["document"] not in documents:
            faults.add(f"{place}: document is not one the edition declares")
        named = tuple(row[name] for name in key)
        if named in seen:
            faults.add(f"{place}: a row with this key stands above")
        seen.add(named)
    if len(faults.found) > before:
        return None
    return RuleList(id_, header, key, tuple(row for _, row in placed))
