"""`/v1/webhooks…`: agencies say where they want to be told of what concerns them, and see how that goes.

Operators share webhooks of their own, which are told of alerts.
"""

from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Row

from axis.agencies.callers import AgencyOrOperator, Caller, SendingAgencyOrOperator
from axis.agencies.directory import Directory
from axis.clock import Microseconds, real_now, rfc3339
from axis.database import Read
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.database.secret_key import SecretKeyError
from axis.deliveries.cursors import cursor_after, position_of
from axis.json_http import answer_json, describe_body, page_members
from axis.problems import declare
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    Place,
    QueryInvalid,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.webhook_signatures import signed_headers, write_secret
from axis.push import queries, schemas, webhooks
from axis.push.attempts import SECOND
from axis.push.context import PushContext
from axis.push.webhook_requests import read_replay, read_webhook_entry
from axis.push.webhooks import Wanted

router = APIRouter(tags=["webhooks"])


def _push(request: Request) -> PushContext:
    push: PushContext = request.app.state.hub.push
    return push


@router.get(
    "/v1/webhooks",
    summary="List webhooks",
    response_class=Response,
    responses={
        200: {"model": schemas.WebhookList, "description": "Those of the caller's agency, by name."},
        **declare(NotAuthenticated, NotPermitted, QueryInvalid),
    },
)
def list_webhooks(
    query: Annotated[schemas.WebhooksQuery, Query()], database: DatabaseDep, caller: AgencyOrOperator
) -> Response:
    """List the webhooks of the caller's agency."""
    with database.read() as tx:
        rows = queries.webhook_rows(tx, webhooks.owner_of_webhooks(caller), query.after, query.limit + 1)
        return answer_json(
            page_members(rows, query.limit, lambda row: _members(tx, row), lambda row: str(row.name))
        )


@router.get(
    "/v1/webhooks/{name}",
    summary="Read a webhook",
    response_class=Response,
    responses={
        200: {"model": schemas.WebhookAnswer, "description": "The webhook, and how it fares."},
        **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid),
    },
)
def read_webhook(name: schemas.WebhookName, database: DatabaseDep, caller: AgencyOrOperator) -> Response:
    """Return a webhook of the caller's agency, without its secret."""
    with database.read() as tx:
        return answer_json(_members(tx, webhooks.find_webhook(tx, caller, name)))


@router.put(
    "/v1/webhooks/{name}",
    summary="Make or change a webhook",
    response_class=Response,
    responses={
        201: {"model": schemas.WebhookAnswer, "description": "It is made; its secret is shown this once."},
        200: {"model": schemas.WebhookAnswer, "description": "It is changed, and goes on where it was."},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(schemas.WEBHOOK_BODY, schemas.EXAMPLE),
)
async def put_webhook(
    name: schemas.WebhookName,
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    caller: SendingAgencyOrOperator,
) -> Response:
    """Say where to post what concerns the caller's agency from now on.

    Putting it again also lets one go on that had stopped.
    """
    push = _push(request)
    wanted = read_webhook_entry(
        await read_json(request, settings.json_bytes),
        push.posts.allowed,
        push.public_url,
        of_operators=caller.role == "operator",
    )

    def work() -> tuple[dict[str, Any], bytes | None]:
        if wanted.agency is not None:
            with database.read() as tx:
                _check_agency(tx, push.directory, caller, wanted)
        put = database.write(
            lambda tx: webhooks.put_webhook(
                tx, caller, name, wanted, push.open_secret, push.bounds, real_now()
            )
        )
        with database.read() as tx:
            return _members(tx, put.row), put.secret

    members, secret = await run_in_threadpool(_with_key(work, caller))
    if secret is None:
        return answer_json(members)
    return answer_json({**members, "secret": write_secret(secret)}, 201, {"Cache-Control": "no-store"})


@router.delete(
    "/v1/webhooks/{name}",
    summary="Remove a webhook",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It is gone, with what was set aside for it."},
        **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid, Overloaded),
    },
)
def delete_webhook(
    name: schemas.WebhookName, database: DatabaseDep, caller: SendingAgencyOrOperator
) -> Response:
    """Remove a webhook of the caller's agency."""
    database.write(lambda tx: webhooks.remove_webhook(tx, caller, name))
    return Response(status_code=204)


@router.post(
    "/v1/webhooks/{name}/secret",
    summary="Give a webhook a new secret",
    response_class=Response,
    responses={
        200: {"model": schemas.NewSecret, "description": "The new secret; the old one signs for a day more."},
        **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid, Overloaded),
    },
)
def rotate_secret(
    name: schemas.WebhookName, request: Request, database: DatabaseDep, caller: SendingAgencyOrOperator
) -> Response:
    """Make a new secret. For a day each message has two signatures, one by each."""
    open_secret = _push(request).open_secret

    def work() -> tuple[bytes, Microseconds]:
        return database.write(lambda tx: webhooks.rotate_secret(tx, caller, name, open_secret, real_now()))

    secret, until = _with_key(work, caller)()
    members = {"secret": write_secret(secret), "old_secret_until": rfc3339(until)}
    return answer_json(members, headers={"Cache-Control": "no-store"})


