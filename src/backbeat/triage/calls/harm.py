"""Signs of harm on one call that nobody was sent to: what happened after it had been closed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from backbeat.triage.calls.state import CallState
from backbeat.triage.calls.words import Harm

__all__ = ["RECONTACT", "HarmSigns", "harm_signs"]

RECONTACT: Final = timedelta(hours=24)
"""Within what time after a close a further contact counts, as the published figures count it."""


@dataclass(frozen=True, slots=True)
class HarmSigns:
    """What became known. A sign that is false says that nobody has reported it, not that it did not happen."""

    recontact: bool
    """Rung about again within 24 hours after a close."""
    later_deployment: bool
    injury: bool
    death: bool
    other: bool

    @property
    def any(self) -> bool:
        """Whether there is any sign at all."""
        return self.recontact or self.later_deployment or self.injury or self.death or self.other


def harm_signs(state: CallState) -> HarmSigns:
    """The signs on one call. A further contact that opened a call of its own is that call's link, and not seen here."""
    known = {record.harm for record in state.harms}
    again = any(mark.at < at <= mark.at + RECONTACT for mark in state.closed for at in state.contacts)
    return HarmSigns(again, state.deployed_after_close, Harm.INJURY in known, Harm.DEATH in known, Harm.OTHER in known)
