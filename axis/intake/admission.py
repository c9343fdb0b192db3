"""Bounds how many documents are received at once, so that a crowd is told to wait instead of starving all."""

import contextlib
from collections.abc import Iterator

from axis.protocol.errors import Overloaded


class Admission:
    """Counts documents under way; used from the event loop alone."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._under_way = 0

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Hold one place.

        Raises:
            Overloaded: when all places are taken; nothing of the request was read.

        """
        if self._under_way >= self._limit:
            raise Overloaded(retry_after_seconds=1)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
