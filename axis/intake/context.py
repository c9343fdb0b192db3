"""The collaborators that intake needs, built once by the composition root."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from axis.agencies.admission import Admission
from axis.agencies.directory import Directory
from axis.clock import Clock
from axis.database import Database
from axis.judging.judge import Trust
from axis.ledger.recorder import Recorder
from axis.objects.store import Objects
from axis.protocol.manifest_limits import ManifestLimits
from axis.settings import Settings


@dataclass(frozen=True, slots=True)
class IntakeContext:
    """What every step of intake may use."""

    database: Database
    clock: Clock
    settings: Settings
    directory: Directory
    trust: Trust
    recorder: Recorder
    limits: ManifestLimits
    objects: Objects


async def _intake(request: Request) -> IntakeContext:
    intake: IntakeContext = request.app.state.hub.intake
    return intake


IntakeDep = Annotated[IntakeContext, Depends(_intake)]


async def _admission(request: Request) -> Admission:
    admission: Admission = request.app.state.hub.admission
    return admission


AdmissionDep = Annotated[Admission, Depends(_admission)]
