"""What a check looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from axis.clock import Clock
from axis.database import Database
from axis.settings import Settings
from signing.paths.validation import TrustMaterial

Room = Callable[[Path], tuple[int, int]]
"""Gives the free and the total bytes of the disk on which a path lies; raises `OSError`."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The parts of a hub that checks look at."""

    database: Database
    clock: Clock
    settings: Settings
    material: Callable[[], TrustMaterial]
    room: Room
