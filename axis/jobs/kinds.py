"""What a kind of job is: a function that does one step, and is called again until it gives a result.

The composition root (`axis.app`) collects the kinds of all rooms; `axis.jobs.runner` runs them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from axis.database import Write

Json: TypeAlias = Any
"""A value that JSON can hold."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a step is told."""

    id: str
    params: Json
    """What was asked for."""
    checkpoint: Json
    """What the step before left, in whichever process; None at the beginning."""
    report: Callable[[int, int | None], None]
    """Takes how much is done, and of how much (None: not known yet). A long step calls it often, since it
    raises where the work is to end. The numbers are for whoever waits; only what a step returns is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a step did. All of it is recorded in one transaction, or nothing where the lease was lost."""

    done: int
    of: int | None
    checkpoint: Json = None
    """From what the next step goes on."""
    result: Json = None
    """The job's result, given by its last step; None says that there is more to do."""
    write: Callable[[Write], object] | None = None
    """What the step changes in the store. It runs with the record, so it counts exactly once."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    A step changes nothing itself: it may run again, or beside one that lost its lease and does not know. One
    that raises an `AxisError` fails the job with it; after any other exception it is tried again a few times.
    """

    name: str
    step: Callable[[Task], Step]


Kinds: TypeAlias = Mapping[str, Kind]


def kinds_of(*kinds: Kind) -> Kinds:
    """Return the kinds by their names."""
    return {kind.name: kind for kind in kinds}
