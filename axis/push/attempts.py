"""How long a webhook is tried again, and when a message is set aside: pure, times come in as arguments.

All times are microseconds of real time, but where business time is named.
"""

from dataclasses import dataclass, replace
from typing import Final

from axis.clock import Microseconds

SECOND: Final = 1_000_000
WAITS_SECONDS: Final = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600)
"""How long is waited after each failed attempt; the last wait is repeated."""
GIVE_UP_SECONDS: Final = 3 * 86_400
"""After this long without success a message is set aside, so that later ones go on."""
ANSWER_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Lane:
    """How far a webhook, or a replay of it, has got."""

    number: int
    place: int
    """Of the last message that was taken or set aside."""
    until: int | None = None
    """Where a replay ends."""
    aside: bool = False
    """A replay of what was set aside, and of nothing else."""
    attempts: int = 0
    """Failed attempts since the last success."""
    failing_since: Microseconds | None = None
    due_at: Microseconds | None = None
    """When the next attempt may be made; None: at once."""
    answer: str | None = None
    """What the last attempt was answered."""
    taken_at: Microseconds | None = None
    """When the last message was taken."""

    def is_due(self, now: Microseconds) -> bool:
        """Tell whether an attempt may be made."""
        return self.due_at is None or self.due_at <= now

    def moved(self, place: int) -> "Lane":
        """Return the lane where nothing up to a place is for it."""
        return replace(self, place=max(place, self.place))

    def taken(self, place: int, answer: str, now: Microseconds) -> "Lane":
        """Return the lane after the receiver took a message."""
        return Lane(self.number, place, self.until, self.aside, answer=answer, taken_at=now)

    def failed(self, answer: str, now: Microseconds) -> "Lane":
        """Return the lane after an attempt that failed: it waits, longer each time."""
        wait = WAITS_SECONDS[min(self.attempts, len(WAITS_SECONDS) - 1)]
        return replace(
            self,
            attempts=self.attempts + 1,
            failing_since=now if self.failing_since is None else self.failing_since,
            due_at=Microseconds(now + wait * SECOND),
            answer=answer[:ANSWER_CHARACTERS],
        )

    def gives_up(self, now: Microseconds) -> bool:
        """Tell whether the receiver has failed for so long that old messages are set aside."""
        return self.failing_since is not None and now - self.failing_since >= GIVE_UP_SECONDS * SECOND


def is_old(at: Microseconds, business_now: Microseconds) -> bool:
    """Tell whether a message has waited for as long as one waits. Both are business time."""
    return business_now - at >= GIVE_UP_SECONDS * SECOND
