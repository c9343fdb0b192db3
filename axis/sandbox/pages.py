"""The sandbox's page: what the country does now, and the powers over it as forms.

Each form calls the function of the route that has the same power. What is measured beside a simulation's
expected figures is what the hub's own statistics say.
"""

import re
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse

from axis import problems
from axis.agencies.callers import Caller
from axis.agencies.directory import names_of
from axis.agencies.sessions import make_code
from axis.agencies.tokens import Grant, Role, create_tokens
from axis.clock import (
    VIET_NAM,
    Microseconds,
    day_of,
    parse_rfc3339,
    real_now,
    rfc3339,
    to_datetime,
)
from axis.compliance.statistics import Question, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.database import Read, Write
from axis.database.injected_faults import SERVICES, services_down
from axis.ledger.queries import count_entries
from axis.problems import Language
from axis.protocol.agency_codes import canonical_or_none
from axis.protocol.errors import AxisError, Place, QueryInvalid, shorten
from axis.sandbox.clock import FASTEST, FIRST, LAST, move_clock, run_clock
from axis.sandbox.faults import take_down
from axis.sandbox.page_sessions import (
    OperatorSession,
    check_host,
    check_origin,
    check_token,
    close_session,
    form_token,
    open_session,
    read_operator_form,
    visitor_of,
)
from axis.sandbox.provisioning import provision
from axis.sandbox.queries import busiest_pairs
from axis.sandbox.request_values import read_provisioning
from axis.sandbox.reset import reset
from axis.sandbox.role_tokens import ROLES
from axis.sandbox.run_progress import is_paused, read_progress, set_paused
from axis.sandbox.state import Sandbox
from axis.web.cookies import set_language
from axis.web.forms import read_form
from axis.web.rendering import render
from axis.web.visitors import SignInNeeded

PAIRS: Final = 12
"""Of the flows that are shown."""
STEPS: Final = {"hour": 3_600, "day": 86_400, "week": 7 * 86_400}
"""Seconds by which the clock is put forward."""
PACES: Final = (1, 60, 3_600, FASTEST)
"""How many times as fast as real time the clock may be told to run on the page."""
RESET_WORD: Final = "reset"
_SECOND: Final = 1_000_000
_ANYONE: Final = Caller("auditor", None, subtree=False, name="sandbox", token_id="")


class SandboxPageRoute(APIRoute):
    """A route of the sandbox's pages, whose refusals are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the framework's handler within one that answers refusals."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                check_host(request)
                return await handler(request)
            except SignInNeeded:
                return _sent_to("/sign-in")
            except AxisError as error:
                return _refusal(request, error)

        return answer


router = APIRouter(tags=["pages"], include_in_schema=False, route_class=SandboxPageRoute)


@router.get("/", summary="The sandbox")
def show_sandbox(request: Request, session: OperatorSession) -> Response:
    """Show what the country does now, and the powers over it."""
    return _page(request, session)


@router.get("/sign-in", summary="Sign in to the sandbox")
def show_sign_in(request: Request) -> Response:
    """Show where the sandbox's token goes."""
    return render(request, visitor_of(request), "sandbox_sign_in.html")


@router.post("/sign-in", summary="Sign in with the sandbox's token")
async def sign_in(request: Request) -> Response:
    """Open a session with the token of a form."""
    check_origin(request)
    sandbox: Sandbox = request.app.state.hub
    check_token(sandbox, (await read_form(request)).get("token", "").strip())
    response = _sent_to("/")
    open_session(response, sandbox)
    return response


@router.post("/sign-out", summary="Sign out of the sandbox")
async def sign_out(request: Request, session: OperatorSession) -> Response:
    """Have the browser forget its session."""
    await read_operator_form(request, session)
    response = _sent_to("/sign-in")
    close_session(response, request.app.state.hub)
    return response


@router.get("/language/{language}", summary="Choose the language of the sandbox's pages")
def choose_language(
    request: Request,
    language: Annotated[Language, Path()],
    back: Annotated[str | None, Query(alias="return")] = None,
) -> Response:
    """Have the browser remember a language."""
    response = _sent_to("/sign-in" if back == "/sign-in" else "/")
    set_language(request, response, language)
    return response


