"""Judging entries one by one, in order, and saying in words which is changed, missing, moved, copied or inserted."""

import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from backbeat.canonical import Json
from backbeat.ledger.log import Lookup, seal
from backbeat.ledger.merkle import hash_leaf

__all__ = ["MOST_FAULTS", "Fault", "RowScan", "Work", "work_of"]

MOST_FAULTS = 1_000
"""Faults listed; further ones are only counted, so a wholly foreign table cannot fill the memory."""

CLOCK_TOLERANCE_MS = 1_000
"""Appends from several hosts may differ by this much before it is called a clock set back."""


Work: TypeAlias = tuple[int, int, str]
"""First and last entry of a piece of durable work, and the hash of its key."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: what kind, at which entry (None for the log as a whole), in words without content."""

    kind: str
    seq: int | None
    message: str

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {"kind": self.kind, "seq": self.seq, "message": self.message}


class RowScan:
    """Takes rows in order of their number. Memory: one bit for each entry, and the faults.

    `remembered` is the log's own list of which entries are of which work, in order.
    """

    def __init__(self, log: str, seal_key: bytes, lookup: Lookup, remembered: Iterable[Work] = ()) -> None:
        self.faults: list[Fault] = []
        self.fault_count = 0
        self.row_faults = 0
        self.warnings: list[Fault] = []
        self._log = log
        self._seal_key = seal_key
        self._lookup = lookup
        self._names = [column.name for column in lookup.table.columns]
        self._seen = bytearray()
        self._strange: list[tuple[int, str]] = []
        self._run: tuple[int, int, int] | None = None
        self._last_at: int | None = None
        self._highest = -1
        self._rows = 0
        self._works = _WorkScan(iter(remembered), self.fault)

    def fault(self, kind: str, seq: int | None, message: str) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(kind, seq, message))

    def row(self, row: Any) -> bytes:
        """Judge one row (seq, leaf, leaf_hash, seal, *lookup columns); returns the hash its leaf really has."""
        self._rows += 1
        seq, leaf, stored_hash, stored_seal = row[0], row[1], row[2], row[3]
        if type(seq) is not int or seq < 0 or not isinstance(leaf, bytes) or not isinstance(stored_seal, bytes):
            self._note_strange(seq if type(seq) is int else -1, "its row has values of a foreign type")
            return hash_leaf(leaf if isinstance(leaf, bytes) else b"")
        leaf_hash = hash_leaf(leaf)
        envelope = _envelope(leaf)
        recorded = envelope.get("seq") if envelope is not None else None
        # Authentic: the seal is ours over this content at the place which the content itself names.
        if (
            envelope is None
            or type(recorded) is not int
            or not 0 <= recorded < 1 << 62
            or not hmac.compare_digest(stored_seal, seal(self._seal_key, self._log, recorded, leaf_hash))
        ):
            which = "its content or seal" if stored_hash == leaf_hash else "its content"
            self._note_strange(seq, f"{which} is not what was recorded")
            return leaf_hash
        self._place(seq, recorded)
        if stored_hash != leaf_hash:
            self._row_fault("changed", seq, f"entry {seq}: its stored hash is not the hash of its content")
        self._compare_lookup(seq, recorded, envelope, row)
        self._works.entry(seq, envelope.get("work"))
        at = envelope.get("at")
        if type(at) is int:
            if (
                self._last_at is not None
                and at < self._last_at - CLOCK_TOLERANCE_MS
                and len(self.warnings) < MOST_FAULTS
            ):
                behind = self._last_at - at
                self.warnings.append(Fault("clock", seq, f"entry {seq}: the clock had been set back by {behind} ms"))
            self._last_at = at
        return leaf_hash

    def _compare_lookup(self, seq: int, recorded: int, envelope: Mapping[str, Any], row: Any) -> None:
        if seq != recorded:
            return  # already named as moved
        try:
            columns = self._lookup.columns(envelope)
        except (KeyError, TypeError):
            self.fault("lookup", seq, f"entry {seq}: it lacks fields that the lookup table is made from")
            return
        for name, value in zip(self._names, row[4:], strict=True):
            if columns[name] != value or type(columns[name]) is not type(value):
                self.fault("lookup", seq, f"entry {seq}: its lookup row differs from it in {name}")
                return

    def _row_fault(self, kind: str, seq: int, message: str) -> None:
        self.row_faults += 1
        self.fault(kind, seq, message)

    def _note_strange(self, seq: int, why: str) -> None:
        """A row that is not an entry of ours. Whether it was changed or inserted is known at the end."""
        self._end_run()
        self.row_faults += 1
        if len(self._strange) < MOST_FAULTS:
            self._strange.append((seq, why))
        else:
            self.fault_count += 1
            if 0 <= seq <= self._rows:
                self._mark(seq)  # accounted for: not missing as well

    def _place(self, seq: int, recorded: int) -> None:
        """Note an authentic entry: seen; and if it stands elsewhere than recorded, part of a moved run."""
        self._highest = max(self._highest, recorded)
        if self._mark(recorded):
            self._end_run()
            self._row_fault("copied", seq, f"entry {seq}: it is a copy of entry {recorded}")
            return
        shift = seq - recorded
        if self._run is not None:
            start, end, running = self._run
            if shift == running and seq == end + 1:
                self._run = start, seq, shift
                return
            self._end_run()
        if shift:
            self._run = seq, seq, shift

    def _end_run(self) -> None:
        if self._run is None:
            return
        start, end, shift = self._run
        self._run = None
        if start == end:
            message = f"entry {start}: what stands here was recorded as entry {start - shift}"
        else:
            message = f"entries {start} to {end}: they were recorded as entries {start - shift} to {end - shift}"
        self._row_fault("moved", start, message)

    def _mark(self, seq: int) -> bool:
        """Set the bit of an entry; whether it was set already."""
        byte, bit = seq >> 3, 1 << (seq & 7)
        if byte >= len(self._seen):
            self._seen.extend(bytes(byte - len(self._seen) + 1))
        before = bool(self._seen[byte] & bit)
        self._seen[byte] |= bit
        return before

    def _is_marked(self, seq: int) -> bool:
        return 0 <= seq >> 3 < len(self._seen) and bool(self._seen[seq >> 3] & 1 << (seq & 7))

    def close(self, size: int, *, exact: bool) -> None:
        """After the last row: tell changed from inserted, and name what is missing.

        `size` is the signed size; unless `exact` it is only the least that is known, for want of a good head.
        """
        self._end_run()
        self._works.close()
        size = size if exact else max(size, self._highest + 1)
        for seq, why in self._strange:
            if self._is_marked(seq) or not 0 <= seq < size:
                self.fault("inserted", seq, f"entry {seq}: it was inserted; {why}")
            else:
                self.fault("changed", seq, f"entry {seq}: {why}")
                self._mark(seq)
        if self._highest >= size:
            message = f"entries {size} to {self._highest} are not under the signed head"
            self._row_fault("inserted", size, message)
        self._name_missing(size)

    def _name_missing(self, size: int) -> None:
        seq = 0
        while (start := self._next(seq, size, marked=False)) < size:
            seq = self._next(start, size, marked=True)
            cut = seq == size
            names = f"entry {start} is" if seq == start + 1 else f"entries {start} to {seq - 1} are"
            where = "gone from the end" if cut else "missing"
            self._row_fault("truncated" if cut else "missing", start, f"{names} {where}")

    def _next(self, seq: int, size: int, *, marked: bool) -> int:
        """The first entry from `seq` on that is (not) marked, or `size`; whole bytes of the others are stepped over."""
        other = 0x00 if marked else 0xFF
        while seq < size:
            if seq >> 3 >= len(self._seen):
                return size if marked else seq
            if not seq & 7 and self._seen[seq >> 3] == other:
                seq += 8
            elif self._is_marked(seq) == marked:
                return seq
            else:
                seq += 1
        return size


