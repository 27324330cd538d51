"""Task records, baselines and savings; the tamper-evident log under them and under the access log; offline proofs."""

from backbeat.ledger.access import AccessEntry, AccessLog, AccessPage, AccessRow, Operation, Outcome
from backbeat.ledger.baselines import Baseline, Grade, baselines
from backbeat.ledger.heads import SignedHead, key_id_of
from backbeat.ledger.log import Receipt
from backbeat.ledger.proofs import ConsistencyProof, InclusionProof, verify_consistency, verify_inclusion
from backbeat.ledger.record import EditionRef, Measured, Phase, TaskRecord, hash_set, pseudonymous_actor
from backbeat.ledger.saving import NO_INTERVAL, Saving, SavingsReport, Total, Unmeasured, hours
from backbeat.ledger.tasks import Ledger
from backbeat.ledger.verification import Fault, Verification

__all__ = [
    "NO_INTERVAL",
    "AccessEntry",
    "AccessLog",
    "AccessPage",
    "AccessRow",
    "Baseline",
    "ConsistencyProof",
    "EditionRef",
    "Fault",
    "Grade",
    "InclusionProof",
    "Ledger",
    "Measured",
    "Operation",
    "Outcome",
    "Phase",
    "Receipt",
    "Saving",
    "SavingsReport",
    "SignedHead",
    "TaskRecord",
    "Total",
    "Unmeasured",
    "Verification",
    "baselines",
    "hash_set",
    "hours",
    "key_id_of",
    "pseudonymous_actor",
    "verify_consistency",
    "verify_inclusion",
]