@router.post("/clock", summary="Move the clock")
async def post_clock(request: Request, session: OperatorSession) -> Response:
    """Set business time and its speed, put it forward, or make it real, as `PUT /sandbox/clock` does."""
    fields = await read_operator_form(request, session)
    sandbox: Sandbox = request.app.state.hub
    step = fields.get("step", "")
    if step == "run":
        await run_in_threadpool(run_clock, sandbox, _wanted_pace(fields))
    elif step == "real":
        await run_in_threadpool(move_clock, sandbox, None)
    else:
        pace = sandbox.clock.factor if step in STEPS else _wanted_pace(fields)
        await run_in_threadpool(move_clock, sandbox, _wanted_time(fields, sandbox.clock.now()), pace)
    return _sent_to("/#clock")


@router.post("/faults", summary="Take services down")
async def post_faults(request: Request, session: OperatorSession) -> Response:
    """Take the ticked services down and the others up, as `PUT /sandbox/faults` does."""
    fields = await read_operator_form(request, session)
    down = frozenset(service for service in SERVICES if fields.get(service) == "down")
    await run_in_threadpool(take_down, request.app.state.hub, down)
    return _sent_to("/#faults")


@router.post("/agencies", summary="Make an agency")
async def post_agency(request: Request, session: OperatorSession) -> Response:
    """Make an agency as `POST /sandbox/agencies` does, and show its token and keys, this once."""
    fields = await read_operator_form(request, session)
    sandbox: Sandbox = request.app.state.hub
    wanted: dict[str, Any] = {
        "code": fields.get("code", "").strip(),
        "name": fields.get("name", "").strip(),
        "organisation": {"key": "p256"},
        "vxp": fields.get("vxp") == "yes",
        "subtree": fields.get("subtree") == "yes",
    }
    if fields.get("person", "").strip():
        wanted["persons"] = [{"name": fields["person"], "title": fields.get("title", "")}]
    wishes = read_provisioning({"agencies": [wanted]})
    (made,) = await run_in_threadpool(provision, sandbox, wishes)
    return _kept_nowhere(
        render(
            request,
            visitor_of(request),
            "sandbox_agency.html",
            made=made,
            name=wanted["name"],
            form_token=form_token(sandbox, session),
        )
    )


@router.post("/open", summary="Open the hub's pages")
async def open_hub(request: Request, session: OperatorSession) -> Response:
    """Open the hub's pages signed in: with a token of a form, or as a new auditor or operator."""
    fields = await read_operator_form(request, session)
    sandbox: Sandbox = request.app.state.hub
    code = await run_in_threadpool(_sign_in_code, sandbox, fields)
    if code is None:
        place = Place(
            "form:token", "no token that may sign in", "a token that holds, of an agency that is not locked"
        )
        raise QueryInvalid(place)
    # A link rather than a redirect: browsers follow no form to another port (form-action of the policy).
    address = f"{sandbox.settings.public_url}/sign-in?code={code}"
    return _kept_nowhere(render(request, visitor_of(request), "sandbox_open.html", address_once=address))


@router.post("/run", summary="Have simulations wait")
async def post_run(request: Request, session: OperatorSession) -> Response:
    """Have simulations wait after the day that they are at, or go on."""
    fields = await read_operator_form(request, session)
    sandbox: Sandbox = request.app.state.hub
    is_wait = fields.get("do") == "pause"
    await run_in_threadpool(sandbox.database.write, lambda tx: set_paused(tx, paused=is_wait))
    return _sent_to("/#run")


@router.post("/reset", summary="Empty the sandbox")
async def post_reset(request: Request, session: OperatorSession) -> Response:
    """Empty everything as `POST /sandbox/reset` does, where the word for it was typed."""
    fields = await read_operator_form(request, session)
    if fields.get("word", "").strip().lower() != RESET_WORD:
        raise QueryInvalid(Place("form:word", shorten(fields.get("word", "")), RESET_WORD))
    await run_in_threadpool(reset, request.app.state.hub)
    return _sent_to("/")


