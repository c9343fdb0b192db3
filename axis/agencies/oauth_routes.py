"""`POST /token`: access tokens by OAuth 2 client credentials, for platforms that speak it.

The client's id is the id of a long-lived token, and its secret that token. Refusals are in the form of
RFC 6749, section 5.2, since its clients read no other.
"""

import base64
import binascii
from collections import Counter
from typing import Any, Final
from urllib.parse import unquote_plus

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security.utils import get_authorization_scheme_param

from axis.agencies.access_tokens import ACCESS_SECONDS, AccessToken, make_access_token
from axis.agencies.callers import Callers
from axis.clock import real_now
from axis.database import Database
from axis.database.dependencies import DatabaseDep
from axis.json_http import answer_json
from axis.problems import declare
from axis.protocol.errors import (
    MalformedRequest,
    NotAuthenticated,
    Overloaded,
    TooLarge,
    TooManyRequests,
    UnsupportedMediaType,
)
from axis.protocol.request_bodies import FORM, read_form_fields

router = APIRouter(tags=["agencies"])

GRANT: Final = "client_credentials"
FORM_BYTES: Final = 4 * 1024
FORM_FIELDS: Final = 16
CREDENTIAL_CHARACTERS: Final = 128
_ONCE: Final = ("grant_type", "client_id", "client_secret", "scope")
_NOT_KEPT: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}

_ANSWER: dict[str, Any] = {
    "title": "AccessToken",
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        "access_token": {"type": "string", "description": "For `Authorization: Bearer`."},
        "token_type": {"const": "Bearer"},
        "expires_in": {"type": "integer", "maximum": ACCESS_SECONDS, "description": "Seconds."},
    },
}
_REFUSAL: dict[str, Any] = {
    "title": "OAuthError",
    "type": "object",
    "required": ["error", "error_description"],
    "properties": {
        "error": {"enum": ["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"]},
        "error_description": {"type": "string"},
    },
}
_FORM: dict[str, Any] = {
    "title": "AccessTokenRequest",
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"const": GRANT},
        "client_id": {"type": "string", "description": "The id of a token, where it is not sent as Basic."},
        "client_secret": {"type": "string", "description": "That token."},
    },
}


class _Refused(Exception):
    """The request gets no access token; `error` is the code of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error, self.description = error, description


@router.post(
    "/token",
    summary="Get an access token",
    response_class=Response,
    responses={
        200: {
            "description": "An access token; it ends with the token it was bought with.",
            "content": {"application/json": {"schema": _ANSWER}},
        },
        **declare(UnsupportedMediaType, TooLarge, TooManyRequests, Overloaded),
        400: {
            "description": "The request is not as RFC 6749 has it, or cannot be read.",
            "content": {"application/json": {"schema": _REFUSAL}},
        },
        401: {
            "description": "No token that holds has this id and is this secret.",
            "content": {"application/json": {"schema": _REFUSAL}},
        },
    },
    openapi_extra={"requestBody": {"required": True, "content": {FORM: {"schema": _FORM}}}},
)
async def issue_access_token(request: Request, database: DatabaseDep) -> Response:
    """Give an access token for ten minutes, which may what the token may that it was bought with. Anyone.

    `client_id` and `client_secret` may also come as user and password of HTTP Basic (RFC 7617).
    """
    try:
        client, secret = _credentials(request, await _fields(request))
        made = await _buy(request.app.state.hub.callers, database, client, secret)
    except NotAuthenticated:
        said = "expected: as client_id a token's id, as axis token list has it; as client_secret the token"
        headers = {"WWW-Authenticate": 'Basic realm="axis"', **_NOT_KEPT}
        return answer_json({"error": "invalid_client", "error_description": said}, 401, headers)
    except _Refused as refused:
        members = {"error": refused.error, "error_description": refused.description}
        return answer_json(members, 400, _NOT_KEPT)
    answer = {"access_token": made.token, "token_type": "Bearer", "expires_in": made.seconds}
    return answer_json(answer, headers=_NOT_KEPT)


async def _buy(callers: Callers, database: Database, client: str, secret: str) -> AccessToken:
    caller = await callers.identify(f"Bearer {secret}")  # its memory spares the store wrong secrets
    made = None
    if caller.token_id == client:
        made = await run_in_threadpool(
            lambda: database.write(lambda tx: make_access_token(tx, client, secret, real_now()))
        )
    if made is None:
        raise NotAuthenticated
    return made


async def _fields(request: Request) -> dict[str, str]:
    """Read the form. Parameters that RFC 6749 does not know are passed over, as it says."""
    try:
        pairs = await read_form_fields(request, FORM_BYTES, FORM_FIELDS)
    except MalformedRequest:
        raise _Refused("invalid_request", f"the body is no form of at most {FORM_FIELDS} fields") from None
    counts = Counter(name for name, _ in pairs)
    for name in _ONCE:
        if counts[name] > 1:
            raise _Refused("invalid_request", f"{name} stands {counts[name]} times; expected once")
    fields = {name: value for name, value in pairs if value}
    if "grant_type" not in fields:
        raise _Refused("invalid_request", f"grant_type is missing; expected {GRANT}")
    if fields["grant_type"] != GRANT:
        raise _Refused("unsupported_grant_type", f"grant_type is not {GRANT}")
    if "scope" in fields:
        raise _Refused(
            "invalid_scope", "there are no scopes: leave scope out; the token says what is allowed"
        )
    return fields


def _credentials(request: Request, fields: dict[str, str]) -> tuple[str, str]:
    """Return the client's id and secret, from the header or from the form (RFC 6749, section 2.3.1)."""
    scheme, given = get_authorization_scheme_param(request.headers.get("authorization"))
    if not scheme:
        client, secret = fields.get("client_id", ""), fields.get("client_secret", "")
    elif "client_secret" in fields:
        raise _Refused("invalid_request", "the client's secret came twice: as Basic and in the form")
    elif scheme.lower() != "basic":
        raise NotAuthenticated
    else:
        client, secret = _basic_credentials(given)
        if fields.get("client_id", client) != client:
            raise _Refused("invalid_request", "client_id in the form is not that of the header")
    if not client or not secret or max(len(client), len(secret)) > CREDENTIAL_CHARACTERS:
        raise NotAuthenticated
    return client, secret


def _basic_credentials(given: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, ValueError):  # UnicodeDecodeError too
        raise NotAuthenticated from None
    client, _, secret = text.partition(":")
    return unquote_plus(client), unquote_plus(secret)
