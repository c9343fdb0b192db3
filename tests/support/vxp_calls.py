"""Operations of the old protocol called without HTTP, on an `Exchange`: each call counts as proved."""

import asyncio
import datetime as dt
import json
from dataclasses import replace
from typing import Any

from support.exchange import Exchange

from axis.agencies.callers import Caller
from axis.documents.manifest_settings import manifest_limits
from axis.intake.context import IntakeContext
from axis.objects.store import Objects
from axis.protocol.vxp import OPERATIONS, Call
from axis.settings import Settings
from axis.vxp.context import Asked, VxpContext
from axis.vxp.replies import Refused
from axis.vxp.routes import PERFORM


class Calls:
    """Who calls, and what comes back; replies are checked for what the real client would break on."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.settings = Settings()

    def limit(self, **settings: int) -> None:
        self.settings = replace(self.settings, **settings)

    def raw(self, agency: str, operation: str, **parameters: str) -> tuple[Any, bytes]:
        """The response of an operation and its whole body."""
        return asyncio.run(self._call(agency, operation, parameters))

    def __call__(self, agency: str, operation: str, **parameters: str) -> Any:
        """The reply of an operation."""
        response, body = self.raw(agency, operation, **parameters)
        assert response.status_code == 200
        assert int(response.headers["content-length"]) == len(body)
        reply = json.loads(body)
        assert (reply["status"], reply["ErrorCode"]) == ("OK", "0")
        assert isinstance(reply["ErrorDesc"], str)
        _without_nulls(reply)
        return reply

    def refusal(self, agency: str, operation: str, **parameters: str) -> tuple[str, str]:
        """The code and the sentence of a refusal."""
        try:
            self.raw(agency, operation, **parameters)
        except Refused as refused:
            return str(refused.code), refused.description
        raise AssertionError("it was not refused")

    async def _call(self, agency: str, operation: str, parameters: dict[str, str]) -> tuple[Any, bytes]:
        exchange = self.exchange
        intake = IntakeContext(
            exchange.database,
            exchange.clock,
            self.settings,
            exchange.directory,
            None,
            exchange.recorder,
            manifest_limits(self.settings),
            Objects(exchange.database),
        )
        call = Call(agency, OPERATIONS[operation], parameters, dt.datetime.now(dt.UTC), "00" * 32)
        caller = Caller("agency", agency, True, None, "vxp:test")
        asked = Asked(VxpContext(intake, None, None, None), call, caller, False, None)
        response = await PERFORM[operation](asked)
        if hasattr(response, "body_iterator"):
            return response, b"".join([bytes(piece) async for piece in response.body_iterator])
        return response, bytes(response.body)


def _without_nulls(value: Any) -> None:
    assert value is not None
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _without_nulls(inner)