class _WorkScan:
    """Holds each run of entries of one work, as the entries say it, against what is remembered of it.

    Either list could be longer: a work remembered that no entry names would have later work taken for done, and a run
    that is not remembered could be appended again. As each work is remembered once, a doubled run is not remembered.
    """

    def __init__(self, remembered: Iterator[Work], fault: Callable[[str, int | None, str], None]) -> None:
        self._remembered = remembered
        self._fault = fault
        self._next = self._remember()
        self._run: Work | None = None

    def entry(self, seq: int, work: object) -> None:
        """The next entry in order, and the work it names (None where it names none)."""
        if self._run is not None:
            first, last, running = self._run
            if (last, running) == (seq - 1, work):
                self._run = first, seq, running
                return
            self._end(self._run)
        self._run = (seq, seq, work) if isinstance(work, str) else None

    def close(self) -> None:
        """After the last entry."""
        if self._run is not None:
            self._end(self._run)
        while self._next is not None:
            self._forged(self._next)

    def _end(self, run: Work) -> None:
        self._run = None
        while self._next is not None and self._next < run:
            self._forged(self._next)
        if self._next == run:
            self._next = self._remember()
        else:
            first, last, _ = run
            self._fault("work", first, f"it is not remembered which work entries {first} to {last} are of")

    def _forged(self, remembered: Work) -> None:
        first, last, _ = remembered
        self._fault("work", first, f"entries {first} to {last} are not of the work they are remembered for")
        self._next = self._remember()

    def _remember(self) -> Work | None:
        for row in self._remembered:
            if tuple(map(type, row)) == (int, int, str):
                return row
            self._fault("work", None, "what is remembered of one piece of work has values of a foreign type")
        return None


def work_of(leaf: bytes) -> object:
    """What a leaf names as the work it is of; None where it names none."""
    envelope = _envelope(leaf)
    return None if envelope is None else envelope.get("work")


def _envelope(leaf: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(leaf)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
