"""`POST /sandbox/tokens`: makes a token of an auditor or an operator, without the command line."""

from typing import get_args

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.tokens import Grant, Role, create_tokens
from axis.clock import real_now
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, Overloaded, QueryInvalid, shorten
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from axis.sandbox.state import SandboxDep

router = APIRouter(tags=["sandbox"])

ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role in {"auditor", "operator"})

_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["role"],
    "properties": {"role": {"enum": list(ROLES)}},
}
_ANSWER = {
    "description": "The token, which is never shown again.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}}
        }
    },
}


@router.post(
    "/sandbox/tokens",
    summary="Make a token of an auditor or operator",
    status_code=201,
    response_class=Response,
    responses={201: _ANSWER, **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded)},
    openapi_extra=describe_body(_BODY),
)
async def make_token_of_role(request: Request, sandbox: SandboxDep) -> Response:
    """Make a token. The sandbox's operator."""
    asked = await read_json(request, sandbox.settings.json_bytes)
    reader = MembersReader()
    wanted = reader.members(asked, "", frozenset({"role"})).get("role")
    role = next((role for role in ROLES if role == wanted), None)
    if role is None:
        reader.fault("/role", shorten(str(wanted)), " or ".join(ROLES))
    reader.finish()
    assert role is not None
    grant = Grant(role, name="sandbox")
    (token,) = await run_in_threadpool(
        lambda: sandbox.database.write(lambda tx: create_tokens(tx, [grant], real_now()))
    )
    return answer_json({"token": token}, 201, headers={"Cache-Control": "no-store"})
