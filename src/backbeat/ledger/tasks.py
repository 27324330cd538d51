"""The task ledger: what desks write and what the station, the Centre and auditors ask of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backbeat.canonical import sha256_hex
from backbeat.errors import Bug
from backbeat.installation import Installation
from backbeat.ledger import schema
from backbeat.ledger.baselines import Baseline, baselines
from backbeat.ledger.heads import SignedHead
from backbeat.ledger.log import Log, Lookup, Receipt
from backbeat.ledger.merkle import hash_leaf
from backbeat.ledger.proofs import ConsistencyProof, InclusionProof
from backbeat.ledger.record import Measured, TaskRecord
from backbeat.ledger.saving import Saving, SavingsReport, Spent, Unmeasured
from backbeat.ledger.scan import Work, work_of
from backbeat.ledger.verification import Verification, verify_log

__all__ = ["Ledger"]

_COPIED = (
    "recorded_at",
    "desk",
    "kind",
    "unit",
    "units",
    "active_ms",
    "review_ms",
    "rework_ms",
    "machine_ms",
    "measured",
    "baseline",
    "actor",
)


def _columns(envelope: Mapping[str, Any]) -> dict[str, Any]:
    entry = envelope["entry"]
    return {"seq": envelope["seq"], **{name: entry[name] for name in _COPIED}}


class Ledger:
    """Task records of one installation. Safe to share between threads; open one in each process."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.log = Log(installation, "tasks", Lookup(schema.tasks, _columns))

    @classmethod
    def open(cls, installation: Installation) -> "Ledger":
        """The ledger of `installation`; its tables are created if absent."""
        return cls(installation)

    @cached_property
    def baselines(self) -> Mapping[str, Baseline]:
        """Packaged baselines and those in DATA/baselines.yaml."""
        return baselines(self._installation.data / "baselines.yaml")

    def append(self, records: Sequence[TaskRecord], *, key: str | None = None) -> list[Receipt]:
        """Add records in one transaction: all or none.

        Args:
            records: what to add.
            key: the caller's name for this very work; only its hash is kept. Appending under it again, as a durable
                job does that died after the first time, adds nothing and returns the first receipts.

        Raises:
            Bug: a record names a baseline that is unknown, not yet valid, or of another desk, kind or unit.
            LedgerBusy: another writer held the ledger too long; try again.
            LedgerDamaged: the ledger does not verify; nothing was written.
        """
        for record in records:
            self._require_baseline(record)
        bodies = [record.to_json() for record in records]
        if key is None:
            return self.log.append(bodies)

        def remember(connection: sa.Connection, receipts: list[Receipt]) -> None:
            values = {"work": work, "first": receipts[0].seq, "last": receipts[-1].seq}
            connection.execute(sa.insert(schema.keys), values)

        work = sha256_hex(key.encode())
        known = self._appended(work)
        if known is None:
            try:
                return self.log.append(bodies, work=work, beside=remember)
            except sa.exc.IntegrityError:
                known = self._appended(work)  # somebody did the same work meanwhile; nothing of ours was written
                if known is None:
                    raise
        return known

    def _appended(self, work: str) -> list[Receipt] | None:
        """What was appended by this work, or None.

        Raises:
            LedgerDamaged: the entries remembered for it do not say so themselves. Whoever can add a row there must not
                be able to have later work taken for done.
        """
        entries, keys = schema.entries, schema.keys
        rows = (
            sa.select(entries.c.seq, entries.c.leaf)
            .join(keys, entries.c.seq.between(keys.c.first, keys.c.last))
            .where(keys.c.work == work, entries.c.log == self.log.name)
            .order_by(entries.c.seq)
        )
        receipts = []
        with self.log.reading() as connection:
            for row in connection.execute(rows):
                leaf = bytes(row.leaf)
                if work_of(leaf) != work:
                    raise self.log.damaged("An entry is not of the work it is remembered for")
                receipts.append(Receipt(row.seq, hash_leaf(leaf).hex()))
        return receipts or None

    def _require_baseline(self, record: TaskRecord) -> None:
        if record.baseline is None:
            return
        baseline = self.baselines.get(record.baseline)
        if baseline is None:
            raise Bug(f"no baseline has the id {record.baseline}")
        if (baseline.desk, baseline.kind, baseline.unit) != (record.desk, record.kind, record.unit):
            raise Bug(f"baseline {baseline.id} is for {baseline.desk} {baseline.kind} by the {baseline.unit}")
        if record.recorded_at < baseline.valid_from_ms:
            raise Bug(f"baseline {baseline.id} is valid only from {baseline.valid_from}")

    def head(self) -> SignedHead:
        """The present signed head, to be kept elsewhere."""
        return self.log.head()

    def entry(self, seq: int) -> bytes:
        """The bytes of one leaf: what `verify_inclusion` takes."""
        return self.log.entry(seq)

    def inclusion(self, seq: int) -> InclusionProof:
        """Proof that entry `seq` is in the ledger, with the signed head; verifiable offline."""
        return self.log.inclusion(seq)

    def consistency(self, old_size: int, new_size: int | None = None) -> ConsistencyProof:
        """Proof that the ledger of `old_size` entries is the beginning of the one of `new_size` (default: all)."""
        return self.log.consistency(old_size, new_size)

    def verify(
        self, *, saved_head: SignedHead | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Verification:
        """Read the whole ledger and name every fault; `progress(done, of)` is called now and then."""
        return verify_log(self.log, saved_head=saved_head, progress=progress, remembered=_remembered)

    def saving(
        self,
        *,
        desk: str | None = None,
        since: int | None = None,
        until: int | None = None,
        actor: str | None = None,
        seq: int | None = None,
    ) -> SavingsReport:
        """Savings by desk, kind, baseline and way of measuring, over records with since <= recorded_at < until.

        With `seq`, over that one record.
        """
        table = schema.tasks
        group = (table.c.desk, table.c.kind, table.c.unit, table.c.measured, table.c.baseline)
        names = ("units", "active_ms", "review_ms", "rework_ms", "machine_ms")
        sums = [sa.func.sum(table.c[name]).label(name) for name in names]
        query = sa.select(*group, sa.func.count().label("records"), *sums).group_by(*group).order_by(*group)
        for condition in (
            None if desk is None else table.c.desk == desk,
            None if since is None else table.c.recorded_at >= since,
            None if until is None else table.c.recorded_at < until,
            None if actor is None else table.c.actor == actor,
            None if seq is None else table.c.seq == seq,
        ):
            query = query if condition is None else query.where(condition)
        with self.log.reading() as connection:
            rows = connection.execute(query).all()
        savings, unmeasured = [], []
        for row in rows:
            spent = Spent(
                desk=row.desk,
                kind=row.kind,
                unit=row.unit,
                measured=Measured(row.measured),
                records=row.records,
                **{name: int(getattr(row, name)) for name in names},  # PostgreSQL sums bigint to numeric
            )
            baseline = self.baselines.get(row.baseline) if row.baseline is not None else None
            if baseline is None:
                unmeasured.append(Unmeasured(spent))
            else:
                savings.append(Saving(spent, baseline))
        return SavingsReport(tuple(savings), tuple(unmeasured))

    def export(self, path: Path) -> int:
        """Write every record as Parquet under `path`, whole or not at all; returns the number of records."""
        from backbeat.ledger.export import export_records

        return export_records(self.log, path)


def _remembered(connection: sa.Connection) -> Iterator[Work]:
    """Which entries are of which durable work, in order."""
    keys = schema.keys
    query = sa.select(keys.c.first, keys.c.last, keys.c.work).order_by(keys.c.first, keys.c.last, keys.c.work)
    with connection.execute(query, execution_options={"stream_results": True, "yield_per": 2_000}) as rows:
        yield from rows
