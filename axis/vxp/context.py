"""What operations of the old protocol get: the collaborators (`VxpContext`), and one call (`Asked`)."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from axis.agencies.callers import Caller
from axis.agencies.last_calls import LastCalls
from axis.deliveries.waiting_readers import WaitingReaders
from axis.intake.context import IntakeContext
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import NotPermitted
from axis.protocol.vxp import Call
from axis.settings import MIB
from axis.vxp.calling_systems import Systems
from axis.vxp.failed_calls import Failures

LARGE_BYTES: Final = MIB
"""A larger message may need several times its size in memory."""
LARGE_AT_ONCE: Final = 2
"""The most large messages that are read or composed at once."""

PAGES_AT_ONCE: Final = 1
"""The most pages of the directory that are made at once, so that whole lists do not delay other calls."""


@dataclass(frozen=True, slots=True)
class VxpContext:
    """The collaborators of the old protocol's operations, built once by the composition root."""

    intake: IntakeContext
    waiting_readers: WaitingReaders
    systems: Systems
    failures: Failures
    last_calls: LastCalls = field(default_factory=LastCalls)
    large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LARGE_AT_ONCE))
    pages: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAGES_AT_ONCE))


@dataclass(frozen=True, slots=True)
class Asked:
    """An authenticated call: the caller and the parameters. The body has not been read."""

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
            NotPermitted: when it has none; every system has one.

        """
        if self.caller.agency is None:
            raise NotPermitted(role=self.caller.role, needed="agency")
        return self.caller.agency
