"""What a worker does when its input gets the better of it; run in the worker's process.

Each leaves word in a file that it came that far.
"""

import time
from pathlib import Path


def sleep(mark: Path) -> None:
    """Never answer."""
    mark.write_text("asleep", encoding="utf-8")
    time.sleep(600)


def spin(mark: Path) -> None:
    """Compute without end."""
    mark.write_text("spinning", encoding="utf-8")
    while True:
        pass


def pause(seconds: float) -> str:
    """Take time by the clock, and none of the processor's."""
    time.sleep(seconds)
    return "rested"


def hoard(mark: Path) -> None:
    """Take memory until there is no more, far beyond the budget."""
    hoarded = []
    try:
        while len(hoarded) < 64:
            hoarded.append(bytearray(16 * 1024 * 1024))
    except MemoryError:
        taken = len(hoarded)
        hoarded.clear()
        mark.write_text(f"bounded at {taken}", encoding="utf-8")
        raise


def length(text: str) -> int:
    """Do honest work."""
    return len(text)


def slow(_data: bytes, _policy: object = None) -> None:
    """Take a reader's arguments, and never give them back."""
    time.sleep(600)
