"""What the interface adds to the tree of `backbeat.errors`: leaves only.

BackbeatError
├── UserError
│   ├── NotAllowed
│   │   └── TokenRefused      no token, or one that is unknown, revoked or of an account that is switched off
│   ├── InputRejected
│   │   └── BodyRefused       a body that is too large, of another kind, or no JSON object
│   ├── ConfigError
│   │   └── RequestRefused    a header, a query or a field of the body is missing or not what it may be
│   ├── CallUnknown           no such call, or not one this system sent
│   ├── AddressUnknown        no such address, or not with this method
│   └── ReferenceTaken        another call has this reference
└── UnitFailed
    └── TryAgain              the database is away; nothing was lost, send it again under the same key
"""

from backbeat.errors import ConfigError, InputRejected, NotAllowed, UnitFailed, UserError

__all__ = [
    "AddressUnknown",
    "BodyRefused",
    "CallUnknown",
    "ReferenceTaken",
    "RequestRefused",
    "TokenRefused",
    "TryAgain",
]


class TokenRefused(NotAllowed):
    """The request carries no token that counts."""

    code = "triage.token-refused"


class BodyRefused(InputRejected):
    """The body cannot be taken as it is; `status` says which way."""

    code = "triage.body-refused"
    status = 400


class RequestRefused(ConfigError):
    """Parts of the request are at fault; every fault at once, each with its place."""

    code = "triage.request-refused"


class CallUnknown(UserError):
    """There is no such call for this system."""

    code = "triage.call-unknown"


class AddressUnknown(UserError):
    """There is nothing at this address, or not with this method."""

    code = "triage.address-unknown"


class ReferenceTaken(UserError):
    """Another call has the reference."""

    code = "triage.reference-taken"


class TryAgain(UnitFailed):
    """The station cannot reach its database for the moment."""

    code = "triage.try-again"
