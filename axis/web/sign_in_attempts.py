"""Limits attempts to sign in that fail, by address and minute.

Each process counts by itself.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from axis.protocol.errors import TooManyRequests

FAILURES: Final = 10
WINDOW_SECONDS: Final = 60
ADDRESSES: Final = 4_096
"""The most addresses that are remembered; beyond it the one that failed longest ago is forgotten."""


class SignInAttempts:
    """Failed attempts by address. Used on the event loop alone."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Let an address try.

        Raises:
            TooManyRequests: when too many of its attempts failed within the last minute.

        """
        recent = self._recent(address)
        if len(recent) >= FAILURES:
            wait = WINDOW_SECONDS - (self._now() - recent[0])
            raise TooManyRequests(retry_after_seconds=max(1, round(wait)))

    def note_failure(self, address: str) -> None:
        """Count an attempt that failed."""
        self._failed[address] = [*self._recent(address), self._now()]
        self._failed.move_to_end(address)
        if len(self._failed) > ADDRESSES:
            self._failed.popitem(last=False)

    def _recent(self, address: str) -> list[float]:
        since = self._now() - WINDOW_SECONDS
        return [at for at in self._failed.get(address, ()) if at > since]
