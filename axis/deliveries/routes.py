"""Inbox, statuses and events over HTTP.

Requests that wait do so on the event loop, until `axis.deliveries.waiting_readers` wakes them. Lists of
deliveries are in `axis.deliveries.list_routes`.
"""

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from axis.agencies.admission import Admission, owner_of
from axis.agencies.callers import Caller, Callers, PartyOrAuditor, SendingCaller, SpeakingCaller
from axis.agencies.directory import Directory, DirectoryDep
from axis.clock import rfc3339
from axis.database import Database
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.deliveries import schemas
from axis.deliveries.audience import Audience, audience_of, known_audience
from axis.deliveries.cursors import PATTERN, page_of, position_of
from axis.deliveries.events import STREAM_PAGE, Frames, framed, read_events, stream
from axis.deliveries.inbox import read_inbox
from axis.deliveries.limits import STATUSES_AT_ONCE
from axis.deliveries.poll_route import PollRoute, answering_plain
from axis.deliveries.posted_statuses import read_posted
from axis.deliveries.statuses import GivenStatus, PostedStatus, StatusCall, answer_statuses
from axis.deliveries.waiting_readers import Reading, WaitingReadersDep, read_or_wait
from axis.json_http import answer_json
from axis.ledger.recorder import Recorder
from axis.problems import declare, describe, language_of, request_id_of
from axis.protocol.errors import (
    AxisError,
    NotAcceptable,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    NotYourAgency,
    Overloaded,
    Place,
    QueryInvalid,
    StatusInvalid,
    StatusNotAllowed,
    TooManyParts,
    TooManyRequests,
    shorten,
)
from axis.protocol.request_bodies import JSON, JSON_REFUSALS, read_json

router = APIRouter(tags=["deliveries"], route_class=PollRoute)

EVENT_STREAM = "text/event-stream"


@router.get(
    "/v1/inbox",
    operation_id="readInbox",
    summary="Read what arrived",
    response_class=Response,
    responses={
        200: {"model": schemas.InboxPage, "description": "Deliveries in the ledger's order."},
        **declare(NotAuthenticated, NotPermitted, NotYourAgency, QueryInvalid, Overloaded),
    },
)
async def read_my_inbox(
    query: Annotated[schemas.InboxQuery, Query()],
    request: Request,
    database: DatabaseDep,
    directory: DirectoryDep,
    waiting_readers: WaitingReadersDep,
    caller: SpeakingCaller,
) -> Response:
    """Return the deliveries after a cursor; agencies and relays only.

    Without `agency` they are those of every agency for which the token speaks. With `wait` the answer comes
    when there is a delivery, or empty when the time is over. A reader that continues with `next` misses
    nothing.
    """
    audience = await _audience(database, directory, caller, query.agency)
    reading = _reading("inbox", audience, query, functools.partial(read_inbox, database, audience))
    page = await read_or_wait(waiting_readers, reading, query.wait, lambda: _identify(request))
    return Response(page.body, media_type=JSON)


@router.get(
    "/v1/events",
    operation_id="readEvents",
    summary="Read what happened",
    response_class=Response,
    responses={
        200: {
            "model": schemas.EventPage,
            "description": "Events in the ledger's order, as JSON or as a stream.",
            "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
        },
        **declare(NotAuthenticated, NotPermitted, NotAcceptable, QueryInvalid, Overloaded),
    },
)
async def read_my_events(
    query: Annotated[schemas.EventsQuery, Query()],
    request: Request,
    database: DatabaseDep,
    directory: DirectoryDep,
    waiting_readers: WaitingReadersDep,
    caller: PartyOrAuditor,
    last_event_id: Annotated[
        str | None, Header(pattern=PATTERN, description="Where a stream that broke goes on.")
    ] = None,
) -> Response:
    """Return the events that concern the caller after a cursor: statuses, refusals, new verdicts.

    Auditors get all.

    With `Accept: text/event-stream` the answer is a stream of server-sent events that does not end.
    """
    streaming = _wants_stream(", ".join(request.headers.getlist("accept")) or "*/*")
    audience = await _audience(database, directory, caller, None)
    if streaming:
        after = position_of(last_event_id or query.after)
        return _stream(request, database, audience, after)
    reading = _reading("events", audience, query, functools.partial(read_events, database, audience))
    page = await read_or_wait(waiting_readers, reading, query.wait, lambda: _identify(request))
    return Response(page.body, media_type=JSON)


poll_inbox_directly = answering_plain(read_my_inbox)
poll_events_directly = answering_plain(read_my_events)
"""The same two ahead of the framework's routing: None for what is not plain."""


@router.post(
    "/v1/deliveries/{id}/statuses",
    status_code=201,
    summary="Give a delivery a status",
    response_class=Response,
    responses={
        201: {"model": schemas.StatusAnswer, "description": "The status is recorded."},
        200: {"model": schemas.StatusAnswer, "description": "It was the newest already; nothing was added."},
        **declare(
            *JSON_REFUSALS,
            NotAuthenticated,
            NotPermitted,
            NotFound,
            StatusNotAllowed,
            QueryInvalid,
            StatusInvalid,
            TooManyRequests,
            Overloaded,
        ),
    },
    openapi_extra={"requestBody": schemas.STATUS_BODY},
)
async def give_status(
    id: schemas.DeliveryPath,  # noqa: A002 - the path's name for it
    request: Request,
    settings: SettingsDep,
    caller: SendingCaller,
) -> Response:
    """Give a delivery a status. The sender asks it back (13); the receiver gives all others."""
    with sending_place(request, caller):
        posted = read_posted(await read_json(request, settings.json_bytes), id)
        (outcome,) = await record_statuses(request, caller, [posted])
    if isinstance(outcome, AxisError):
        raise outcome
    return answer_json(_answer(outcome), 200 if outcome.repeated else 201)


