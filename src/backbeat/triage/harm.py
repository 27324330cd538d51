"""The harm check: what became of people police were not sent to. It stands beside every figure of hours or calls."""

from collections.abc import Iterable
from dataclasses import dataclass

from backbeat.canonical import Json
from backbeat.errors import Bug
from backbeat.proportions import per_10000, wilson
from backbeat.rulebook import UNKNOWN, YES, Answer

__all__ = ["Followed", "HarmCheck", "check_harm"]


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known afterwards of one call that police were not sent to."""

    recontact_24h: Answer = UNKNOWN
    later_deployment: Answer = UNKNOWN
    injury: Answer = UNKNOWN
    death: Answer = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmCheck:
    """Each kind of harm as `(found, looked)`: how many had it, of how many that anybody looked into."""

    not_deployed: int
    recontact_24h: tuple[int, int]
    later_deployment: tuple[int, int]
    injury: tuple[int, int]
    death: tuple[int, int]

    def __post_init__(self) -> None:
        for _title, (found, looked) in self._parts():
            if not 0 <= found <= looked <= self.not_deployed:
                raise Bug("harm found in more calls than were looked into, or than there were")

    def _parts(self) -> tuple[tuple[str, tuple[int, int]], ...]:
        return (
            ("contact again within 24 hours", self.recontact_24h),
            ("police sent later", self.later_deployment),
            ("injury reported", self.injury),
            ("death reported", self.death),
        )

    def __str__(self) -> str:
        """A call nobody looked into is never counted as one without harm."""
        said = []
        for title, (found, looked) in self._parts():
            if not looked:
                said.append(f"{title}: not known")
                continue
            missing = self.not_deployed - looked
            said.append(f"{title}: {found:,} of {looked:,}" + (f" ({missing:,} not looked into)" if missing else ""))
        return f"Of {self.not_deployed:,} calls police were not sent to: {'; '.join(said)}."

    def to_json(self) -> dict[str, Json]:
        """Plain values; shares in ten-thousandths of those looked into, with Wilson's interval."""
        names = ("recontact_24h", "later_deployment", "injury", "death")
        return {
            "not_deployed": self.not_deployed,
            **{
                name: {
                    "found": found,
                    "looked": looked,
                    "per_10000": per_10000(found, looked),
                    "interval_per_10000": wilson(found, looked).to_json() if looked else None,
                }
                for name, (_title, (found, looked)) in zip(names, self._parts(), strict=True)
            },
        }


def check_harm(calls: Iterable[Followed]) -> HarmCheck:
    """Count what is known of calls that police were not sent to, one `Followed` for each."""
    found = {name: [0, 0] for name in Followed.__dataclass_fields__}
    total = 0
    for call in calls:
        total += 1
        for name, counts in found.items():
            answer = getattr(call, name)
            counts[0] += answer is YES
            counts[1] += answer is not UNKNOWN
    return HarmCheck(not_deployed=total, **{name: (counts[0], counts[1]) for name, counts in found.items()})
