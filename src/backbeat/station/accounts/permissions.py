"""May this person do that? Answered with reasons, in one place, for every use case.

Use cases call `require`; pages call `why_may` to explain. There is no superuser and no way round.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backbeat.errors import Bug, NotAllowed
from backbeat.station.accounts.roles import PERMISSIONS, ROLES, Permission

if TYPE_CHECKING:
    from backbeat.station.accounts.models import User
    from backbeat.station.cases.models import Case

__all__ = ["Explanation", "Refused", "Step", "may", "may_somewhere", "require", "why_may"]


@dataclass(frozen=True, slots=True)
class Step:
    """One condition, in words, and whether it holds."""

    sentence: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer and every condition that led to it."""

    permission: Permission
    allowed: bool
    steps: tuple[Step, ...]

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return f"You {'may' if self.allowed else 'may not'} {self.permission.does}."


class Refused(NotAllowed):
    """A refusal that carries its reasons to the page."""

    def __init__(self, explanation: Explanation, *, where: str) -> None:
        missing = "; ".join(step.sentence for step in explanation.steps if not step.holds)
        super().__init__(
            explanation.sentence,
            where=f"permission {explanation.permission.id}{where}",
            do=f"ask a supervisor or administrator if you need this: {missing}",
        )
        self.explanation = explanation


def _case_of(obj: object) -> "Case | None":
    """The case an object belongs to: itself, or its `case`."""
    from backbeat.station.cases.models import Case

    case = obj if isinstance(obj, Case) else getattr(obj, "case", None)
    return case if isinstance(case, Case) else None


def why_may(actor: "User", permission: str, obj: object = None) -> Explanation:
    """Whether `actor` holds `permission` (on the case of `obj`), and why.

    Without `obj` a case permission is answered for cases in general: by role alone.

    Raises:
        Bug: no such permission.
    """
    try:
        wanted = PERMISSIONS[permission]
    except KeyError:
        raise Bug(f"no permission is called {permission!r}") from None
    giving = [role for role in ROLES.values() if permission in role.permissions]
    held = [role for role in giving if role.id in actor.roles]
    titles = ", ".join(role.title.lower() for role in giving)
    steps = [
        Step("your account is active" if actor.is_active else "your account is not active", actor.is_active),
        Step(
            f"you hold the role {held[0].title.lower()}, which gives it"
            if held
            else f"it takes one of these roles, and you hold none of them: {titles}",
            bool(held),
        ),
    ]
    if wanted.scope == "case" and obj is not None:
        steps.append(_reach(actor, _case_of(obj), supervises=any(role.supervises for role in held)))
    return Explanation(wanted, all(step.holds for step in steps), tuple(steps))


def _reach(actor: "User", case: "Case | None", *, supervises: bool) -> Step:
    """Whether this case is one of theirs."""
    if case is None:
        return Step("the object belongs to no case", False)
    if case.memberships.filter(user=actor).exists():
        return Step("you belong to this case", True)
    if supervises and case.unit_id is not None and case.unit_id == actor.unit_id:
        return Step("you supervise the unit this case belongs to", True)
    return Step("you do not belong to this case, nor supervise its unit", False)


def may(actor: "User", permission: str, obj: object = None) -> bool:
    """The answer without the reasons, to leave out a link that would be refused."""
    return why_may(actor, permission, obj).allowed


def may_somewhere(actor: "User", permission: str) -> bool:
    """Whether a role of theirs gives it at all."""
    return why_may(actor, permission).allowed


def require(actor: "User", permission: str, obj: object = None) -> Explanation:
    """Let through, or record the refusal in the access log and raise.

    Raises:
        Refused: not allowed; the message names the permission.
        Bug: a case permission was asked about no case.
    """
    explanation = why_may(actor, permission, obj)
    case = _case_of(obj)
    if explanation.permission.scope == "case" and case is None:
        raise Bug(f"{permission} must be asked about a case")
    if not explanation.allowed:
        from backbeat.station.audit import records

        reference = records.reference(obj) if obj is not None else f"permission/{permission}"
        records.refusal(actor, permission, reference)
        raise Refused(explanation, where="" if obj is None else f", {reference}")
    return explanation
