"""Answers refusals over HTTP: turns an error's code into a status and words.

Status and words of each code stand in `problems.toml`, in Vietnamese and English. A new code begins as a
class in `axis.protocol.errors`. RFC 9457.
"""

import errno
import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Literal, Protocol, runtime_checkable

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match

from axis.protocol import errors
from axis.protocol.errors import AxisError, Place, shorten
from axis.protocol.refused_characters import printable
from axis.protocol.statuses import NOTE_CHARACTERS
from axis.vietnamese_phrases import in_vietnamese
from signing.verdict_schema import VERDICT_SCHEMA

Language = Literal["en", "vi"]

LANGUAGE_COOKIE = "axis-language"
"""Where a browser keeps the language that was chosen for pages."""
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
"""The Retry-After of an error that names none."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What the system says where a body cannot be put aside while it comes in."""
NO_ROOM_SECONDS = 5
LONGEST_PARAMETER = 200
"""Characters of a parameter in a sentence; members of the answer are not cut."""
CODES = "x-codes"
"""The member of a described response that lists the codes it may have."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What a problem says in one language; `detail` is the rule with parameters in braces, if any."""

    title: str
    rule: str
    why: str
    remedy: str
    detail: str | None = None
    when: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Other words by a parameter: `detail` and `remedy` where the error has it."""

    def of(self, params: Mapping[str, object]) -> "Words":
        """Return the words for an error with these parameters."""
        others = next((self.when[name] for name in self.when if name in params), None)
        return self if others is None else replace(self, detail=others["detail"], remedy=others["remedy"])


@dataclass(frozen=True, slots=True)
class Problem:
    """One code: its status, the parameters shown as members of the answer, its words, and an example."""

    code: str
    status: int
    members: tuple[str, ...]
    words: Mapping[Language, Words]
    example: AxisError


@runtime_checkable
class _Worded(Protocol):
    """A value whose words depend on the language, such as a verdict."""

    def to_json(self, language: Language) -> object: ...


def _load() -> dict[str, Problem]:
    texts = tomllib.loads(files("axis").joinpath("problems.toml").read_text(encoding="utf-8"))
    return {kind.code: _problem(kind, texts[kind.code]) for kind in errors.ALL}


def _problem(kind: type[AxisError], text: dict[str, Any]) -> Problem:
    example = text.get("example", {})
    places = (Place(**place) for place in example.get("places", ()))
    return Problem(
        code=kind.code,
        status=text["status"],
        members=tuple(text.get("members", ())),
        words={"en": _words(text["en"] | {"rule": kind.message()}, ","), "vi": _words(text["vi"], ".")},
        example=kind(*places, **example.get("params", {})),
    )


def _words(text: dict[str, Any], thousands: str) -> Words:
    """Return words with the limits that their remedy names in braces."""
    longest_note = f"{NOTE_CHARACTERS:,}".replace(",", thousands)
    return Words(**text | {"remedy": text["remedy"].replace("{note_characters}", longest_note)})


CATALOGUE: Mapping[str, Problem] = _load()
"""Every problem by its code."""

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_PLACE_SCHEMA = {
    "title": "ProblemPlace",
    "type": "object",
    "required": ["pointer", "found", "expected"],
    "properties": {
        "pointer": {**_TEXT, "description": "A JSON pointer, or `header:`, `query:` or `path:` and a name."},
        "found": _TEXT_OR_NULL,
        "expected": _TEXT_OR_NULL,
    },
}
_ALWAYS = ("type", "title", "status", "detail", "code", "request_id", "remedy")
PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). Some codes bring more members: see `/problems/{code}`.",
    "type": "object",
    "required": list(_ALWAYS),
    "properties": {
        **dict.fromkeys(_ALWAYS, _TEXT),
        "type": {**_TEXT, "format": "uri-reference", "description": "The page of the code."},
        "status": {"type": "integer"},
        "code": {**_TEXT, "description": "Decide by this one; later versions may add codes."},
        "errors": {"type": "array", "items": _PLACE_SCHEMA},
        "verdict": VERDICT_SCHEMA,
    },
}
"""The JSON Schema of every refusal."""


def language_of(accept_language: str | None) -> Language:
    """Return the language an `Accept-Language` header likes best, English by default.

    Source: RFC 9110, section 12.5.4.
    """
    best: Language = "en"
    if not accept_language:
        return best
    best_quality = 0.0
    for item in accept_language.split(",")[:32]:
        tag, _, weight = item.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if language in {"en", "vi"} and quality > best_quality:
            best, best_quality = "vi" if language == "vi" else "en", quality
    return best


def page_language(request: Request) -> Language:
    """Return the language of a page: the one chosen, else the browser's, else Vietnamese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in {"en", "vi"}:
        return "en" if chosen == "en" else "vi"
    said = (request.headers.get("accept-language") or "").strip()
    return "vi" if said in {"", "*"} else language_of(said)


def describe(error: AxisError, *, request_id: str, language: Language) -> dict[str, object]:
    """Return the members of a problem, as answered alone or as one line or item of several."""
    problem = CATALOGUE[error.code]
    words = problem.words[language].of(error.params)
    members: dict[str, object] = {
        "type": f"/problems/{error.code}",
        "title": words.title,
        "status": problem.status,
        "detail": _detail(words, error.params),
        "code": error.code,
        "request_id": request_id,
        "remedy": words.remedy,
    }
    if error.places:
        places = map(in_vietnamese, error.places) if language == "vi" else error.places
        members["errors"] = [
            {
                "pointer": printable(place.pointer),
                "found": None if place.found is None else printable(place.found),
                "expected": place.expected,
            }
            for place in places
        ]
    for name in problem.members:
        if name in error.params:
            value = error.params[name]
            members[name] = value.to_json(language) if isinstance(value, _Worded) else value
    shown = members.get("verdict")
    if isinstance(shown, Mapping) and shown.get("remedy"):
        members["remedy"] = shown["remedy"]  # a verdict knows better than its code what is to be done
    return members


