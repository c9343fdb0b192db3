"""Shows the progress of a run: a bar on a terminal, elsewhere a line now and then."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

_BAR_WIDTH = 30
_REDRAW_SECONDS = 0.1  # a terminal is not made faster by more
_MINUTES_FROM = 120  # seconds; shorter times are told in seconds
_PLAIN_STEPS = 10  # lines in a file: one for each tenth


@dataclass(slots=True)
class Progress:
    """One run's progress, from nothing to `total`."""

    total: int
    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    _begun: float = field(init=False)
    _drawn: float = field(init=False, default=float("-inf"))
    _tenth: int = field(init=False, default=-1)
    _bar_open: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def show(self, done: int, note: str) -> None:
        """Show that `done` of the total is done; `note` says what at."""
        share = done / self.total if self.total else 1.0
        now = self.clock()
        if self.stream.isatty():
            if now - self._drawn >= _REDRAW_SECONDS or done >= self.total:
                self._drawn, self._bar_open = now, True
                filled = int(share * _BAR_WIDTH)
                bar = "█" * filled + "·" * (_BAR_WIDTH - filled)
                left = self._left(share, now)
                self.stream.write(f"\r  {bar} {share:4.0%}  {done:,} of {self.total:,}  {note}{left}\x1b[K")
                self.stream.flush()
        elif int(share * _PLAIN_STEPS) > self._tenth:
            self._tenth = int(share * _PLAIN_STEPS)
            seconds = now - self._begun
            left = self._left(share, now)
            self.stream.write(
                f"{share:4.0%}  {done:,} of {self.total:,}  {note}  after {seconds:.1f} s{left}\n"
            )
            self.stream.flush()

    def _left(self, share: float, now: float) -> str:
        """Say how long the rest takes if it goes on as it went."""
        if not 0 < share < 1:
            return ""
        seconds = (now - self._begun) * (1 - share) / share
        return f", {seconds / 60:.0f} min left" if seconds >= _MINUTES_FROM else f", {seconds:.0f} s left"

    def close(self) -> None:
        """End the line of a bar, so that what follows begins on its own; once is enough."""
        if self._bar_open:
            self._bar_open = False
            self.stream.write("\n")
            self.stream.flush()
