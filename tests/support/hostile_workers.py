"""What a path worker does when its input gets the better of it; run in the worker's process.

The "certificate" each is asked about is the path of a file, in which it leaves word that it came that far.
"""

import time
from pathlib import Path

from axis.trust import path_workers


def sleep(connection, _budget_bytes) -> None:
    """Never answer."""
    Path(_first_question(connection).decode()).write_text("asleep", encoding="utf-8")
    time.sleep(600)


def hoard(connection, budget_bytes) -> None:
    """Take memory until there is no more, far beyond the budget."""
    path_workers._limit_memory(budget_bytes)
    mark = Path(_first_question(connection).decode())
    hoarded = []
    try:
        while len(hoarded) < 64:
            hoarded.append(bytearray(16 * 1024 * 1024))
    except MemoryError:
        taken = len(hoarded)
        hoarded.clear()
        mark.write_text(f"bounded at {taken}", encoding="utf-8")


def _first_question(connection) -> bytes:
    connection.send(True)
    return connection.recv()[0]
