"""What the redaction desk's pages add to the tree of `backbeat.errors`."""

from backbeat.errors import UserError

__all__ = ["NothingToDecide", "NotReviewed", "PreparationClosed"]


class NothingToDecide(UserError):
    """A decision that means no place, or cannot be taken for the places meant."""

    code = "review.nothing-to-decide"


class PreparationClosed(UserError):
    """The preparation is being worked on or was released."""

    code = "review.closed"


class NotReviewed(UserError):
    """Release was asked for while places are undecided."""

    code = "review.undecided"
