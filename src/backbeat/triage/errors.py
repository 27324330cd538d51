"""What this desk adds to the tree of `backbeat.errors`: leaves only.

UserError
└── ConfigError
    └── FactsRefused       facts that are no facts of a call, or of no kind this policy knows
"""

from backbeat.errors import ConfigError

__all__ = ["FactsRefused"]


class FactsRefused(ConfigError):
    """The facts of a call are at fault; every fault at once, each with its place. Nothing is decided."""

    code = "triage.facts-refused"
