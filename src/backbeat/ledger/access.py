"""The access log that DPA 2018 Part 3 section 62 asks for: who did what to which record, tamper-evident.

An entry names objects by reference and people by keyed pseudonym. Personal detail (search words, a written reason)
goes to a side table; the leaf holds only a salted commitment to it. When detail and salt are erased every proof still
holds, and what was erased cannot be guessed back from the commitment.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from backbeat.canonical import Json, canonical_json
from backbeat.errors import Bug
from backbeat.installation import Installation
from backbeat.ledger import schema
from backbeat.ledger.errors import AccessNotLogged, LedgerBusy, LedgerDamaged, NoSuchEntry
from backbeat.ledger.forms import SLUG, require_hex, require_text
from backbeat.ledger.heads import SignedHead
from backbeat.ledger.log import Log, Lookup, Receipt
from backbeat.ledger.proofs import ConsistencyProof, InclusionProof
from backbeat.ledger.scan import RowScan
from backbeat.ledger.verification import Verification, verify_log

__all__ = ["AccessEntry", "AccessLog", "AccessPage", "AccessRow", "Operation", "Outcome"]

_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9/:._-]*")
_DETAIL_REF = "access-detail/"
MOST_ROWS = 1_000
"""Rows in one page of answers."""


class Operation(StrEnum):
    """The operations of section 62(1), and two of our own: signing in, and being refused."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SIGN_IN = "sign-in"
    REFUSAL = "refusal"


class Outcome(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """One operation. A disclosure names its recipients (organisations or roles, as slugs).

    Raises:
        Bug: a field is not of its form, or a disclosure that was made names no recipient.
    """

    operation: Operation
    actor: str
    """From `pseudonymous_actor`."""
    role: str
    object_ref: str
    """What was touched, by id: `case/41/item/7`."""
    purpose: str | None = None
    """A code from the force's list, never free text."""
    outcome: Outcome = Outcome.DONE
    recipients: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.operation, Operation) or not isinstance(self.outcome, Outcome):
            raise Bug("operation and outcome are not an Operation and an Outcome")
        require_hex(self.actor, "actor")
        require_text(self.role, SLUG, 40, "role")
        require_text(self.object_ref, _REF, 120, "object_ref")
        if self.purpose is not None:
            require_text(self.purpose, SLUG, 40, "purpose")
        if not isinstance(self.recipients, tuple) or len(self.recipients) > 64:
            raise Bug("recipients is not a tuple of at most 64")
        for recipient in self.recipients:
            require_text(recipient, SLUG, 40, "recipient")
        if self.operation is Operation.DISCLOSURE and self.outcome is Outcome.DONE and not self.recipients:
            raise Bug("a disclosure names its recipients (DPA 2018 s.62(3))")

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {
            "actor": self.actor,
            "object_ref": self.object_ref,
            "operation": self.operation.value,
            "outcome": self.outcome.value,
            "purpose": self.purpose,
            "recipients": list(self.recipients),
            "role": self.role,
        }


@dataclass(frozen=True, slots=True)
class AccessRow:
    """An entry as found in the log; `at` is UTC ms."""

    seq: int
    at: int
    entry: AccessEntry
    commitment: str | None
    """Present when detail was given, whether or not it has been erased since."""


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Rows, newest first. Pass `before` to the same question for the next page; None when there is none."""

    rows: tuple[AccessRow, ...]
    before: int | None


def commit(salt: bytes, detail: bytes) -> str:
    """Salted commitment (hex) to a detail's canonical bytes; the salt is 32 random bytes."""
    return hashlib.sha256(salt + detail).hexdigest()


def _columns(envelope: Mapping[str, Any]) -> dict[str, Any]:
    entry = envelope["entry"]
    copied = ("operation", "actor", "object_ref", "outcome", "commitment")
    return {"seq": envelope["seq"], "at": envelope["at"], **{name: entry[name] for name in copied}}