@router.post(
    "/v1/webhooks/{name}/test",
    summary="Post a test message to a webhook",
    response_class=Response,
    responses={
        200: {"model": schemas.TestAnswer, "description": "What the receiver answered: its status alone."},
        **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid, Overloaded),
    },
)
async def test_webhook(
    name: schemas.WebhookName, request: Request, database: DatabaseDep, caller: SendingAgencyOrOperator
) -> Response:
    """Post a signed message of type `test`, once, and say what the receiver answered."""
    push = _push(request)

    def look() -> tuple[str, list[bytes]]:
        with database.read() as tx:
            row = webhooks.find_webhook(tx, caller, name)
            secrets = webhooks.secrets_of(row, push.open_secret(tx))
        now = real_now()
        return row.url, [secret for secret, until in secrets if until is None or until > now]

    with request.app.state.hub.admission.one(webhooks.owner_of_webhooks(caller)):
        url, secrets = await run_in_threadpool(_with_key(look, caller))
        now = real_now()
        body = orjson.dumps({"type": "test", "timestamp": rfc3339(now), "data": {"webhook": name}})
        headers = signed_headers(secrets, f"msg_test_{now}", now // SECOND, body)
        posted = await push.posts.post(url, body, {"Content-Type": "application/json", **headers})
    milliseconds = round(posted.seconds * 1_000)
    return answer_json({"status": posted.status, "problem": posted.problem, "milliseconds": milliseconds})


@router.get(
    "/v1/webhooks/{name}/failures",
    summary="What was set aside",
    response_class=Response,
    responses={
        200: {"model": schemas.FailureList, "description": "Messages nobody took for three days."},
        **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid),
    },
)
def list_failures(
    name: schemas.WebhookName,
    query: Annotated[schemas.FailuresQuery, Query()],
    database: DatabaseDep,
    caller: AgencyOrOperator,
) -> Response:
    """List the messages of a webhook that were set aside, in the ledger's order."""
    with database.read() as tx:
        webhook = webhooks.find_webhook(tx, caller, name).id
        rows = queries.failure_rows(tx, webhook, position_of(query.after), query.limit + 1)
    return answer_json(page_members(rows, query.limit, _failure, lambda row: cursor_after(row.place)))


@router.post(
    "/v1/webhooks/{name}/replay",
    summary="Have messages posted again",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": schemas.WebhookAnswer, "description": "They are posted beside what goes on."},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, NotFound, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(schemas.REPLAY_BODY, {"failures": True}),
)
async def replay_webhook(
    name: schemas.WebhookName,
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    caller: SendingAgencyOrOperator,
) -> Response:
    """Post one message, an interval, or all that was set aside, again; each until it is taken."""
    lane = read_replay(await read_json(request, settings.json_bytes))

    def work() -> dict[str, Any]:
        database.write(lambda tx: webhooks.replay(tx, caller, name, lane))
        with database.read() as tx:
            return _members(tx, webhooks.find_webhook(tx, caller, name))

    return answer_json(await run_in_threadpool(work), 202)


def _check_agency(tx: Read, directory: Directory, caller: Caller, wanted: Wanted) -> None:
    assert wanted.agency is not None
    if not directory.may_speak_for(tx, caller, wanted.agency):
        raise QueryInvalid(Place("/agency", wanted.agency, "an agency this token speaks for"))


def _with_key(work: Callable[[], Any], caller: Caller) -> Callable[[], Any]:
    """Have work refused, rather than failed, by a hub that has no key to encrypt secrets with."""

    def run() -> Any:
        try:
            return work()
        except SecretKeyError as error:
            place = Place("", "no secret key", "a hub whose operator set AXIS_SECRET_KEY_FILE")
            raise NotPermitted(place, role=caller.role, needed=[]) from error

    return run


def _members(tx: Read, row: Row[Any]) -> dict[str, Any]:
    lanes = queries.lanes_of(tx, row.id)
    lane = lanes[0]
    state = "active" if not lane.attempts else "failing"
    if row.gone_at is not None:
        state = "gone"
    elif not queries.live_one(tx, row.id, real_now()):
        state = "stopped"
    return {
        "name": row.name,
        "url": row.url,
        "kinds": row.kinds.split(","),
        "agency": row.agency,
        "created_at": rfc3339(row.created_at),
        "state": state,
        "place": cursor_after(lane.place),
        "attempts": lane.attempts,
        "next_attempt_at": _moment(lane.due_at),
        "last_answer": lane.answer,
        "last_success_at": _moment(lane.taken_at),
        "replays": len(lanes) - 1,
        "failures": queries.count_failures(tx, row.id),
        "old_secret_until": _moment(row.old_secret_until),
    }


def _moment(at: int | None) -> str | None:
    return None if at is None else rfc3339(Microseconds(at))


def _failure(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": cursor_after(row.place),
        "kind": row.kind,
        "document": row.document,
        "set_aside_at": rfc3339(row.set_aside_at),
        "answer": row.answer,
    }
