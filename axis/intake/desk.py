"""What the way of a document in needs: its collaborators, and what was submitted."""

from dataclasses import dataclass

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.clock import Clock
from axis.database import Database
from axis.ledger.recorder import Recorder
from axis.settings import Settings
from axis.trust.judging import Trust


@dataclass(frozen=True, slots=True)
class Desk:
    """The collaborators of intake, put together once by the composition root."""

    database: Database
    clock: Clock
    settings: Settings
    directory: Directory
    trust: Trust
    recorder: Recorder


@dataclass(frozen=True, slots=True)
class Origin:
    """Who submits, and under which request id."""

    caller: Caller
    request_id: str
