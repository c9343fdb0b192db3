"""Routes of pages: refusals are answered with a page, and who has to sign in is sent to do so.

Words and statuses of refusals are those of `axis.problems`.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse

from axis import problems
from axis.problems import CATALOGUE, page_language
from axis.protocol.errors import AxisError, NotFound, QueryInvalid
from axis.web.file_verification import FileVerification
from axis.web.rendering import address_with, render
from axis.web.return_addresses import address_of, return_address
from axis.web.sign_in_attempts import SignInAttempts
from axis.web.visitors import SignInNeeded, Visitor, any_visitor

SIGN_IN: Final = "/sign-in"
_PROGRAMS: Final = ("/v1/", "/vxp/")
"""Addresses below these answer programs, whatever they accept."""


class PageRoute(APIRoute):
    """A route whose refusals are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the framework's handler within one that answers its exceptions."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except SignInNeeded:
                return to_sign_in(request)
            except AxisError as error:
                return await refusal_page(request, error)
            except RequestValidationError as error:
                return await refusal_page(request, problems.of_query(error))
            except (HTTPException, ClientDisconnect):
                raise
            except Exception as error:  # noqa: BLE001 - logged whole; a page never shows its text
                problems.log_fault(request, error)
                return await refusal_page(request, problems.of_fault(error))

        return answer


def page_router() -> APIRouter:
    """Return a router for pages: they stand in no description of the API."""
    return APIRouter(tags=["pages"], include_in_schema=False, route_class=PageRoute)


def lead_back(request: Request, path: str) -> None:
    """Have a refusal of this request lead to a page of this hub: that of the form which was refused."""
    request.state.way_back = path


def install(app: FastAPI) -> None:
    """Answer a browser at an address that leads nowhere with a page. Call it after `problems.install`."""
    app.state.sign_in_attempts = SignInAttempts()
    app.state.file_verification = FileVerification()
    otherwise = app.exception_handlers[HTTPException]

    async def no_such_page(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.NOT_FOUND and _is_browser(request):
            return await refusal_page(request, NotFound())
        answered: Response = await otherwise(request, error)  # type: ignore[misc]  # ours are all async
        return answered

    app.add_exception_handler(HTTPException, no_such_page)


def close(app: FastAPI) -> None:
    """End what pages started."""
    app.state.file_verification.close()


def to_sign_in(request: Request) -> Response:
    """Send a browser to sign in, and back to where it is."""
    there = address_of(request) if request.method in {"GET", "HEAD"} else None
    return RedirectResponse(
        address_with(SIGN_IN, {"return": there}), HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"}
    )


async def refusal_page(request: Request, error: AxisError) -> Response:
    """Return the page of a refusal: what is wrong, where, and how to go on."""
    try:
        visitor = await any_visitor(request)
    except AxisError:
        visitor = Visitor(page_language(request))
    request.state.problem_code = error.code  # for logs and metrics
    described = problems.describe(
        error, request_id=problems.request_id_of(request), language=visitor.language
    )
    status = CATALOGUE[error.code].status
    way_back = getattr(request.state, "way_back", None)
    if isinstance(error, QueryInvalid) and request.method == "GET" and request.url.query:
        way_back = return_address(request.url.path)  # the page itself, without what its query asked
    response = render(request, visitor, "refusal.html", status=status, problem=described, way_back=way_back)
    headers = problems.respond(error, request_id="", language=visitor.language).headers
    for name in ("Retry-After", "WWW-Authenticate", "Allow"):
        if name in headers:
            response.headers[name] = headers[name]
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_browser(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and not request.url.path.startswith(_PROGRAMS)
