"""What the store is asked and told about decisions that an admin looks at again."""

from typing import Protocol


class ReviewQueries(Protocol):
    """The part of `ports.Queries` about reviews."""


class ReviewTransaction(ReviewQueries, Protocol):
    """The part of `ports.Transaction` about reviews."""
