"""Bounds how many documents are received at once, so that a crowd is told to wait instead of starving all.

One caller gets a share of the places alone: a system gone wild is told so, and leaves room for the others.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator

from axis.protocol.errors import Overloaded, TooManyRequests

RETRY_AFTER_SECONDS = 1
"""A document is received in milliseconds; by then there is room again."""


class Admission:
    """Counts documents under way; places are taken on the event loop alone."""

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
        """Hold one place for a caller, known by its token's id.

        Raises:
            Overloaded: when all places are taken; nothing of the request was read.
            TooManyRequests: when this caller holds all those it may.

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
