"""Whatever happens to a call, in whatever order: a machine that records anything anybody may record, and often closes.

Held after every step: no call is closed that nobody owns, that lost its caller, or that still owes something; promises
and reports of harm only grow; and the events alone, through JSON and in any order, fold into the same call.
"""

import json
import random
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from triage_calls import TEAM, WORDS, Call

from backbeat.canonical import canonical_json
from backbeat.rulebook import NO, UNKNOWN, YES
from backbeat.triage.calls import happenings as h
from backbeat.triage.calls.clocks import Timers, due, next_due, pending
from backbeat.triage.calls.errors import CloseRefused, EventRefused, StepRefused
from backbeat.triage.calls.events import read_event
from backbeat.triage.calls.folding import fold
from backbeat.triage.calls.owed import owed
from backbeat.triage.calls.words import AMBULANCE, POLICE, Audience, CallerKind, Harm, Loss, Role, Service, Timer
from backbeat.triage.model import Outcome, Strand, Urgency

TIMERS = Timers({Urgency.EMERGENCY: 10, Urgency.SOON: 60, Urgency.ROUTINE: 240}, 10, 5, 30, 60, 2)
TRI = st.sampled_from((YES, NO, UNKNOWN))
FACTS = st.sampled_from(
    ("crime", "crime_live", "risk_life_now", "serious_harm_now", "attendance_promised", "risk_created", "s136_custody")
)
NUMBERS = st.sampled_from(("ambulance_eta_minutes", "partner_eta_minutes", "risk_window_minutes", "contact_number"))
AGENCY = st.sampled_from((TEAM, AMBULANCE, POLICE, "hospital"))
REASON = st.just("said so on the call")
MINUTES = st.integers(0, 90)
HAPPENINGS: tuple[st.SearchStrategy[Any], ...] = (
    st.builds(h.FactStated, FACTS, TRI),
    st.builds(h.FactStated, NUMBERS, st.integers(1, 60) | st.just(UNKNOWN)),
    st.builds(h.FactWithdrawn, FACTS | NUMBERS),
    st.builds(h.Described, person=st.sampled_from((None, "Robin Vale", ""))),
    st.builds(h.Noted, st.text("abc é\n", min_size=1).map(lambda text: text + "x")),
    st.builds(h.Promised, REASON),
    st.builds(h.EtaGiven, st.sampled_from(Service), st.none() | MINUTES),
    st.builds(h.Offered, AGENCY),
    st.builds(h.Accepted, AGENCY, st.just("A. Okafor"), st.just("duty lead")),
    st.builds(h.Declined, AGENCY, REASON),
    st.builds(h.StatementRead, st.sampled_from((WORDS, "other-words"))),
    st.builds(h.Told, st.sampled_from(Audience), REASON),
    st.builds(h.RationaleWritten, st.just("Nothing that only police can do.")),
    st.builds(h.Lost, st.sampled_from(Loss)),
    st.builds(h.CallbackDone, st.booleans()),
    st.builds(h.CallbackEnded, REASON),
    st.builds(h.Linked, st.sampled_from(("c1", "c2")), st.integers(1, 2), st.booleans()),
    st.builds(
        h.SupervisorDecided, st.sampled_from([one for one in Outcome if one not in {"ask-more", "supervisor"}]), REASON
    ),
    st.builds(h.HandoverAgreed, AGENCY, st.just("A. Okafor"), REASON),
    st.builds(h.Reviewed, st.booleans(), REASON),
    st.builds(h.Escalated, REASON),
    st.builds(h.Deployed),
    st.builds(h.StoodDown, REASON),
    st.builds(h.Arrived, st.sampled_from(Service)),
    st.builds(h.Cleared),
    st.builds(h.DutyDone, st.sampled_from(("child", "record-crime"))),
    st.builds(h.HarmReported, st.sampled_from(Harm)),
    st.builds(h.Recontacted, st.sampled_from(CallerKind)),
    st.builds(h.Reopened, REASON),
    st.just(h.Closed()),
)
REFUSED = (StepRefused, CloseRefused, EventRefused)


