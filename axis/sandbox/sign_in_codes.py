"""`POST /sandbox/sign-in-codes`: makes an address of the pages that opens signed in, once within a minute.

The address opens on this machine (`axis.web.sign_in`).
"""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.sessions import CODE_SECONDS, make_code
from axis.clock import real_now
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, Overloaded, QueryInvalid
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from axis.sandbox.state import SandboxDep

router = APIRouter(tags=["sandbox"])

_ANSWER = {
    "description": "The address, below that of the hub, and for how many seconds it holds.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["path", "seconds"],
                "properties": {"path": {"type": "string"}, "seconds": {"type": "integer"}},
            }
        }
    },
}
_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["token"],
    "properties": {"token": {"type": "string", "description": "A token of the hub."}},
}


@router.post(
    "/sandbox/sign-in-codes",
    summary="Make an address that opens signed in",
    response_class=Response,
    responses={200: _ANSWER, **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded)},
    openapi_extra=describe_body(_BODY),
)
async def make_sign_in_code(request: Request, sandbox: SandboxDep) -> Response:
    """Make a one-time code of a token. The sandbox's operator."""
    asked = await read_json(request, sandbox.settings.json_bytes)
    reader = MembersReader()
    token = reader.members(asked, "", frozenset({"token"})).get("token")
    code = None
    if isinstance(token, str):
        code = await run_in_threadpool(
            lambda: sandbox.database.write(lambda tx: make_code(tx, token, real_now()))
        )
    if code is None:
        reader.fault(
            "/token", "no token that may sign in", "a token that holds, of an agency that is not locked"
        )
    reader.finish()
    body = {"path": f"/sign-in?code={code}", "seconds": CODE_SECONDS}
    return answer_json(body, headers={"Cache-Control": "no-store"})
