"""How hard the tests try: as much as `make test` can afford, or `SOAK` times as much in `make soak`.

Properties without a number of their own have hypothesis's hundred examples, times the same factor.
"""

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("SOAK", "1"))


def times(count: int) -> int:
    """How many examples, rounds or kills to try where `make test` tries `count`."""
    return count * FACTOR


def set_up() -> None:
    """Make this the standard of all properties. None has a deadline: the machine may be busy."""
    settings.register_profile(
        "axis", max_examples=times(100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("axis")
