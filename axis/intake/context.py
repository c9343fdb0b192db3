"""What the way of a document in needs: its collaborators, put together once by the composition root."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from axis.agencies.directory import Directory
from axis.clock import Clock
from axis.database import Database
from axis.judging.judge import Trust
from axis.ledger.recorder import Recorder
from axis.protocol.manifest import ManifestLimits
from axis.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """The collaborators of intake."""

    database: Database
    clock: Clock
    settings: Settings
    directory: Directory
    trust: Trust
    recorder: Recorder
    limits: ManifestLimits


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskDep = Annotated[Desk, Depends(_desk)]
