"""A call made by hand: events with running sequence and keys, and everything that is owed done in one go."""

from datetime import UTC, datetime, timedelta

from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.digests import facts_digest
from backbeat.triage.calls.events import Event
from backbeat.triage.calls.folding import apply
from backbeat.triage.calls.owed import Debt, owed
from backbeat.triage.calls.state import CallState
from backbeat.triage.calls.words import AMBULANCE, Audience, Role, Service
from backbeat.triage.model import Outcome

START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
TEAM = "crisis-team"
WORDS = "words-of-the-statement"


class Call:
    """A call under test. `put` takes the next moment, a minute later, unless told otherwise."""

    def __init__(self, opened: h.Opened | None = None) -> None:
        self.events: list[Event] = []
        self.now = START
        self.state: CallState
        self.put(opened or h.Opened())

    def put(
        self,
        what: h.Happening,
        role: Role | None = None,
        *,
        minutes: int = 1,
        key: str | None = None,
        by: str = "h.shaw",
    ) -> CallState:
        """Record something, as a role that may; raises what `apply` raises and then leaves the call as it was."""
        at = self.now + timedelta(minutes=minutes)
        event = Event(len(self.events) + 1, key or f"key-{len(self.events) + 1}", at, by, role or role_for(what), what)
        self.state = apply(self.state if self.events else None, event)
        self.events.append(event)
        self.now = at
        return self.state

    def assess(
        self, outcome: Outcome, *, lead: str = TEAM, duties: tuple[str, ...] = (), review: int = 60
    ) -> CallState:
        """Record an assessment of the facts as they are, with an outcome of the test's own."""
        return self.put(
            h.Assessed(
                outcome=outcome,
                policy="a-policy",
                policy_hash="0" * 64,
                facts=facts_digest(self.state.facts),
                lead=lead if outcome in (Outcome.PARTNER_LEADS, Outcome.JOINT) else "",
                statement="" if outcome is Outcome.ASK_MORE else WORDS,
                review_minutes=None if outcome.attends or outcome is Outcome.ASK_MORE else review,
                duties=duties,
            )
        )

    def debts(self) -> list[Debt]:
        """What is owed now, by kind."""
        return [one.debt for one in owed(self.state, self.now)]

    def settle(self, outcome: Outcome | None = None) -> None:
        """Do what is owed, in the order in which it is listed, until nothing is; a supervisor decides for `outcome`."""
        for _ in range(60):
            left = owed(self.state, self.now)
            if not left:
                return
            for what in self._discharge(left[0].debt, left[0].about, outcome or Outcome.PARTNER_LEADS):
                self.put(what)
        raise AssertionError(f"never done: {self.debts()}")

    def _discharge(self, debt: Debt, about: str, outcome: Outcome) -> tuple[h.Happening, ...]:
        state = self.state
        match debt:
            case Debt.CALL_BACK:
                return (h.CallbackDone(reached=True),)
            case Debt.TELL:
                return (h.Told(Audience(about), "police are not coming"),)
            case Debt.ASSESS | Debt.ASK:
                now = state.assessed.outcome if state.assessed else outcome
                self.assess(outcome if now is Outcome.ASK_MORE else now)
                return ()
            case Debt.SUPERVISOR:
                return (h.SupervisorDecided(outcome, "looked at it", TEAM),)
            case Debt.PROMISE:
                told = tuple(h.Told(one, "who takes it on") for one in Audience)
                return (h.HandoverAgreed(TEAM, "A. Okafor", "nothing only police can do"), *told)
            case Debt.OWNER:
                return (h.Accepted(about or TEAM, "A. Okafor", "duty lead"),)
            case Debt.DEPLOY:
                return (h.Deployed("AB12"),)
            case Debt.ARRIVE:
                return (h.Arrived(Service.POLICE),)
            case Debt.STATEMENT:
                return (h.StatementRead(about or WORDS),)
            case Debt.REVIEW:
                looked = (h.Reviewed(True, "seen by the team"),) if state.review is not None else ()
                return (*looked, h.ReviewSet(self.now + timedelta(minutes=20)))
            case Debt.DUTY:
                return (h.DutyDone(about),)
            case Debt.RATIONALE:
                return (h.RationaleWritten("Nothing here that only police can do."),)


def role_for(what: h.Happening) -> Role:
    """A role that may say so, a handler where one may."""
    return next(role for role in (Role.HANDLER, Role.SUPERVISOR, Role.SYSTEM) if role in what.roles)


def partner_leads() -> Call:
    """A call that a partner leads, with nothing done yet but the assessment."""
    call = Call(h.Opened(person="Robin Vale", place="14 Mill Road, EX1 2AB", number="07700 900123"))
    call.assess(Outcome.PARTNER_LEADS)
    return call


def closed() -> Call:
    """The same, closed."""
    call = partner_leads()
    call.settle()
    call.put(h.Closed())
    return call


def ambulance_leads() -> Call:
    """An emergency the ambulance service leads, accepted, with 30 minutes of window and an arrival in 20."""
    call = Call()
    call.put(h.FactStated("risk_window_minutes", 30), minutes=0)
    call.put(h.Accepted(AMBULANCE, "A. Okafor", "dispatcher"), minutes=0)
    call.put(h.EtaGiven(Service.AMBULANCE, 20), minutes=0)
    call.assess(Outcome.PARTNER_LEADS, lead=AMBULANCE)
    return call
