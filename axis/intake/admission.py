"""Bounds the number of documents received at once. Requests above it are told to come again.

One caller may hold only a part of the places, so that a faulty system leaves room for others.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator

from axis.protocol.errors import Overloaded, TooManyRequests

RETRY_AFTER_SECONDS = 1
"""A document is received in milliseconds, so there is room again by then."""


class Admission:
    """Counts documents under way. Places are taken on the event loop alone."""

    def __init__(self, limit: int, limit_of_caller: int) -> None:
        self._limit = limit
        self._limit_of_caller = limit_of_caller
        self._under_way = 0
        self._of_caller: Counter[str] = Counter()

    def under_way(self) -> int:
        """Count the documents being received, judged or waiting for their commit; from any thread."""
        return self._under_way

    @contextlib.contextmanager
    def one(self, caller: str) -> Iterator[None]:
        """Hold a place for a caller, which its token's id names.

        Raises:
            Overloaded: when all places are taken; nothing of the request was read.
            TooManyRequests: when this caller holds as many places as it may.

        """
        if self._under_way >= self._limit:
            raise Overloaded(retry_after_seconds=RETRY_AFTER_SECONDS)
        if self._of_caller[caller] >= self._limit_of_caller:
            raise TooManyRequests(retry_after_seconds=RETRY_AFTER_SECONDS)
        self._under_way += 1
        self._of_caller[caller] += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._of_caller[caller] -= 1
            if not self._of_caller[caller]:
                del self._of_caller[caller]
