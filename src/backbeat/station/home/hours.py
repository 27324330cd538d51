"""Hours given back, from the ledger."""

from functools import cache

from django.conf import settings

from backbeat.ledger import Ledger, SavingsReport

__all__ = ["savings"]


@cache
def _ledger() -> Ledger:
    return Ledger.open(settings.INSTALLATION)


def savings() -> SavingsReport:
    """Every saving with its grade, and the work that is measured against nothing."""
    return _ledger().saving()
