"""What policies of a force add to the tree of `backbeat.errors`: leaves only.

UserError
├── KeyRefused           no Ed25519 key of the kind that is needed
└── ConfigError
    ├── SheetRefused     an uploaded workbook or CSV that is no proposal for this policy
    ├── PolicyRefused    a draft that touches what is locked, fails an example or breaks a safety property
    └── ExportRefused    tables that the other format cannot say exactly
"""

from backbeat.errors import ConfigError, UserError

__all__ = ["ExportRefused", "KeyRefused", "PolicyRefused", "SheetRefused"]


class SheetRefused(ConfigError):
    """An uploaded workbook or CSV is at fault; every fault at once, each by sheet, row and column."""

    code = "triage.sheet-refused"


class PolicyRefused(ConfigError):
    """A version of a policy may not be used: each line says what it breaks, with the example that breaks."""

    code = "triage.policy-refused"
    exit_code = 4


class ExportRefused(ConfigError):
    """A table says something that the other format cannot say exactly, so nothing is exported."""

    code = "triage.export-refused"


class KeyRefused(UserError):
    """A file of a key to sign with, or of one to trust, holds none that can be used."""

    code = "triage.key-refused"
