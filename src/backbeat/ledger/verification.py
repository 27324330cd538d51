"""The sceptic: reads a whole log once, in flat memory, and names every entry that is not as it was written.

Four things must agree: the leaf's bytes, its stored hash, its seal (which only this installation can make) and the tree
under the signed heads. Who can write to the database but lacks the seal key cannot change an entry unnamed; who has
the keys too is found only by a head kept elsewhere (`saved_head`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backbeat.canonical import Json
from backbeat.ledger import schema
from backbeat.ledger.heads import SignedHead
from backbeat.ledger.log import KEEP_LEVEL, Log, head_of, node_hash
from backbeat.ledger.merkle import Frontier
from backbeat.ledger.scan import Fault, RowScan, Work

__all__ = ["Fault", "Verification", "verify_log"]

_ROWS_AT_ONCE = 2_000
_PROGRESS_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found. Warnings (a clock set back) do not make a log bad; faults do."""

    log: str
    entries: int
    head: SignedHead | None
    """The signed head found in the database, or None when it is not to be trusted."""
    faults: tuple[Fault, ...]
    fault_count: int
    """How many faults there are; `faults` lists the first thousand."""
    warnings: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault_count == 0

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {
            "log": self.log,
            "ok": self.ok,
            "entries": self.entries,
            "head": None if self.head is None else self.head.to_json(),
            "fault_count": self.fault_count,
            "faults": [fault.to_json() for fault in self.faults],
            "warnings": [warning.to_json() for warning in self.warnings],
        }


def verify_log(
    log: Log,
    *,
    saved_head: SignedHead | None = None,
    progress: Callable[[int, int], None] | None = None,
    remembered: Callable[[sa.Connection], Iterator[Work]] | None = None,
    besides: Callable[[sa.Connection, RowScan], None] | None = None,
) -> Verification:
    """Verify one log as it stands at one moment; appends may go on meanwhile.

    Args:
        log: which.
        saved_head: a head that was kept somewhere else; the log must have grown from exactly there.
        progress: called with (entries read, entries in all) every ten thousand.
        remembered: which entries are of which durable work, in order, as the log's own list has it.
        besides: further checks on the same snapshot, which report through the scan.
    """
    with log.reading() as connection:
        works = remembered(connection) if remembered is not None else iter(())
        return _Run(log, connection, saved_head, progress, works).go(besides)


