"""`/sign-in`, `/sign-out` and `/language/{language}`: a token is pasted once, and a session takes its place.

Sessions are kept by `axis.agencies.sessions`. Failed attempts are limited by `axis.web.sign_in_attempts`.
"""

import secrets
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from axis.agencies.sessions import close_session, form_token, open_session, redeem_code
from axis.clock import real_now
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.problems import Language
from axis.web import cookies
from axis.web.forms import check_form, is_right, read_form
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.return_addresses import FRONT, return_address
from axis.web.sign_in_attempts import SignInAttempts
from axis.web.visitors import AnyVisitor, Visitor

router = page_router()

LONGEST: Final = 256

ReturnQuery = Annotated[str | None, Query(alias="return", max_length=4_000)]
CodeQuery = Annotated[str | None, Query(max_length=LONGEST)]


@router.get("/sign-in", summary="Sign in")
async def show_sign_in(
    request: Request,
    visitor: AnyVisitor,
    database: DatabaseDep,
    settings: SettingsDep,
    back: ReturnQuery = None,
    code: CodeQuery = None,
) -> Response:
    """Show the form, or sign in with the one-time code of an address that was printed on this machine."""
    if code is None:
        return _form(request, visitor, back)
    attempts, caller = _attempts(request), _caller_address(request)
    attempts.check(caller)
    session = None
    if cookies.is_on_loopback(request) and cookies.is_loopback_address(caller):
        hours = settings.session_hours
        session = await run_in_threadpool(
            lambda: database.write(lambda tx: redeem_code(tx, code, real_now(), hours))
        )
    if session is None:
        attempts.note_failure(caller)
        return _form(request, visitor, back, failure="code", status=HTTPStatus.FORBIDDEN)
    return _signed_in(request, session, settings.session_hours, back)


@router.post("/sign-in", summary="Sign in with a token")
async def sign_in(
    request: Request, visitor: AnyVisitor, database: DatabaseDep, settings: SettingsDep
) -> Response:
    """Open a session of the token in the form, in place of the one before."""
    attempts, caller = _attempts(request), _caller_address(request)
    attempts.check(caller)
    fields = await read_form(request)
    key = cookies.form_key_of(request)
    if key is None or not is_right(fields, key):
        return _form(request, visitor, fields.get("return"), failure="form", status=HTTPStatus.FORBIDDEN)
    token, hours = fields.get("token", "").strip(), settings.session_hours
    before = cookies.session_of(request)

    def change() -> str | None:
        return database.write(lambda tx: open_session(tx, token, real_now(), hours))

    session = await run_in_threadpool(change) if 0 < len(token) <= LONGEST else None
    if session is None:
        attempts.note_failure(caller)
        return _form(
            request, visitor, fields.get("return"), failure="token", status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    if before:
        await run_in_threadpool(lambda: database.write(lambda tx: close_session(tx, before)))
    return _signed_in(request, session, hours, fields.get("return"))


@router.post("/sign-out", summary="Sign out")
async def sign_out(request: Request, visitor: AnyVisitor, database: DatabaseDep) -> Response:
    """End the session, in the store as in the browser."""
    await check_form(request, visitor)
    secret = visitor.session
    if secret is not None:
        await run_in_threadpool(lambda: database.write(lambda tx: close_session(tx, secret)))
    response = _sent_to(FRONT)
    cookies.drop_session(request, response)
    return response


@router.get("/language/{language}", summary="Choose the language of pages")
async def choose_language(
    request: Request, language: Annotated[Language, Path()], back: ReturnQuery = None
) -> Response:
    """Have the browser remember a language, and send it back."""
    response = _sent_to(return_address(back))
    cookies.set_language(request, response, language)
    return response


def _form(
    request: Request, visitor: Visitor, back: str | None, *, failure: str | None = None, status: int = 200
) -> Response:
    key = cookies.form_key_of(request)
    made = key if key and len(key) <= LONGEST else secrets.token_urlsafe(32)
    response = render(
        request,
        visitor,
        "sign_in.html",
        status=status,
        form_token=form_token(made),
        back=return_address(back),
        failure=failure,
        may_keep_cookies=cookies.is_on_loopback(request) or request.url.scheme == "https",
    )
    response.headers["Cache-Control"] = "no-store"
    if made != key:
        cookies.set_form_key(request, response, made)
    return response


def _signed_in(request: Request, session: str, hours: int, back: str | None) -> Response:
    response = _sent_to(return_address(back))
    cookies.set_session(request, response, session, hours)
    return response


def _sent_to(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})


def _attempts(request: Request) -> SignInAttempts:
    attempts: SignInAttempts = request.app.state.sign_in_attempts
    return attempts


def _caller_address(request: Request) -> str:
    return request.client.host if request.client is not None else ""