@router.post(
    "/v1/statuses",
    summary="Give many deliveries a status each",
    response_class=Response,
    responses={
        200: {"model": schemas.StatusAnswers, "description": "What became of each, in order."},
        **declare(
            *JSON_REFUSALS,
            NotAuthenticated,
            NotPermitted,
            TooManyParts,
            StatusInvalid,
            TooManyRequests,
            Overloaded,
        ),
    },
    openapi_extra={"requestBody": schemas.STATUSES_BODY},
)
async def give_statuses(request: Request, settings: SettingsDep, caller: SendingCaller) -> Response:
    """Take up to 1,000 statuses; each is answered on its own, with its answer or a problem, in order."""
    with sending_place(request, caller):
        body = await read_json(request, settings.json_bytes)
        outcomes = await record_statuses(request, caller, [_posted(value) for value in _listed(body)])
    request_id = request_id_of(request)
    language = language_of(request.headers.get("accept-language"))
    return answer_json(
        {
            "items": [
                describe(outcome, request_id=request_id, language=language)
                if isinstance(outcome, AxisError)
                else {"status": 200 if outcome.repeated else 201, **_answer(outcome)}
                for outcome in outcomes
            ]
        }
    )


async def _audience(database: Database, directory: Directory, caller: Caller, agency: str | None) -> Audience:
    def look() -> Audience:
        with database.read() as tx:
            return audience_of(tx, directory, caller, agency)

    known = known_audience(caller, agency)
    return await run_in_threadpool(look) if known is None else known


def _wants_stream(accept: str) -> bool:
    """Tell whether events go out as a stream. A client that accepts anything gets JSON.

    Raises:
        NotAcceptable: when neither is accepted.

    """
    accepted = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    if EVENT_STREAM in accepted:
        return True
    if accepted & {"application/json", "application/*", "*/*", ""}:
        return False
    available = ("application/json", EVENT_STREAM)
    place = Place("header:Accept", shorten(accept), " or ".join(available))
    raise NotAcceptable(place, available=available)


def _reading(
    kind: Literal["inbox", "events"],
    audience: Audience,
    query: schemas.EventsQuery,
    read: Callable[[int, int], Sequence[tuple[int, dict[str, Any]]]],
) -> Reading:
    after, limit = position_of(query.after), query.limit
    return Reading(kind, audience, (after, limit), lambda: page_of(read(after, limit), after))


async def _identify(request: Request) -> Caller:
    """Return a function that identifies the caller again, for a request that may outlive its token."""
    callers: Callers = request.app.state.hub.callers
    return await callers.identify(request.headers.get("authorization"))


def _stream(request: Request, database: Database, audience: Audience, after: int) -> Response:
    async def still_permitted() -> bool:
        try:
            await _identify(request)
        except NotAuthenticated:
            return False
        return True

    def read(position: int) -> Frames:
        return framed(read_events(database, audience, position, STREAM_PAGE))

    return StreamingResponse(
        stream(request.app.state.hub.waiting_readers, audience, read, after, still_permitted),
        media_type=EVENT_STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def sending_place(request: Request, caller: Caller) -> contextlib.AbstractContextManager[None]:
    """Hold a place among all that sends, so that one agency's statuses leave room for what others send."""
    admission: Admission = request.app.state.hub.admission
    return admission.one(owner_of(caller))


async def record_statuses(
    request: Request, caller: Caller, posted: list[PostedStatus | AxisError]
) -> list[GivenStatus | AxisError]:
    """Give statuses as a caller, and wake those who wait for them; each has its own outcome, in order."""
    recorder: Recorder = request.app.state.hub.recorder
    call = StatusCall(caller, request.app.state.hub.directory, posted)
    recorded = await recorder.record_async(answer_statuses, call)
    request.app.state.hub.waiting_readers.wake()
    return recorded.result


def _listed(body: object) -> list[Any]:
    """Return the statuses of a body: an array, or an object whose `items` is one."""
    values = body.get("items") if isinstance(body, dict) and body.keys() == {"items"} else body
    if not isinstance(values, list):
        raise StatusInvalid(Place("", shorten(type(values).__name__), "an array of statuses"))
    if len(values) > STATUSES_AT_ONCE:
        expected = f"at most {STATUSES_AT_ONCE} statuses"
        raise TooManyParts(Place("", f"{len(values)} statuses", expected), limit=STATUSES_AT_ONCE)
    return values


def _posted(value: object) -> PostedStatus | AxisError:
    try:
        return read_posted(value)
    except StatusInvalid as fault:
        return fault


def _answer(given: GivenStatus) -> dict[str, Any]:
    return {
        "delivery": given.delivery,
        "document": given.document,
        "code": given.code,
        "note": given.note,
        "by": given.by,
        "at": rfc3339(given.at),
        "repeated": given.repeated,
    }
