"""Who is logged in at the adapter: sessions of units, each for an hour, the oldest of too many forgotten."""

import secrets
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Final

from nodes.adapter.replies import CallRefused

SECONDS: Final = 3_600.0
MOST: Final = 1_000


class Sessions:
    """The sessions of one adapter; they end with the process."""

    def __init__(self, passwords: Mapping[str, tuple[str, str]], seconds: Callable[[], float]) -> None:
        """Take unit and password by username, and a clock in seconds that never goes back."""
        self._passwords, self._seconds = passwords, seconds
        self._open: dict[str, tuple[str, float]] = {}

    def login(self, username: str, password: str) -> str:
        """Open a session; raises `CallRefused`."""
        unit, right = self._passwords.get(username, ("", ""))
        is_right = compare_digest(password.encode(), right.encode())
        if not (unit and is_right):
            raise CallRefused("login-right", "username", username, "a username with its password")
        session = secrets.token_urlsafe(24)
        self._open[session] = (unit, self._seconds() + SECONDS)
        while len(self._open) > MOST:
            del self._open[next(iter(self._open))]
        return session

    def unit_of(self, session: str) -> str:
        """Return the canonical code of the unit whose session it is; raises `CallRefused`."""
        unit, until = self._open.get(session, ("", 0.0))
        if not unit or until <= self._seconds():
            self._open.pop(session, None)
            raise CallRefused("session-known", "session", "another session", "one of a login within an hour")
        return unit
