"""The pages of one agency's system: its registers in and out, a delivery to answer, a letter to send.

Server-rendered, without script. Whoever reaches them acts for the agency, so they listen on the loopback
unless told otherwise. What may be done is the hub's to decide.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from axis.protocol.agency_codes import CodeUnreadable
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.manifest_rules import PRIORITIES
from axis.protocol.statuses import NAMES
from nodes.answers import Sent
from nodes.client import Client
from nodes.document_writer import Office
from nodes.errors import NodesError, ProblemError
from nodes.face import registers
from nodes.face.form_tokens import COOKIE, FormTokens
from nodes.face.texts import texts_of
from nodes.known_agencies import known_name
from signing.pages.formats import printable, shown_time
from signing.pages.standalone import LOOK, SIGNS
from signing.verdict_sentences import Language

FORM_BYTES: Final = 64 * 1024
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
RECALL_SUBJECT: Final = "V/v thu hồi văn bản số {number}"
"""What a recall is about, unless its writer says otherwise: letters are Vietnamese in either language."""
_LANGUAGE: Final = "language"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_STYLE: Final = LOOK + (
    "nav { margin-bottom: 1rem } .wide { overflow-x: auto }"
    " input, select, textarea { font: inherit; max-width: 100% }"
)

Page = Callable[[Request], Response]


class _Refused(Exception):
    """A request that no page of ours made."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Face:
    """The pages of one agency."""

    def __init__(self, client: Client, office: Office, hub: str, now: Callable[[], datetime]) -> None:
        self._client, self._office, self._hub, self._now = client, office, hub, now
        self._tokens = FormTokens()

    def app(self, hosts: tuple[str, ...] = LOOPBACK) -> Starlette:
        """Return the application; it answers to these names of hosts alone (`*`: to any)."""
        return Starlette(
            routes=[
                Route("/", self._page(self._register("in"))),
                Route("/out", self._page(self._register("out"))),
                Route("/deliveries/{delivery}", self._page(self._delivery)),
                Route("/deliveries/{delivery}/answer", self._form(self._answer), methods=["POST"]),
                Route("/deliveries/{delivery}/recall", self._form(self._recall), methods=["POST"]),
                Route("/documents/{document}/files/{number:int}", self._page(self._file)),
                Route("/send", self._page(self._letter)),
                Route("/send", self._form(self._send), methods=["POST"]),
                Route("/language/{language}", _language),
                Route("/look.css", _look),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
            exception_handlers={404: self._not_found},
        )

    # Pages

    def _register(self, direction: registers.Direction) -> Page:
        def page(request: Request) -> Response:
            found = registers.register(self._client, self._office.agency.code, direction)
            return self._render(request, "register.html", register=found, direction=direction)

        return page

    def _delivery(self, request: Request) -> Response:
        delivery = self._client.delivery(request.path_params["delivery"])
        document = self._client.document(delivery["document"])
        return self._render(
            request,
            "delivery.html",
            delivery=delivery,
            attachments=document["attachments"],
            choices=registers.may_answer(delivery, self._office.agency.code),
            may_recall=registers.may_recall(delivery, self._office.agency.code),
            number=registers.suggested_number(self._office, self._now()),
            reason=RECALL_SUBJECT.format(number=delivery["number"]),
            signers=registers.possible_signers(self._office),
        )

    def _file(self, request: Request) -> Response:
        opened = contextlib.ExitStack()
        attachment = self._client.attachment(request.path_params["document"], request.path_params["number"])
        chunks = opened.enter_context(attachment)  # what the hub refuses is said before anything is sent
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return StreamingResponse(_closing(opened, chunks), 200, headers, "application/octet-stream")

    def _letter(self, request: Request) -> Response:
        language = language_of(request)
        kinds = [(kind.slug, kind.vi if language == "vi" else kind.en) for kind in DOCUMENT_TYPES.values()]
        return self._render(
            request,
            "send.html",
            number=registers.suggested_number(self._office, self._now()),
            types=[(slug, name) for slug, name in kinds if not DOCUMENT_TYPES[slug].is_message],
            priorities=PRIORITIES,
            signers=registers.possible_signers(self._office),
        )

    def _answer(self, request: Request, fields: Mapping[str, str]) -> Response:
        place = f"/deliveries/{request.path_params['delivery']}"
        note = fields.get("note", "").replace("\r\n", "\n")
        done = registers.answer(self._client, request.path_params["delivery"], fields.get("code", ""), note)
        if done.refused is not None:
            lines = [f"{done.refused}: {done.detail or ''}"]
            return self._message(request, "refused", lines, back=place, status=409)
        return RedirectResponse(place, 303)

    def _send(self, request: Request, fields: Mapping[str, str]) -> Response:
        return self._sent(request, registers.send(self._client, self._office, fields, self._now()))

    def _recall(self, request: Request, fields: Mapping[str, str]) -> Response:
        delivery = self._client.delivery(request.path_params["delivery"])
        return self._sent(
            request, registers.recall(self._client, self._office, delivery, fields, self._now())
        )

    def _sent(self, request: Request, sent: Sent) -> Response:
        say = texts_of(language_of(request))
        lines = [
            sent.id,
            f"{say['verdict']}: {say[sent.verdict.indication or 'NONE']}",
            sent.verdict.sentence,
        ]
        return self._message(request, "sent", lines, back="/out", status=200)

    # How it is done

    def _page(self, page: Page) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self._guarded, request, lambda: page(request))

        return answer

    def _form(self, page: Callable[[Request, Mapping[str, str]], Response]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                fields = await self._own_fields(request)
            except _Refused as refused:
                return self._message(request, refused.text, [], back="/", status=refused.status)
            return await run_in_threadpool(self._guarded, request, lambda: page(request, fields))

        return answer

    async def _own_fields(self, request: Request) -> dict[str, str]:
        """Read a form of one of our own pages."""
        fields = await _fields(request)
        if not self._tokens.is_right(request.cookies.get(COOKIE), fields.get("form", "")):
            raise _Refused(403, "wrong_form")
        return fields

    def _guarded(self, request: Request, page: Callable[[], Response]) -> Response:
        """Make a page; what the hub refuses, or does not answer, is a page as well."""
        try:
            return page()
        except ProblemError as refused:
            places = refused.errors
            return self._message(
                request,
                "refused",
                [f"{refused.code}: {refused.detail}"],
                back=request.url.path if request.method == "GET" else "/",
                status=refused.status,
                places=places,
            )
        except CodeUnreadable as error:
            return self._message(request, "refused", [str(error)], back="/send", status=422)
        except NodesError as error:
            return self._message(request, "unreachable", [str(error)], back="/", status=502)

    def _not_found(self, request: Request, _error: Exception) -> Response:
        return self._message(request, "not_found", [], back="/", status=404)

    def _message(
        self,
        request: Request,
        title: str,
        lines: list[str],
        *,
        back: str,
        status: int,
        places: Any = (),
    ) -> Response:
        say = texts_of(language_of(request))
        return self._render(
            request,
            "message.html",
            status=status,
            title=say[title],
            lines=lines,
            places=places,
            back=back,
        )

    def _render(self, request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        language = language_of(request)
        visit = request.cookies.get(COOKIE)
        begun = visit or self._tokens.new_visit()
        text = (
            _environment(language)
            .get_template(template)
            .render(
                say=texts_of(language),
                office=self._office,
                hub=self._hub,
                form_token=self._tokens.token(begun),
                name_of=_name_of,
                signs=SIGNS,
                **shown,
            )
        )
        page = HTMLResponse(text, status, {**_HEADERS, "Content-Language": language})
        if visit is None:
            page.set_cookie(COOKIE, begun, httponly=True, samesite="strict")
        return page


def _closing(opened: contextlib.ExitStack, chunks: Iterator[bytes]) -> Iterator[bytes]:
    with opened:
        yield from chunks


async def _fields(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise _Refused(415, "wrong_form")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise _Refused(413, "wrong_form")
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise _Refused(400, "wrong_form") from error


def language_of(request: Request) -> Language:
    """Return the language that was chosen, or that the browser asks for; else Vietnamese."""
    chosen = request.cookies.get(_LANGUAGE) or request.headers.get("accept-language", "")[:2]
    return "en" if chosen == "en" else "vi"


async def _language(request: Request) -> Response:
    answer = RedirectResponse("/", 303)
    chosen = "en" if request.path_params["language"] == "en" else "vi"
    answer.set_cookie(_LANGUAGE, chosen, httponly=True, samesite="lax")
    return answer


async def _look(_request: Request) -> Response:
    return PlainTextResponse(_STYLE, media_type="text/css")


def _name_of(code: str) -> str:
    name = known_name(code)
    return f"{name} ({code.rpartition('.')[2]})" if name else code


@functools.cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("nodes.face"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["language"] = language
    environment.filters["time"] = lambda text: shown_time(text, language)
    environment.filters["status_name"] = lambda code: (
        getattr(NAMES[code], language) if code in NAMES else code
    )
    return environment
