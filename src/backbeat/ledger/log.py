"""The append-only log itself: one implementation under both the task ledger and the access log.

A leaf is the canonical JSON of {"at", "entry", "log", "seq"}, with "work" where durable work appended it: it names its
own place, so an entry that was moved gives itself away. Beside each leaf stand its hash and its seal, an HMAC that only
this installation can make. The log's head row holds the frontier of the tree, so an append costs O(log n) whatever the
size.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backbeat.canonical import Json, canonical_json
from backbeat.database import open_engine, writing
from backbeat.errors import ConfigError
from backbeat.installation import Installation
from backbeat.ledger import schema
from backbeat.ledger.errors import LedgerBusy, LedgerDamaged, NoSuchEntry
from backbeat.ledger.forms import now_ms
from backbeat.ledger.heads import Keys, SignedHead
from backbeat.ledger.merkle import EMPTY_ROOT, Frontier, consistency_path, hash_leaf, hash_node, inclusion_path
from backbeat.ledger.proofs import ConsistencyProof, InclusionProof

__all__ = ["CHECKPOINT_ENTRIES", "CHECKPOINT_MS", "KEEP_LEVEL", "Log", "Lookup", "Receipt", "seal"]

KEEP_LEVEL = 8
"""Hashes of complete subtrees of 2**8 leaves and more are stored; smaller ones are recomputed from the leaf hashes."""

CHECKPOINT_ENTRIES = 1_000
CHECKPOINT_MS = 3_600_000
"""A head is kept for good when this many entries or milliseconds have passed since the last that was."""


def seal(key: bytes, log: str, seq: int, leaf_hash: bytes) -> bytes:
    """The keyed seal of one entry."""
    return hmac.digest(key, log.encode() + b"\x00" + seq.to_bytes(8) + leaf_hash, "sha256")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry stands: its number, counted from 0, and the hash of its leaf (hex)."""

    seq: int
    leaf_hash: str


@dataclass(frozen=True)
class Lookup:
    """A table of columns copied out of the leaves for questions; `columns(envelope)` gives one row of it."""

    table: sa.Table
    columns: Callable[[Mapping[str, Any]], dict[str, Any]]


