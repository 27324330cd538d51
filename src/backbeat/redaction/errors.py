"""What this desk adds to the tree of `backbeat.errors`: leaves only. What a format alone can refuse lies beside it.

InputRejected
├── InputUnsupported   a kind of file we cannot redact yet
├── InputMismatch      the content is not what the name says
├── InputEmpty         nothing in it
├── InputUnreadable    the operating system would not let us read it
├── InputLink          a symbolic link, which could point anywhere
├── InputTooLarge      more bytes, characters or rows than the limits allow
├── InputBinary        a text file that holds something other than text
├── InputEncoding      text in an encoding we cannot tell for certain
└── TableMalformed     a CSV file whose cells cannot be told apart
ConfigError
└── DecisionsInvalid   decisions.json, every fault at once
UserError
├── KeyUnreadable      a public key given by hand that is none
├── InputMissing       a path given by hand that is not there
└── OutputRefused      a folder we will not write to, or cannot read as ours
"""

from backbeat.errors import ConfigError, InputRejected, UserError

__all__ = [
    "DecisionsInvalid",
    "InputBinary",
    "InputEmpty",
    "InputEncoding",
    "InputLink",
    "InputMismatch",
    "InputMissing",
    "InputTooLarge",
    "InputUnreadable",
    "InputUnsupported",
    "KeyUnreadable",
    "OutputRefused",
    "TableMalformed",
]


class InputUnsupported(InputRejected):
    """A kind of file backbeat cannot redact yet."""

    code = "input.unsupported"


class InputMismatch(InputRejected):
    """The content is not what the end of the file name says."""

    code = "input.mismatch"


class InputEmpty(InputRejected):
    """A file without content."""

    code = "input.empty"


class InputUnreadable(InputRejected):
    """The operating system would not let us read the file."""

    code = "input.unreadable"


class InputLink(InputRejected):
    """A symbolic link or something else that is no plain file."""

    code = "input.link"


class InputTooLarge(InputRejected):
    """More bytes, characters or rows than the limits allow."""

    code = "input.too-large"


class InputBinary(InputRejected):
    """A text file that holds something other than text."""

    code = "input.binary"


class InputEncoding(InputRejected):
    """Text in an encoding that cannot be told for certain."""

    code = "input.encoding"


class TableMalformed(InputRejected):
    """A CSV file whose cells cannot be told apart."""

    code = "input.table-malformed"


class InputMissing(UserError):
    """A path that was given by hand and is not there."""

    code = "input.missing"


class DecisionsInvalid(ConfigError):
    """A decisions file with one or more faults, all reported at once."""

    code = "decisions.invalid"


class KeyUnreadable(UserError):
    """A public key given by hand that cannot be read."""

    code = "key.unreadable"


class OutputRefused(UserError):
    """A folder we will not write to, or that holds no output of ours."""

    code = "output.refused"