class AccessLog:
    """The access log of one installation. It fails closed: what cannot be logged must not happen.

    `record` is its own short transaction. On SQLite, call it before opening a write transaction of your own on the same
    file or after committing it; inside one, it waits `wait_ms` for you, then raises.
    """

    def __init__(self, installation: Installation, *, wait_ms: int = 5_000) -> None:
        self.log = Log(installation, "access", Lookup(schema.access, _columns), wait_ms=wait_ms)

    @classmethod
    def open(cls, installation: Installation) -> "AccessLog":
        """The access log of `installation`; its tables are created if absent."""
        return cls(installation)

    def record(self, entry: AccessEntry, detail: Mapping[str, Json] | None = None) -> Receipt:
        """Write one operation, with erasable detail if there is any.

        Raises:
            AccessNotLogged: it could not be written; the operation must not go ahead.
        """
        body = {**entry.to_json(), "commitment": None}
        if detail is None:
            return self._append(body)
        salt, content = secrets.token_bytes(32), canonical_json(detail)
        body["commitment"] = commit(salt, content)

        def keep(connection: sa.Connection, receipts: list[Receipt]) -> None:
            row = {"seq": receipts[0].seq, "salt": salt, "detail": content}
            connection.execute(sa.insert(schema.details).values(row))

        return self._append(body, keep)

    def _append(
        self, body: Mapping[str, Json], beside: Callable[[sa.Connection, list[Receipt]], None] | None = None
    ) -> Receipt:
        try:
            return self.log.append([body], beside=beside)[0]
        except (sa.exc.SQLAlchemyError, LedgerBusy, LedgerDamaged, OSError) as error:
            raise AccessNotLogged(
                "The access log could not be written, so the operation was stopped and nothing was shown or changed.",
                where="log access",
                do="try again; if it goes on, run `backbeat ledger verify` and check the disk and the database",
            ) from error

    def detail(self, seq: int) -> dict[str, Json] | None:
        """The detail of entry `seq`; None when it had none or it was erased.

        Raises:
            NoSuchEntry: there is no entry of that number.
            LedgerDamaged: the detail is not the one committed to.
        """
        commitment = self._row(seq).commitment
        with self.log.reading() as connection:
            row = connection.execute(sa.select(schema.details).where(schema.details.c.seq == seq)).first()
        if row is None:
            return None
        if commit(row.salt, row.detail) != commitment:
            raise LedgerDamaged(
                "The detail is not the one the entry committed to.",
                where=f"log access, entry {seq}",
                do="run `backbeat ledger verify` and restore the detail from a verified backup",
            )
        found: dict[str, Json] = json.loads(row.detail)
        return found

    def erase_detail(self, seq: int, *, actor: str, role: str, purpose: str | None = None) -> Receipt:
        """Erase detail and salt of entry `seq` and log that, in one transaction; every proof stays valid.

        Raises:
            NoSuchEntry: the entry has no detail (any more).
            AccessNotLogged: the erasure could not be logged, so nothing was erased.
        """
        erasure = AccessEntry(
            operation=Operation.ERASURE, actor=actor, role=role, object_ref=f"{_DETAIL_REF}{seq}", purpose=purpose
        )

        def erase(connection: sa.Connection, _receipts: list[Receipt]) -> None:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete=ON")  # overwrite, do not merely unlink
            if not connection.execute(sa.delete(schema.details).where(schema.details.c.seq == seq)).rowcount:
                raise NoSuchEntry(
                    "There is no detail to erase.", where=f"log access, entry {seq}", do="check the number"
                )

        receipt = self._append({**erasure.to_json(), "commitment": None}, erase)
        if self.log.engine.dialect.name == "sqlite":
            with self.log.engine.connect() as connection:
                raw = connection.connection.cursor()
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the write-ahead log still held the erased page
                raw.close()
        return receipt

    def for_object(self, ref: str, limit: int = 50, *, before: int | None = None) -> AccessPage:
        """Who did what to this object, newest first."""
        return self.search(object_ref=ref, limit=limit, before=before)

    def search(
        self,
        *,
        object_ref: str | None = None,
        actor: str | None = None,
        operation: Operation | None = None,
        since: int | None = None,
        until: int | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> AccessPage:
        """Entries that meet every condition given, newest first; since <= at < until in UTC ms."""
        if type(limit) is not int or not 1 <= limit <= MOST_ROWS:
            raise Bug(f"limit is not an integer from 1 to {MOST_ROWS}")
        table = schema.access
        conditions = [
            None if object_ref is None else table.c.object_ref == object_ref,
            None if actor is None else table.c.actor == actor,
            None if operation is None else table.c.operation == operation.value,
            None if since is None else table.c.at >= since,
            None if until is None else table.c.at < until,
            None if before is None else table.c.seq < before,
        ]
        query = (
            sa.select(schema.entries.c.leaf)
            .join(table, sa.and_(schema.entries.c.log == self.log.name, schema.entries.c.seq == table.c.seq))
            .where(*(condition for condition in conditions if condition is not None))
            .order_by(table.c.seq.desc())
            .limit(limit + 1)
        )
        with self.log.reading() as connection:
            rows = [_row_of(bytes(leaf)) for leaf in connection.execute(query).scalars()]
        more = len(rows) > limit
        return AccessPage(tuple(rows[:limit]), rows[limit - 1].seq if more else None)

    def _row(self, seq: int) -> AccessRow:
        return _row_of(self.log.entry(seq))

    def head(self) -> SignedHead:
        """The present signed head, to be kept elsewhere."""
        return self.log.head()

    def entry(self, seq: int) -> bytes:
        """The bytes of one leaf: what `verify_inclusion` takes."""
        return self.log.entry(seq)

    def inclusion(self, seq: int) -> InclusionProof:
        """Proof that entry `seq` is in the log, with the signed head; verifiable offline."""
        return self.log.inclusion(seq)

    def consistency(self, old_size: int, new_size: int | None = None) -> ConsistencyProof:
        """Proof that the log of `old_size` entries is the beginning of the one of `new_size` (default: all)."""
        return self.log.consistency(old_size, new_size)

    def verify(
        self, *, saved_head: SignedHead | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Verification:
        """Read the whole log and every detail, and name every fault."""
        return verify_log(self.log, saved_head=saved_head, progress=progress, besides=_check_details)


def _row_of(leaf: bytes) -> AccessRow:
    envelope = json.loads(leaf)
    entry = envelope["entry"]
    return AccessRow(
        envelope["seq"],
        envelope["at"],
        AccessEntry(
            operation=Operation(entry["operation"]),
            actor=entry["actor"],
            role=entry["role"],
            object_ref=entry["object_ref"],
            purpose=entry["purpose"],
            outcome=Outcome(entry["outcome"]),
            recipients=tuple(entry["recipients"]),
        ),
        entry["commitment"],
    )


def _check_details(connection: sa.Connection, scan: RowScan) -> None:
    """Every detail is the one committed to, and every absent one was erased by a logged erasure."""
    table, details = schema.access, schema.details
    query = sa.select(details.c.seq, details.c.salt, details.c.detail, table.c.commitment).outerjoin(
        table, table.c.seq == details.c.seq
    )
    for row in connection.execute(query.order_by(details.c.seq), execution_options={"yield_per": 2_000}):
        if row.commitment is None or commit(row.salt, row.detail) != row.commitment:
            scan.fault("detail", row.seq, f"entry {row.seq}: its detail is not the one it committed to")
    erased = table.alias("erased")
    by_erasure = sa.and_(
        erased.c.operation == Operation.ERASURE.value,
        erased.c.outcome == Outcome.DONE.value,
        erased.c.object_ref == sa.literal(_DETAIL_REF) + sa.cast(table.c.seq, sa.String),
    )
    absent = (
        sa.select(table.c.seq)
        .outerjoin(details, details.c.seq == table.c.seq)
        .where(table.c.commitment.is_not(None), details.c.seq.is_(None), ~sa.exists().where(by_erasure))
        .order_by(table.c.seq)
    )
    for seq in connection.execute(absent).scalars():
        scan.fault("detail", seq, f"entry {seq}: its detail is gone without a logged erasure")
