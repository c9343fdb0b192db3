"""What the operations of the old protocol work with: collaborators made once, and what one call says.

It does nothing itself: `axis.vxp.calls` makes an `Asked` of a request and hands it to the operation.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from axis.agencies.callers import Caller
from axis.deliveries.waiting_readers import WaitingReaders
from axis.intake.context import IntakeContext
from axis.protocol.codes import AgencyCode
from axis.protocol.errors import NotPermitted
from axis.protocol.vxp import Call
from axis.settings import MIB
from axis.vxp.failed_calls import Failures
from axis.vxp.systems import Systems

LARGE_BYTES: Final = MIB
"""Messages of more than this may need several times their size in memory."""
LARGE_AT_ONCE: Final = 2
"""Large messages being read or composed at the same time."""

PAGES_AT_ONCE: Final = 1
"""Pages of the directory being made at the same time: who lists it whole waits, and holds up nobody else."""


@dataclass(frozen=True, slots=True)
class VxpContext:
    """The collaborators of the old protocol's operations, put together once by the composition root."""

    intake: IntakeContext
    waiting_readers: WaitingReaders
    systems: Systems
    failures: Failures
    large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LARGE_AT_ONCE))
    pages: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAGES_AT_ONCE))


@dataclass(frozen=True, slots=True)
class Asked:
    """A proved call: who calls, with which parameters; the body is still unread."""

    context: VxpContext
    call: Call
    caller: Caller
    """An agency with its subtree; its token's id is `vxp:` and the system's."""
    may_register: bool
    request: Request

    @property
    def own(self) -> AgencyCode:
        """The system's own agency.

        Raises:
            NotPermitted: when it has none, which no system is without.

        """
        if self.caller.agency is None:
            raise NotPermitted(role=self.caller.role, needed="agency")
        return self.caller.agency