class Log:
    """One named log in the database of one installation.

    `wait_ms` bounds how long an append waits for another writer. On SQLite the log has connections of its own, so it
    never joins a transaction of its caller's.
    """

    def __init__(self, installation: Installation, name: str, lookup: Lookup, *, wait_ms: int = 30_000) -> None:
        self.name = name
        self.lookup = lookup
        self.keys = Keys(installation)
        self._wait_ms = wait_ms
        self.engine = installation.engine
        if self.engine.dialect.name == "sqlite":
            self.engine = open_engine(installation.database_url)

            @sa.event.listens_for(self.engine, "connect")
            def _wait(connection: Any, _record: Any) -> None:
                connection.execute(f"PRAGMA busy_timeout={wait_ms:d}")

        # Built once: making these anew would be half the cost of a one-entry append.
        here = schema.heads.c.log == name
        self._select_head = sa.select(schema.heads).where(here)
        self._lock_head = self._select_head.with_for_update()  # SQLite ignores it: BEGIN IMMEDIATE locked the file
        self._update_head = sa.update(schema.heads).where(here)
        self._select_last = sa.select(sa.func.max(schema.entries.c.seq)).where(schema.entries.c.log == name)
        self._select_checkpoint = (
            sa.select(schema.checkpoints.c.size, schema.checkpoints.c.at)
            .where(schema.checkpoints.c.log == name)
            .order_by(schema.checkpoints.c.size.desc())
            .limit(1)
        )
        self._insert_entries, self._insert_lookup = sa.insert(schema.entries), sa.insert(lookup.table)
        schema.create(self.engine)
        self._begin_log()

    def _begin_log(self) -> None:
        """Write the signed head of the empty log, once."""
        with self.engine.connect() as connection:
            if self._head_row(connection) is not None:
                return
        with self.writing() as connection:
            # Another process may have begun it since; the database settles who was first. Entries without a head are
            # a log whose head was taken away: never sign a new beginning over them.
            if self._head_row(connection, lock=True) is None and self._last_seq(connection) is None:
                head = self.keys.sign(self.name, 0, EMPTY_ROOT, now_ms())
                row = {**head.to_json(), "version": schema.VERSION, "frontier": b""}
                if connection.dialect.name == "postgresql":
                    from sqlalchemy.dialects.postgresql import insert

                    connection.execute(insert(schema.heads).values(row).on_conflict_do_nothing())
                else:
                    connection.execute(sa.insert(schema.heads).values(row))

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A short write transaction.

        Raises:
            LedgerBusy: another writer held the database for longer than `wait_ms`.
        """
        try:
            with writing(self.engine) as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {self._wait_ms:d}")
                yield connection
        except sa.exc.OperationalError as error:
            if "locked" not in str(error.orig) and "lock timeout" not in str(error.orig):
                raise
            raise LedgerBusy(
                "Another writer held the ledger for too long, so nothing was written.",
                where=f"log {self.name}",
                do="try again; inside a web request, record before opening a write transaction of your own",
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one moment of the database from beginning to end."""
        options = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def append(
        self,
        bodies: Sequence[Mapping[str, Json]],
        *,
        work: str | None = None,
        beside: Callable[[sa.Connection, list[Receipt]], None] | None = None,
    ) -> list[Receipt]:
        """Add entries, all or none; `beside` may write more rows in the same transaction.

        Args:
            bodies: one for each entry.
            work: hash of the key of the durable work they come from; each leaf then names it.
            beside: called before the head is signed.

        Raises:
            LedgerBusy: waited too long for another writer; nothing was written.
            LedgerDamaged: the log's head does not verify; nothing was written.
        """
        if not bodies:
            return []
        with self.writing() as connection:
            row = self._head_row(connection, lock=True)
            frontier, old = self._checked(connection, row)
            at = now_ms()
            receipts, entries, lookups = [], [], []
            for seq, body in enumerate(bodies, frontier.size):
                envelope: dict[str, Json] = {"at": at, "entry": body, "log": self.name, "seq": seq}
                if work is not None:
                    envelope["work"] = work
                leaf = canonical_json(envelope)
                leaf_hash = hash_leaf(leaf)
                frontier.add(leaf_hash)
                sealed = seal(self.keys.seal_key, self.name, seq, leaf_hash)
                entries.append({"log": self.name, "seq": seq, "leaf": leaf, "leaf_hash": leaf_hash, "seal": sealed})
                lookups.append(self.lookup.columns(envelope))
                receipts.append(Receipt(seq, leaf_hash.hex()))
            connection.execute(self._insert_entries, entries)
            connection.execute(self._insert_lookup, lookups)
            if beside is not None:
                beside(connection, receipts)
            self._move_head(connection, frontier, old, at)
        return receipts

    def _move_head(self, connection: sa.Connection, frontier: Frontier, old: SignedHead, at: int) -> None:
        """Sign the tree as it now stands; keep its new subtrees and, now and then, the head."""
        if frontier.completed:
            kept = [
                {"log": self.name, "level": level, "place": place, "hash": value}
                for level, place, value in frontier.completed
            ]
            connection.execute(sa.insert(schema.nodes), kept)
        head = self.keys.sign(self.name, frontier.size, frontier.root(), at)
        # Only signature, root and frontier change in place: at one row a head, checking 1 M signatures of an access
        # log would take minutes, and a head kept elsewhere proves more than any number kept here.
        change = {**head.to_json(), "frontier": frontier.to_bytes()}
        connection.execute(self._update_head, change)
        last = connection.execute(self._select_checkpoint).first()
        changed_key = old.key_id != head.key_id
        if changed_key and old.size and (last is None or last.size != old.size):
            connection.execute(sa.insert(schema.checkpoints).values(old.to_json()))
        grown = last is None or head.size // CHECKPOINT_ENTRIES > last.size // CHECKPOINT_ENTRIES
        if grown or changed_key or at - last.at >= CHECKPOINT_MS:  # type: ignore[union-attr]  # grown covers None
            connection.execute(sa.insert(schema.checkpoints).values(head.to_json()))

    def _head_row(self, connection: sa.Connection, *, lock: bool = False) -> Any:
        return connection.execute(self._lock_head if lock else self._select_head).first()

    def _last_seq(self, connection: sa.Connection) -> int | None:
        return connection.execute(self._select_last).scalar()

    def _checked(self, connection: sa.Connection, row: Any) -> tuple[Frontier, SignedHead]:
        """Frontier and head, after asking that the head is ours, fits the frontier and ends at the last entry."""
        if row is not None and row.version != schema.VERSION:
            raise ConfigError(
                f"The ledger's tables are of version {row.version}; this backbeat writes version {schema.VERSION}.",
                where=f"log {self.name}",
                do="run the backbeat release that made them, or the upgrade its notes describe",
            )
        head = head_of(row)
        frontier = None
        if head is not None and isinstance(row.frontier, bytes):
            frontier = Frontier.from_bytes(head.size, row.frontier, keep_level=KEEP_LEVEL)
        if head is None or frontier is None or frontier.root().hex() != head.root or not self.keys.accept(head):
            raise self.damaged("The signed head of the log does not verify")
        last = self._last_seq(connection)
        if (-1 if last is None else last) != head.size - 1:
            raise self.damaged("The log does not end where its signed head says")
        return frontier, head

    def damaged(self, what: str) -> LedgerDamaged:
        """The error for a log that is not as it should be; `what` begins a sentence."""
        return LedgerDamaged(
            f"{what}, so nothing is added to it or proved from it.",
            where=f"log {self.name}",
            do="run `backbeat ledger verify`, keep the database as it is, and restore from a verified backup",
        )

    def head(self) -> SignedHead:
        """The present signed head.

        Raises:
            LedgerDamaged: it does not verify.
        """
        with self.reading() as connection:
            return self._checked(connection, self._head_row(connection))[1]

    def entry(self, seq: int) -> bytes:
        """The bytes of one leaf.

        Raises:
            NoSuchEntry: there is none of that number.
        """
        with self.reading() as connection:
            leaf = connection.execute(
                sa.select(schema.entries.c.leaf).where(schema.entries.c.log == self.name, schema.entries.c.seq == seq)
            ).scalar()
        if leaf is None:
            raise self._absent(f"entry {seq}")
        return bytes(leaf)

    def inclusion(self, seq: int) -> InclusionProof:
        """Proof that entry `seq` is under the present signed head.

        Raises:
            NoSuchEntry: there is none of that number.
        """
        with self.reading() as connection:
            head = self._checked(connection, self._head_row(connection))[1]
            if not 0 <= seq < head.size:
                raise self._absent(f"entry {seq}")
            path = inclusion_path(self._subtrees(connection), seq, head.size)
        return InclusionProof(seq, tuple(sibling.hex() for sibling in path), head)

    def consistency(self, old_size: int, new_size: int | None = None) -> ConsistencyProof:
        """Proof that the first `old_size` entries are the beginning of the first `new_size` (default: all).

        Raises:
            NoSuchEntry: not 0 <= old_size <= new_size <= size.
        """
        with self.reading() as connection:
            head = self._checked(connection, self._head_row(connection))[1]
            new_size = head.size if new_size is None else new_size
            if not 0 <= old_size <= new_size <= head.size:
                raise self._absent(f"pair of tree sizes {old_size} and {new_size}")
            path = consistency_path(self._subtrees(connection), old_size, new_size)
        return ConsistencyProof(self.name, old_size, new_size, tuple(sibling.hex() for sibling in path))

    def _absent(self, what: str) -> NoSuchEntry:
        return NoSuchEntry(f"The log has no {what}.", where=f"log {self.name}", do="ask for a number below its size")

    def _subtrees(self, connection: sa.Connection) -> Callable[[int, int], bytes]:
        """Hashes of complete subtrees, from the stored nodes or, below those, from the leaf hashes."""

        def subtree(level: int, place: int) -> bytes:
            if level >= KEEP_LEVEL:
                return node_hash(connection, self.name, level, place)
            first = place << level
            hashes = connection.execute(
                sa.select(schema.entries.c.leaf_hash)
                .where(schema.entries.c.log == self.name)
                .where(schema.entries.c.seq.between(first, first + (1 << level) - 1))
                .order_by(schema.entries.c.seq)
            ).scalars()
            row = [bytes(value) for value in hashes]
            if len(row) != 1 << level:
                raise self.damaged(f"Entries from {first} on are missing")
            while len(row) > 1:
                row = [hash_node(row[i], row[i + 1]) for i in range(0, len(row), 2)]
            return row[0]

        return subtree


def node_hash(connection: sa.Connection, log: str, level: int, place: int) -> bytes:
    """A stored subtree hash; empty bytes when it is absent, which no proof survives."""
    table = schema.nodes
    value = connection.execute(
        sa.select(table.c.hash).where(table.c.log == log, table.c.level == level, table.c.place == place)
    ).scalar()
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def head_of(row: Any) -> SignedHead | None:
    """The head spelt by a row of heads or checkpoints; None when the row is absent or its fields are not a head's."""
    if row is None:
        return None
    head = SignedHead(row.log, row.size, row.root, row.at, row.key_id, row.signature)
    integers, texts = (head.size, head.at), (head.log, head.root, head.key_id, head.signature)
    if any(type(n) is not int for n in integers) or any(type(t) is not str for t in texts) or head.size < 0:
        return None
    return head
