"""A cache of limited size that is emptied when the store's version changes.

`axis.background_tasks` looks at the version. A value is put in with the version under which it was read, so
that an older value does not stay after a change.
"""

import threading
from typing import Generic, TypeVar, final

K = TypeVar("K")
V = TypeVar("V")


@final
class Missing:
    """The type of `MISSING`."""


MISSING = Missing()
"""What a cache answers where it knows nothing. None is a known value: there is nothing."""


class VersionedCache(Generic[K, V]):
    """Values of one version of the store; hits cost one dictionary look-up and take no lock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[K, V] = {}
        self._version = -1
        self._lock = threading.Lock()

    def get(self, key: K) -> V | Missing:
        """Return the value, or `MISSING`."""
        return self._values.get(key, MISSING)

    def put(self, version: int, key: K, value: V) -> None:
        """Keep a value that was read after the store's `version` was, in the same transaction."""
        with self._lock:
            if version > self._version:
                self._values, self._version = {}, version
            elif version < self._version:
                return  # an older snapshot: true for its reader, not for the next one
            if len(self._values) >= self._most and key not in self._values:
                del self._values[next(iter(self._values))]
            self._values[key] = value

    def forget(self, version: int) -> None:
        """Forget what was read under an older version than this one."""
        with self._lock:
            if version > self._version:
                self._values, self._version = {}, version
