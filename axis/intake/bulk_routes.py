"""`POST /v1/documents/bulk`: takes documents as lines, and answers each with a line, while both stream."""

import functools
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from axis.agencies.admission import Admission, owner_of
from axis.agencies.callers import AgencyCaller, Caller, agency_only, any_caller
from axis.intake.bulk import Bulk, answer_lines
from axis.intake.schemas import BULK_ANSWER, BULK_BODY, NDJSON, PLAIN_BYTES
from axis.problems import declare, language_of, request_id_of
from axis.protocol import errors
from axis.protocol.request_bodies import media_type_of, refuse_encoding

router = APIRouter(tags=["documents"])

BEFORE: Final = (
    errors.NotAuthenticated,
    errors.NotPermitted,
    errors.UnsupportedMediaType,
    errors.TooManyRequests,
    errors.Overloaded,
)
"""Refusals of the whole request, before any line is read."""


@router.post(
    "/v1/documents/bulk",
    summary="Send many documents",
    response_class=Response,
    responses={200: BULK_ANSWER, **declare(*BEFORE)},
    openapi_extra={"requestBody": BULK_BODY},
)
async def send_documents(
    request: Request,
    caller: AgencyCaller,  # 1 authenticate, from headers alone; again for each line
) -> Response:
    """Take in one document a line, as `POST /v1/documents` takes it in alone, and answer each with a line.

    Answers are in the order of the lines and come while lines are still being sent: read them meanwhile,
    since no more lines are taken while answers wait. A line that is refused does not end the request.
    """
    refuse_encoding(request)
    media_type_of(request, (*NDJSON, PLAIN_BYTES))
    return _Answers(request, caller)


class _Answers(Response):
    """The lines of the answer, which are made while the request's are read."""

    media_type = NDJSON[0]

    def __init__(self, request: Request, caller: Caller) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers({"Cache-Control": "no-store"})
        self._request = request
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the lines; the head of the answer leaves with the first of them."""
        hub, request = scope["app"].state.hub, Request(scope, receive)
        started = False

        async def start() -> None:
            nonlocal started
            if not started:
                started = True
                head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(head)

        async def send_lines(lines: bytes) -> None:
            await start()
            await send({"type": "http.response.body", "body": lines, "more_body": True})

        bulk = Bulk(
            hub.intake,
            hub.bulk_workers,
            functools.partial(_identified, request),
            request.stream(),
            request_id_of(request),
            language_of(request.headers.get("accept-language")),
            functools.partial(_tell, hub),
        )
        admission: Admission = hub.bulk_admission
        with admission.one(owner_of(self._caller)):
            try:
                await answer_lines(bulk, send_lines)
            except* ClientDisconnect:
                pass  # whoever left reads no answer
            else:
                await start()
                await send({"type": "http.response.body", "body": b""})


async def _identified(request: Request) -> Caller:
    """Return the caller, as long as its token is valid."""
    return await agency_only(await any_caller(request, None))


def _tell(hub: Any, codes: Sequence[str | None]) -> None:
    if None in codes:
        hub.waiting_readers.wake()
    for code in codes:
        if code is not None:
            hub.metrics.refusals.labels(code).inc()