class CallLife(RuleBasedStateMachine):
    """One call, and the little that is remembered beside it to hold it to."""

    def __init__(self) -> None:
        super().__init__()
        self.promises = self.harms = self.contact = 0
        self.lost = False
        self.handed_over = True
        """Whether a supervisor has agreed a handover since the last promise."""

    @initialize(strand=st.none() | st.sampled_from(Strand))
    def open(self, strand: Strand | None) -> None:
        self.call = Call(h.Opened(strand=strand))

    def record(self, what: h.Happening, role: Role | None = None, minutes: int = 1) -> bool:
        before = self.call.state
        try:
            self.call.put(what, role, minutes=minutes)
        except REFUSED:
            assert self.call.state is before
            return False
        self.remember(what)
        return True

    def remember(self, what: h.Happening) -> None:
        match what:
            case h.HarmReported():
                self.harms += 1
            case h.Lost():
                self.lost = True
            case h.CallbackDone(reached=True) | h.CallbackEnded():
                self.lost = False
            case h.HandoverAgreed():
                self.handed_over = True
        if len(self.call.state.promises) > self.promises:
            self.handed_over = False
        if isinstance(what, h.Promised):
            assert len(self.call.state.promises) == self.promises + 1

    @rule(what=st.one_of(HAPPENINGS), minutes=st.integers(0, 40))
    def something_happens(self, what: h.Happening, minutes: int) -> None:
        self.record(what, minutes=minutes)

    @rule(what=st.one_of(HAPPENINGS), role=st.sampled_from(Role))
    def somebody_tries(self, what: h.Happening, role: Role) -> None:
        done = self.record(what, role)
        assert role in what.roles or not done

    @rule(outcome=st.sampled_from(Outcome), lead=AGENCY, duty=st.sampled_from(((), ("child",), ("promise", "afresh"))))
    def the_engine_assesses(self, outcome: Outcome, lead: str, duty: tuple[str, ...]) -> None:
        self.call.assess(outcome, lead=lead, duties=duty)

    @rule(minutes=st.integers(1, 120))
    def a_review_is_set(self, minutes: int) -> None:
        self.record(h.ReviewSet(self.call.now + timedelta(minutes=minutes)))

    @rule(outcome=st.sampled_from((Outcome.PARTNER_LEADS, Outcome.POLICE_OWN, Outcome.POLICE_DEPLOY)))
    def somebody_does_all_that_is_owed_and_closes(self, outcome: Outcome) -> None:
        before = len(self.call.events)
        self.call.settle(outcome)
        for event in self.call.events[before:]:
            self.remember(event.what)
        if self.call.state.is_open:
            assert self.record(h.Closed(), minutes=0)

    @rule(minutes=st.integers(0, 300))
    def the_clock_goes_on(self, minutes: int) -> None:
        self.call.now += timedelta(minutes=minutes)
        for _ in range(50):
            fired = due(self.call.state, TIMERS, self.call.now)
            if not fired:
                break
            assert next_due(self.call.state, TIMERS) == fired[0]
            self.record(h.TimerFired(fired[0].timer, fired[0].at, fired[0].about), minutes=0)
            assert fired[0] not in pending(self.call.state, TIMERS)
        else:
            raise AssertionError("a timer never stops firing")

    @rule(data=st.data())
    def an_event_is_sent_again(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(self.call.events))
        before = self.call.state
        self.call.put(event.what, event.role, key=event.key, by=event.by)
        assert self.call.state.facts == before.facts
        assert (self.call.state.is_open, owed(self.call.state, self.call.now)) == (
            before.is_open,
            owed(before, self.call.now),
        )

    @invariant()
    def no_closed_call_is_without_an_owner(self) -> None:
        state = self.call.state
        if state.is_open:
            return
        assert state.outcome not in (Outcome.ASK_MORE, Outcome.SUPERVISOR)
        assert state.rationale is not None
        assert state.statement is not None or state.unreachable is not None
        if state.outcome.attends:
            assert Service.POLICE in state.arrived
        if state.outcome is not Outcome.POLICE_DEPLOY:
            assert state.owner is not None
            assert state.owner.name
            assert state.owner.mark.sequence > state.fresh_from
            assert (state.owner.agency == POLICE) == (state.outcome is Outcome.POLICE_OWN) or state.lead == POLICE
        if not state.outcome.attends:
            assert any(isinstance(event.what, h.ReviewSet) for event in self.call.events)

    @invariant()
    def a_lost_call_is_never_closed(self) -> None:
        assert self.call.state.is_open or not self.lost

    @invariant()
    def promises_only_grow_and_bind_until_a_supervisor_agrees(self) -> None:
        state = self.call.state
        assert len(state.promises) >= self.promises
        self.promises = len(state.promises)
        if state.promises:
            assert state.facts["attendance_promised"] is YES
            assert state.promise_binds or self.handed_over
        if state.promise_binds:
            assert state.facts["handover_agreed"] is NO
            assert state.is_open or state.outcome is not Outcome.PARTNER_LEADS

    @invariant()
    def harm_is_never_taken_back(self) -> None:
        assert len(self.call.state.harms) == self.harms

    @invariant()
    def contacts_only_grow(self) -> None:
        assert self.call.state.contact_number >= self.contact
        self.contact = self.call.state.contact_number

    @invariant()
    def an_open_call_is_watched(self) -> None:
        # By age at least, until its alarm has sounded.
        state = self.call.state
        sounded = {timer for timer, at, _ in state.fired if at > state.open_since}
        assert not state.is_open or pending(state, TIMERS) or Timer.AGEING_RED in sounded

    def teardown(self) -> None:
        if not hasattr(self, "call"):
            return
        written = [json.loads(canonical_json(event.to_json())) for event in self.call.events]
        random.Random(len(written)).shuffle(written)
        assert fold([read_event(one) for one in written]) == self.call.state


TestCallLife = CallLife.TestCase
TestCallLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
