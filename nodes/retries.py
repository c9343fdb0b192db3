"""Rules for trying a request again: when, and after how long.

Waiting grows exponentially with full jitter, and is not shorter than `Retry-After` (RFC 9110).
"""

from dataclasses import dataclass
from random import Random

# Trying again is safe with this hub: the same manifest bytes get the first answer, receipt included, and
# repeating the newest status adds nothing. So every request may be repeated after a lost connection.

RETRIED_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long to try."""

    attempts: int = 6
    """Attempts altogether; 1 tries once."""
    base_seconds: float = 0.2
    """Upper bound of the first wait; doubles with each further attempt."""
    cap_seconds: float = 10.0
    """No wait of our own choice is longer than this."""
    patience_seconds: float = 60.0
    """A `Retry-After` longer than this is not waited for: the caller hears of it instead."""

    def wait_seconds(
        self, attempt: int, rng: Random, retry_after_seconds: float | None = None
    ) -> float | None:
        """Time to wait after failed attempt number `attempt` (from 1), or None to give up."""
        if attempt >= self.attempts:
            return None
        wait = rng.uniform(0, min(self.cap_seconds, self.base_seconds * 2 ** (attempt - 1)))
        if retry_after_seconds is None:
            return wait
        if retry_after_seconds > self.patience_seconds:
            return None
        return retry_after_seconds + wait


ONCE = Retries(attempts=1)


def retry_after_seconds(header: str | None) -> float | None:
    """Read `Retry-After` in seconds, the form this hub sends; anything else counts as absent."""
    if header is None or not header.isascii() or not header.isdigit():
        return None
    return float(header[:9])
