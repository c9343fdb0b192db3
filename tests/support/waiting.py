"""How tests wait: for a condition, as long as it takes: no test is about the speed of the machine.

The guard is there only so that a test which waits in vain fails and says for what, instead of hanging.
"""

import asyncio
import time
from collections.abc import Callable

GUARD_SECONDS = 600.0
"""Far beyond what anything takes, at a load of many times the cores; below pytest's own limit."""
LOOK_SECONDS = 0.02


def wait_until(happened: Callable[[], object], what: str) -> None:
    """Ask until the answer is true. Raises `AssertionError`, which names `what`, when the guard is over."""
    until = time.monotonic() + GUARD_SECONDS
    while not happened():
        assert time.monotonic() < until, f"waited {GUARD_SECONDS:.0f} s in vain for {what}"
        time.sleep(LOOK_SECONDS)


async def until(happened: Callable[[], object], what: str) -> None:
    """Wait in an event loop, without holding it up."""
    await asyncio.to_thread(wait_until, happened, what)