class _Run:
    def __init__(
        self,
        log: Log,
        connection: sa.Connection,
        saved_head: SignedHead | None,
        progress: Callable[[int, int], None] | None,
        remembered: Iterator[Work],
    ) -> None:
        self.log = log
        self.connection = connection
        self.saved_head = saved_head
        self.progress = progress
        self.scan = RowScan(log.name, log.keys.seal_key, log.lookup, remembered)
        self.tree = Frontier(keep_level=KEEP_LEVEL)
        self.unmatched: tuple[str, SignedHead] | None = None

    def go(self, besides: Callable[[sa.Connection, RowScan], None] | None) -> Verification:
        head = self._present_head()
        expected = self._anchors(head)
        size = head.size if head is not None else max((anchor.size for _, anchor in expected), default=0)
        read = 0
        for row in self._rows():
            while expected and self.tree.size >= expected[-1][1].size:
                self._compare(*expected.pop())
            self.tree.add(self.scan.row(row))
            self._compare_nodes()
            read += 1
            if self.progress is not None and read % _PROGRESS_EVERY == 0:
                self.progress(read, max(size, read))
        while expected:
            self._compare(*expected.pop())
        self.scan.close(size, exact=head is not None)
        self._explain_root()
        self._count_nodes()
        self._orphans()
        if besides is not None:
            besides(self.connection, self.scan)
        faults = self.scan.faults
        return Verification(self.log.name, read, head, tuple(faults), self.scan.fault_count, tuple(self.scan.warnings))

    def _present_head(self) -> SignedHead | None:
        """The head row's head, if its signature, version and frontier all hold."""
        row = self.connection.execute(sa.select(schema.heads).where(schema.heads.c.log == self.log.name)).first()
        head = head_of(row)
        if row is None or head is None:
            self.scan.fault("head", None, "the log has no signed head")
            return None
        if not self.log.keys.accept(head):
            self.scan.fault("head", None, "the signature of the present head does not verify")
            return None
        frontier = Frontier.from_bytes(head.size, row.frontier) if isinstance(row.frontier, bytes) else None
        if frontier is None or frontier.root().hex() != head.root:
            self.scan.fault("head", None, "the frontier kept beside the present head does not give its root")
        if row.version != schema.VERSION:
            self.scan.fault("head", None, "the table version kept beside the present head is not this release's")
        return head

    def _anchors(self, head: SignedHead | None) -> list[tuple[str, SignedHead]]:
        """Every head the tree must pass through, largest first."""
        table = schema.checkpoints
        anchors: list[tuple[str, SignedHead]] = []
        last_size = head.size if head is not None else None
        for row in self.connection.execute(sa.select(table).where(table.c.log == self.log.name).order_by(table.c.size)):
            kept = head_of(row)
            if kept is None or not self.log.keys.accept(kept):
                self.scan.fault(
                    "checkpoint", None, f"the signature of the head kept at size {row.size} does not verify"
                )
            elif last_size is not None and kept.size > last_size:
                self.scan.fault(
                    "truncated",
                    last_size,
                    f"entries {last_size} to {kept.size - 1} are under a signed head, and the log ends before them",
                )
            else:
                anchors.append(("checkpoint", kept))
        if head is not None:
            anchors.append(("head", head))
        if self.saved_head is not None:
            anchors += self._saved_anchor(self.saved_head, head)
        return sorted(anchors, key=lambda anchor: anchor[1].size, reverse=True)

    def _saved_anchor(self, saved: SignedHead, head: SignedHead | None) -> Iterator[tuple[str, SignedHead]]:
        if saved.log != self.log.name or not self.log.keys.accept(saved):
            self.scan.fault("saved-head", None, "the saved head is of another log, or not signed by a key on file here")
        elif head is not None and saved.size > head.size:
            self.scan.fault(
                "truncated",
                head.size,
                f"entries {head.size} to {saved.size - 1} are under the saved head, and the log ends before them",
            )
        else:
            yield "saved-head", saved

    def _compare(self, kind: str, anchor: SignedHead) -> None:
        if self.tree.size == anchor.size and self.tree.root().hex() == anchor.root:
            return
        if kind == "saved-head":
            self.scan.fault(kind, None, f"the first {anchor.size} entries are not those under the saved head")
        elif self.unmatched is None:
            self.unmatched = kind, anchor

    def _explain_root(self) -> None:
        """A wrong root with every entry in order means entries were rewritten with the seal key in hand."""
        if self.unmatched is not None and not self.scan.row_faults:
            kind, anchor = self.unmatched
            what = "present head" if kind == "head" else "kept head"
            self.scan.fault(kind, None, f"the first {anchor.size} entries do not give the root of the {what}")

    def _compare_nodes(self) -> None:
        if not self.tree.completed:
            return
        for level, place, value in self.tree.completed:
            if not self.scan.row_faults and node_hash(self.connection, self.log.name, level, place) != value:
                first = place << level
                self.scan.fault("node", None, f"the stored hash over entries {first} to {first + (1 << level) - 1}")
        self.tree.completed.clear()

    def _count_nodes(self) -> None:
        found = self.connection.execute(
            sa.select(sa.func.count()).select_from(schema.nodes).where(schema.nodes.c.log == self.log.name)
        ).scalar()
        wanted = sum(self.tree.size >> level for level in range(KEEP_LEVEL, 64))
        if found != wanted and not self.scan.row_faults:
            self.scan.fault("node", None, f"{found} subtree hashes are stored where there should be {wanted}")

    def _orphans(self) -> None:
        """Rows of the lookup table that no entry stands behind."""
        table, entries = self.log.lookup.table, schema.entries
        behind = sa.and_(entries.c.log == self.log.name, entries.c.seq == table.c.seq)
        query = sa.select(table.c.seq).outerjoin(entries, behind).where(entries.c.seq.is_(None)).order_by(table.c.seq)
        for seq in self.connection.execute(query).scalars():
            self.scan.fault("lookup", seq, f"the lookup row {seq} has no entry behind it")

    def _rows(self) -> Iterator[Any]:
        """(seq, leaf, leaf_hash, seal, *lookup columns) in order, streamed; raw values, whatever their type."""
        table = self.log.lookup.table
        columns = ", ".join(f"t.{column.name}" for column in table.columns)
        query = sa.text(
            f"SELECT e.seq, e.leaf, e.leaf_hash, e.seal, {columns} FROM ledger_entries e "  # noqa: S608  # our own names
            f"LEFT JOIN {table.name} t ON t.seq = e.seq WHERE e.log = :log ORDER BY e.seq"
        ).bindparams(log=self.log.name)
        options = {"stream_results": True, "yield_per": _ROWS_AT_ONCE}
        result = self.connection.execute(query, execution_options=options)
        for block in result.partitions():
            yield from block