def respond(error: AxisError, *, request_id: str, language: Language) -> Response:
    """Return the HTTP answer to an error, with the headers its status asks for."""
    status = CATALOGUE[error.code].status
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _joined(error.params.get("allow", ()))
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["Retry-After"] = str(error.params.get("retry_after_seconds", RETRY_AFTER_SECONDS))
    if "accept_encoding" in error.params:
        headers["Accept-Encoding"] = str(error.params["accept_encoding"])
    body = orjson.dumps(describe(error, request_id=request_id, language=language), default=str)
    return Response(body, status, headers, MEDIA_TYPE)


def declare(*kinds: type[AxisError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` by which a route declares its refusals in the API description."""
    declared: dict[int | str, dict[str, Any]] = {}
    by_status: dict[int, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(CATALOGUE[kind.code].status, []).append(kind.code)
    for status, codes in sorted(by_status.items()):
        declared[status] = {
            "description": ", ".join(f"`{code}`" for code in codes),
            CODES: codes,
            "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}},
        }
    return declared


def install(app: FastAPI) -> None:
    """Make the app answer every exception with a problem."""
    app.add_exception_handler(AxisError, _axis_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(ClientDisconnect, _broken_off)
    app.add_exception_handler(Exception, _unknown)


async def _axis_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AxisError)
    return answer(request, error)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return answer(request, errors.MethodNotAllowed(method=request.method, allow=_methods(request)))
    return answer(request, _kind_of(error.status_code)())


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(request, of_query(error))


def of_query(error: RequestValidationError) -> AxisError:
    """Return what a caller is told of a query that does not fit its route."""
    return errors.QueryInvalid(*(_place(item) for item in error.errors() if item["type"] != "none_required"))


async def _broken_off(request: Request, error: Exception) -> Response:
    """Answer a caller that has gone. Breaking off is no fault of the hub, and not counted as one."""
    assert isinstance(error, ClientDisconnect)
    return answer(request, errors.MalformedRequest())


def of_fault(error: Exception) -> AxisError:
    """Return what a caller is told of an exception nobody expected: where there is no room, to come again."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return errors.Overloaded(retry_after_seconds=NO_ROOM_SECONDS)
    return errors.InternalError()


def log_fault(request: Request, error: Exception) -> None:
    """Log an exception nobody expected."""
    _log.error("internal error", exc_info=error, extra={"request_id": request_id_of(request)})


async def _unknown(request: Request, error: Exception) -> Response:
    log_fault(request, error)
    response = answer(request, of_fault(error))
    response.headers["X-Request-ID"] = request_id_of(
        request
    )  # answered outside of the middleware that adds it
    response.headers["Connection"] = "close"  # the server ends the connection after a fault: say so
    return response


def answer(request: Request, error: AxisError) -> Response:
    """Return the answer to an error that a request met, in the request's language."""
    language = language_of(request.headers.get("accept-language"))
    request.state.problem_code = error.code  # for logs and metrics
    return respond(error, request_id=request_id_of(request), language=language)


def request_id_of(request: Request) -> str:
    """Return the id by which a request is found in the log; empty where it has none."""
    return str(getattr(request.state, "request_id", ""))


_BY_STATUS: dict[int, type[AxisError]] = {
    401: errors.NotAuthenticated,
    403: errors.NotPermitted,
    404: errors.NotFound,
    406: errors.NotAcceptable,
    413: errors.TooLarge,
    415: errors.UnsupportedMediaType,
    422: errors.QueryInvalid,
    429: errors.TooManyRequests,
    503: errors.Overloaded,
}


def _kind_of(status: int) -> type[AxisError]:
    """Return the error for a status the framework answers with; its own words are not shown."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _BY_STATUS.get(status, errors.InternalError)
    return _BY_STATUS.get(status, errors.MalformedRequest)


def _methods(request: Request) -> list[str]:
    """Return every method this address takes: the router itself only tells those of one route."""
    routes = request.app.router.routes

    def fits(method: str) -> bool:
        scope = {**request.scope, "method": "GET" if method == "HEAD" else method}
        return any(route.matches(scope)[0] is Match.FULL for route in routes)

    return [method for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") if fits(method)]


def _place(item: Mapping[str, Any]) -> Place:
    source, *path = (str(part) for part in item["loc"])
    if source == "query":
        path = path[:1]  # a query has no depth: what follows names a branch of the model, not of the query
    missing = item["type"] == "missing"
    unknown = item["type"] == "extra_forbidden"
    return Place(
        f"{source}:{'.'.join(path)}",
        found="nothing" if missing else shorten(str(item["input"])),
        expected="no such member" if unknown else str(item["msg"]),
    )


def _detail(words: Words, params: Mapping[str, object]) -> str:
    if words.detail is None:
        return words.rule
    try:
        return words.detail.format_map({name: _joined(value) for name, value in params.items()})
    except KeyError:
        return words.rule


def _joined(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(str(item) for item in value) or "—"
    return shorten(printable(str(value)), LONGEST_PARAMETER)
