"""Facts that follow from others: who will be with the person in time, and what is left of answers that contradict."""

from collections.abc import Mapping

from backbeat.rulebook import NO, UNKNOWN, YES, Fact

__all__ = ["ambulance_in_time", "consistent", "partner_in_time"]


def consistent(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts, with a crime that is said not to be and yet to go on as not known.

    A file of facts that says both is refused. Answers that come one by one, on a call or in a log, cannot be.
    """
    if facts.get("crime") is NO and facts.get("crime_live") is YES:
        return {**facts, "crime": UNKNOWN}
    return dict(facts)


def ambulance_in_time(facts: Mapping[str, Fact]) -> tuple[Fact | None, tuple[str, ...]]:
    """`yes` only where it has accepted and arrives within the window; None, with what to ask, while open."""
    accepted, eta, window = (
        facts.get(name) for name in ("ambulance_accepted", "ambulance_eta_minutes", "risk_window_minutes")
    )
    if accepted is NO or (isinstance(eta, int) and isinstance(window, int) and eta > window):
        return NO, ()
    if UNKNOWN in (accepted, eta, window):
        return UNKNOWN, ()
    asked = {"ambulance_accepted": accepted, "ambulance_eta_minutes": eta, "risk_window_minutes": window}
    missing = tuple(name for name, fact in asked.items() if fact is None)
    return (None, missing) if missing else (YES, ())


def partner_in_time(facts: Mapping[str, Fact]) -> tuple[Fact | None, tuple[str, ...]]:
    """`no-window` where nobody has set a time by which somebody must be there; None, with what to ask, while open.

    An ambulance that has accepted is the partner: when it will be there is not asked twice.
    """
    eta, window = facts.get("partner_eta_minutes"), facts.get("risk_window_minutes")
    if eta is None and facts.get("ambulance_accepted") is YES:
        eta = facts.get("ambulance_eta_minutes")
    if window is None:
        return "no-window", ()
    if window is UNKNOWN or eta is UNKNOWN:
        return "not-known", ()
    if not isinstance(eta, int) or not isinstance(window, int):
        return None, ("partner_eta_minutes",)
    return ("late" if eta > window else "in-time"), ()
