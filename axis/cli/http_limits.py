"""The limits of connections to the hub: bytes of a head, times of head and body, least speed, their number.

They are applied by `axis.cli.bounded_connections`. Those that an operator may choose come from
`axis.settings`.
"""

from dataclasses import dataclass
from typing import Final

from axis.settings import MIB, Settings

MAX_HEAD_BYTES: Final = 256 * 1024
"""A call of the old protocol with two thousand recipients needs three quarters of it, since each is there
twice."""
HEALTH: Final = frozenset({b"/livez", b"/readyz", b"/metrics"})
"""Paths that are answered on reserve connections too."""
RESERVE: Final = 64
"""Connections beyond the bound that are answered 503; further ones are closed unread."""
LATER: Final = 1.2
"""Times the setting is what is waited for a body: routes that read one give up at the setting itself."""
LOOKS: Final = 4
"""How often a connection is checked within the shortest of its times."""
LONGEST_STEP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a connection: the settings of the same names."""

    head_seconds: float
    idle_seconds: float
    bytes_per_second: int
    connections: int
    unsent_bytes: int = 256 * MIB

    def is_too_slow(self, seconds: float, moved: int) -> bool:
        """Tell whether so many bytes in so long are less than a body must have."""
        if not self.bytes_per_second:
            return False
        return seconds > self.idle_seconds + moved / self.bytes_per_second


def limits_of(settings: Settings) -> Limits:
    """Return the limits of the settings."""
    return Limits(
        settings.head_seconds,
        settings.body_idle_seconds * LATER,
        settings.bytes_per_second,
        settings.connections,
        settings.unsent_bytes,
    )
