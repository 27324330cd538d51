"""One ledger row a call, left when it is first closed: minutes of handling, measured by the page itself."""

from contextlib import suppress

from django.conf import settings
from django.utils import timezone

import backbeat
from backbeat.canonical import canonical_json, sha256_hex
from backbeat.ledger import EditionRef, Ledger, Measured, TaskRecord, pseudonymous_actor
from backbeat.ledger.errors import LedgerBusy
from backbeat.station.accounts.models import User
from backbeat.station.desk_triage.models import Call

__all__ = ["DESK", "KIND", "UNIT", "leave_row"]

DESK = "triage"
KIND = "call"
UNIT = "call"


def leave_row(actor: User, call: Call) -> None:
    """Leave the row of a closed call, once: closing it again after it was reopened claims nothing a second time.

    It holds the time people handled the call and no name, and is held against no baseline: what a deployment spared is
    worth is measured over many calls, never by one. A ledger that is busy costs a row, never a close.
    """
    if call.is_open or call.ledger_row is not None:
        return
    row = TaskRecord(
        desk=DESK,
        kind=KIND,
        units=1,
        unit=UNIT,
        active_ms=call.active_ms,
        measured=Measured.INSTRUMENTED,
        baseline=None,
        actor=pseudonymous_actor(settings.INSTALLATION, actor.get_username()),
        output_hashes=(sha256_hex(canonical_json(call.assessment)),),
        editions=(EditionRef(call.policy, call.policy_hash),),
        software=backbeat.__version__,
        recorded_at=int(timezone.now().timestamp() * 1000),
    )
    with suppress(LedgerBusy):
        (receipt,) = Ledger.open(settings.INSTALLATION).append([row], key=f"triage {call.pk}")
        call.ledger_row = receipt.seq
        call.save(update_fields=["ledger_row"])
