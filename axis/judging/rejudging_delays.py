"""Decides when to judge again after judging was stopped to protect the hub: soon, then less and less often.

`axis.compliance.rejudging` asks it.
"""

import threading
import time
from collections.abc import Callable

FIRST_SECONDS = 120.0
"""Longer than the path cache refuses a stopped path."""
LAST_SECONDS = 6 * 3600.0
"""The interval doubles up to this while work is stopped again and again, as one file may be each time."""


class Retries:
    """Whether anything was stopped, and from when it may be tried again. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._delay = FIRST_SECONDS
        self._due: float | None = None
        self._quiet_at = 0.0
        self._lock = threading.Lock()

    def note(self) -> None:
        """Note that something was stopped."""
        with self._lock:
            now = self._clock()
            if self._due is None:
                self._delay = FIRST_SECONDS if now >= self._quiet_at else self._delay
                self._due = now + self._delay

    def take(self) -> bool:
        """Tell whether it is time to try again. It says so once."""
        with self._lock:
            now = self._clock()
            if self._due is None or now < self._due:
                return False
            self._due = None
            self._delay = min(self._delay * 2, LAST_SECONDS)
            self._quiet_at = now + LAST_SECONDS
            return True