def _page(request: Request, session: str) -> Response:
    sandbox: Sandbox = request.app.state.hub
    now = sandbox.clock.now()
    today = day_of(now)
    with sandbox.database.read() as tx:
        size = count_entries(tx)
        pairs = busiest_pairs(tx, today[:7], PAIRS)
        run = read_progress(tx)
        response = render(
            request,
            visitor_of(request),
            "sandbox.html",
            now=rfc3339(now),
            now_here=to_datetime(now).astimezone(VIET_NAM).strftime("%Y-%m-%dT%H:%M"),
            is_moved=sandbox.clock.moved,
            pace=sandbox.clock.factor,
            paces=sorted({*PACES, sandbox.clock.factor}),
            size=size,
            down=services_down(tx),
            services=SERVICES,
            pairs=pairs,
            names=names_of(tx, {code for pair in pairs for code in (pair.sender, pair.recipient)}),
            run=None if run is None else {**run, "rows": _beside(tx, run)},
            is_paused=is_paused(tx),
            steps=STEPS,
            reset_word=RESET_WORD,
            public_url=sandbox.settings.public_url,
            form_token=form_token(sandbox, session),
        )
    return _kept_nowhere(response)


def _beside(tx: Read, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what must have come of a simulation so far beside what the statistics say has."""
    spans = spans_of(run["first"], run["day"], by_day=False)
    question = Question(spans, ("agency",), recipient=canonical_or_none(run["recipient"]))
    found = {item["agency"]: item for item in signature_items(tx, _ANYONE, question)}
    rows = []
    for each in run["localities"]:
        item = found.get(each["code"], {})
        measured = {"sent": item.get("sent", 0), "signed": item.get("signed", 0)}
        is_met = (measured["sent"], measured["signed"]) == (each["sent"], each["signed"])
        rows.append({**each, "measured": measured, "is_met": is_met})
    return rows


def _wanted_pace(fields: dict[str, str]) -> int:
    typed = fields.get("factor", "1")
    if not re.fullmatch("[0-9]{1,5}", typed) or not 1 <= int(typed) <= FASTEST:
        raise QueryInvalid(Place("form:factor", shorten(typed), f"a whole number from 1 to {FASTEST:,}"))
    return int(typed)


def _wanted_time(fields: dict[str, str], now: Microseconds) -> Microseconds:
    step = fields.get("step", "")
    if step in STEPS:
        at = Microseconds(now + STEPS[step] * _SECOND)
    else:
        typed = fields.get("at", "")
        try:
            at = parse_rfc3339(f"{typed}:00+07:00" if typed.count(":") == 1 else f"{typed}+07:00")
        except (ValueError, OverflowError):
            raise QueryInvalid(Place("form:at", shorten(typed), "a day and an hour of Viet Nam")) from None
    if not FIRST <= at < LAST:
        expected = f"a time from {rfc3339(FIRST)[:4]} to {rfc3339(LAST)[:4]}"
        raise QueryInvalid(Place("form:at", rfc3339(at), expected))
    return at


def _sign_in_code(sandbox: Sandbox, fields: dict[str, str]) -> str | None:
    """Make a one-time code of the token in a form, or of a new one of the role in it."""
    role: Role | None = next((each for each in ROLES if each == fields.get("role")), None)

    def work(tx: Write) -> str | None:
        token = fields.get("token", "").strip()
        if role is not None:
            (token,) = create_tokens(tx, [Grant(role, name="sandbox")], real_now())
        return make_code(tx, token, real_now())

    return sandbox.database.write(work)


def _refusal(request: Request, error: AxisError) -> Response:
    visitor = visitor_of(request)
    request.state.problem_code = error.code
    described = problems.describe(
        error, request_id=problems.request_id_of(request), language=visitor.language
    )
    sandbox: Sandbox = request.app.state.hub
    shown = {"problem": described, "public_url": sandbox.settings.public_url}
    status = problems.CATALOGUE[error.code].status
    return _kept_nowhere(render(request, visitor, "sandbox_refusal.html", status=status, **shown))


def _sent_to(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})


def _kept_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
