"""Limits how many documents, uploads and status calls are received at once, and shares the places fairly.

The more agencies send at once, the fewer places each of them may hold. A request without a place is refused
before its body is read.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator

from axis.agencies.callers import Caller
from axis.protocol.errors import Overloaded, TooManyRequests

RETRY_AFTER_SECONDS = 1
"""A document is received in milliseconds, so there is room again by then."""


class Admission:
    """Counts requests under way. Places are taken on the event loop alone."""

    def __init__(self, limit: int, limit_of_one: int) -> None:
        """Have `limit` places, of which one agency holds at most `limit_of_one`."""
        self._limit = limit
        self._limit_of_one = limit_of_one
        self._under_way = 0
        self._of_one: Counter[str] = Counter()

    def under_way(self) -> int:
        """Count the requests being received, judged or waiting for their commit; from any thread."""
        return self._under_way

    @contextlib.contextmanager
    def one(self, owner: str) -> Iterator[None]:
        """Hold a place for an agency, or whoever else `owner_of` names.

        Raises:
            Overloaded: when all places are taken; nothing of the request was read.
            TooManyRequests: when it holds as many places as it may.

        """
        free, own = self._limit - self._under_way, self._of_one[owner]
        if free <= 0:
            raise Overloaded(retry_after_seconds=RETRY_AFTER_SECONDS)
        if own >= min(self._limit_of_one, free):
            raise TooManyRequests(retry_after_seconds=RETRY_AFTER_SECONDS)
        self._under_way += 1
        self._of_one[owner] += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._of_one[owner] -= 1
            if not self._of_one[owner]:
                del self._of_one[owner]


def owner_of(caller: Caller) -> str:
    """Return who is to get one share: the agency, whatever its tokens; else the token."""
    return caller.agency or caller.token_id
