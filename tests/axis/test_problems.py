"""Problems: every code has a status, words in both languages and a page; every exception becomes one."""

import json
import logging
import re
from html.parser import HTMLParser
from typing import Annotated

import anyio
import httpx
import jsonschema_rs
import pytest
from fastapi import APIRouter, FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request

from axis.problem_pages import router as pages
from axis.problems import CATALOGUE, Language, declare, describe, install, language_of, respond
from axis.protocol import errors
from axis.protocol.errors import Place
from axis.protocol.statuses import NOTE_CHARACTERS

STATUSES = {
    400: "malformed-request malformed-json manifest-missing",
    401: "not-authenticated",
    403: "not-permitted form-stale not-your-agency signature-rejected unsigned-rejected "
    "indeterminate-rejected",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "number-taken status-not-allowed job-ended certificate-request-decided",
    413: "too-large too-many-rows too-many-parts too-many-signatures",
    415: "unsupported-media-type",
    422: "manifest-invalid attachment-missing attachment-undeclared digest-mismatch size-mismatch "
    "message-invalid unknown-recipient recipient-locked reference-unknown query-invalid status-invalid "
    "certificate-request-invalid export-invalid",
    429: "too-many-requests",
    500: "internal-error",
    503: "overloaded",
}
SECRET = "a secret of the hub"


class Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    level: Annotated[int, Field(ge=1)] | None = None


def make_app():
    app = FastAPI()
    router = APIRouter()

    @router.get("/things/{code}")
    def read(code: str, query: Annotated[Filters, Query()]):
        return {"code": code, "limit": query.limit}

    @router.put("/things/{code}")
    def write(code: int):
        raise errors.NumberTaken(Place("/number", "1", "2"), number=code, year=2019, document="d1")

    @router.get("/broken")
    def broken():
        raise RuntimeError(SECRET)

    @router.get("/status/{status}")
    def status(status: int):
        raise HTTPException(status, SECRET)

    @router.post("/upload")
    async def upload(request: Request):
        return len(await request.body())

    @app.middleware("http")
    async def name_the_request(request, call_next):
        request.state.request_id = "r-1"
        return await call_next(request)

    app.include_router(router)
    app.include_router(pages)
    install(app)
    return app


def ask(method, path, **options):
    async def call():
        transport = httpx.ASGITransport(make_app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return await client.request(method, path, **options)

    return anyio.run(call)


def members(response):
    return json.loads(response.body)


def test_statuses_are_those_of_the_contract():
    found = {}
    for code, problem in CATALOGUE.items():
        found.setdefault(problem.status, []).append(code)
    assert {status: sorted(codes) for status, codes in found.items()} == {
        status: sorted(codes.split()) for status, codes in STATUSES.items()
    }


@pytest.mark.parametrize("kind", errors.ALL)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_code_has_words_in_both_languages(kind, language):
    words = CATALOGUE[kind.code].words[language]
    for text in (words.rule, words.why, words.remedy):
        assert text.endswith(".")
    assert words.title
    assert not words.title.endswith(".")
    if language == "vi":
        assert re.search("[đăâêôơưáàảãạấầẩẫậếềểễệốồổỗộớờởỡợứừửữự]", words.rule)
    answer = describe(CATALOGUE[kind.code].example, request_id="r", language=language)
    assert "{" not in answer["detail"]
    if words.detail:
        assert answer["detail"] != words.rule, "the example gives every parameter of its detail"


def test_a_problem_has_the_members_of_the_contract():
    error = errors.TooLarge(Place("part:manifest", "300 KiB", "256 KiB"), limit=262144)
    response = respond(error, request_id="r-9", language="en")
    assert response.status_code == 413
    assert response.media_type == "application/problem+json"
    assert members(response) == {
        "type": "/problems/too-large",
        "title": "Too large",
        "status": 413,
        "detail": "The request, or a part of it, is larger than the 262144 bytes the hub takes.",
        "code": "too-large",
        "request_id": "r-9",
        "remedy": CATALOGUE["too-large"].words["en"].remedy,
        "errors": [{"pointer": "part:manifest", "found": "300 KiB", "expected": "256 KiB"}],
    }


def test_without_places_and_parameters_the_rule_stands_alone():
    answer = members(respond(errors.NumberTaken(), request_id="", language="en"))
    assert answer["detail"] == errors.NumberTaken.message()
    assert "errors" not in answer
    assert "document" not in answer


def test_members_beside_the_usual_ones_are_shown_where_the_code_has_them():
    error = errors.StatusNotAllowed(status="06", current=None, allowed=["01", "02", "03"], other="unseen")
    answer = members(respond(error, request_id="", language="vi"))
    assert (answer["current"], answer["allowed"]) == (None, ["01", "02", "03"])
    assert answer["detail"] == "Trạng thái 06 không được đứng sau —; hiện được phép: 01, 02, 03."
    assert "other" not in answer


def test_a_verdict_is_shown_in_the_answers_language():
    class Verdict:
        def to_json(self, language):
            return {"sentence": f"in {language}"}

    error = errors.SignatureRejected(verdict=Verdict(), sub_indication="HASH_FAILURE")
    assert members(respond(error, request_id="", language="vi"))["verdict"] == {"sentence": "in vi"}


def test_the_remedy_outside_of_a_verdict_is_the_one_inside():
    class Verdict:
        def to_json(self, language):
            return {"remedy": f"renew it, in {language}"}

    error = errors.SignatureRejected(verdict=Verdict(), sub_indication="EXPIRED")
    assert members(respond(error, request_id="", language="vi"))["remedy"] == "renew it, in vi"
    without = errors.SignatureRejected(verdict={"remedy": None}, sub_indication="EXPIRED")
    assert members(respond(without, request_id="", language="en"))["remedy"].startswith("Do what the verdict")


def test_hostile_texts_stay_readable_and_short():
    error = errors.NotYourAgency(Place("/\ud800", "\u202e\ud800"), agency="{role}\ud800" + "x" * 5000)
    answer = members(respond(error, request_id="", language="en"))
    assert answer["errors"][0] == {"pointer": "/\\ud800", "found": "\\u202e\\ud800", "expected": None}
    assert len(answer["detail"]) < 300
    assert "{role}\\ud800" in answer["detail"]


@pytest.mark.parametrize(
    ("error", "name", "value"),
    [
        (errors.NotAuthenticated(), "www-authenticate", "Bearer"),
        (errors.MethodNotAllowed(allow=["GET", "PUT"]), "allow", "GET, PUT"),
        (errors.Overloaded(retry_after_seconds=7), "retry-after", "7"),
        (errors.TooManyRequests(), "retry-after", "1"),
        (errors.NotFound(), "cache-control", "no-store"),
        (errors.NotFound(), "content-language", "vi"),
    ],
)
def test_headers_follow_the_status(error, name, value):
    assert respond(error, request_id="", language="vi").headers[name] == value


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("fr, de", "en"),
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "en"),
        ("en;q=0.1, vi;q=0.2", "vi"),
        ("vi;q=0", "en"),
        ("vi;q=nan, en;q=x", "en"),
        ("VI", "vi"),
    ],
)
def test_the_language_is_the_one_liked_best(header, language):
    assert language_of(header) == language


def problem(method, path, status, code, **options):
    response = ask(method, path, **options)
    assert response.headers["content-type"] == "application/problem+json"
    answer = response.json()
    assert (response.status_code, answer["status"], answer["code"]) == (status, status, code)
    assert answer["request_id"] == "r-1"
    assert SECRET not in response.text
    return response


def test_an_unknown_address_is_a_problem():
    problem("GET", "/nowhere", 404, "not-found")


def test_a_wrong_method_is_told_every_right_one():
    response = problem("POST", "/things/1", 405, "method-not-allowed")
    assert response.headers["allow"] == "GET, HEAD, PUT"
    assert response.json()["detail"].startswith("POST is not a method")


def test_a_broken_query_is_named_member_by_member():
    places = problem("GET", "/things/1?limit=5000&colour=red", 422, "query-invalid").json()["errors"]
    assert {place["pointer"]: place["found"] for place in places} == {
        "query:limit": "5000",
        "query:colour": "red",
    }
    (place,) = problem("GET", "/things/1?level=0", 422, "query-invalid").json()["errors"]
    assert place["pointer"] == "query:level"
    assert place["found"] == "0"
    (place,) = problem("PUT", "/things/x", 422, "query-invalid").json()["errors"]
    assert place["pointer"] == "path:code"


def test_an_error_of_a_room_is_answered_in_the_callers_language():
    answer = problem("PUT", "/things/1", 409, "number-taken", headers={"accept-language": "vi"}).json()
    assert answer["title"] == "Số văn bản đã được dùng"
    assert answer["document"] == "d1"


def test_an_unknown_exception_is_logged_and_never_shown(caplog):
    with caplog.at_level(logging.ERROR, "axis.problems"):
        problem("GET", "/broken", 500, "internal-error")
    (record,) = [record for record in caplog.records if record.name == "axis.problems"]
    assert record.request_id == "r-1"
    assert SECRET in caplog.text


def test_a_caller_that_leaves_amid_its_body_is_no_fault_of_the_hub(caplog):
    told = iter([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])
    sent = []

    async def receive():
        return next(told)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/upload", "query_string": b"", "headers": []}
    with caplog.at_level(logging.ERROR):
        anyio.run(make_app(), scope, receive, send)
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [400]
    assert not caplog.records


@pytest.mark.parametrize(
    ("status", "code", "answered"),
    [
        (400, "malformed-request", 400),
        (401, "not-authenticated", 401),
        (413, "too-large", 413),
        (418, "malformed-request", 400),
        (503, "overloaded", 503),
        (502, "internal-error", 500),
    ],
)
def test_what_the_framework_raises_becomes_a_problem(status, code, answered):
    problem("GET", f"/status/{status}", answered, code)


def test_declared_answers_describe_real_ones():
    declared = declare(errors.StatusInvalid, errors.QueryInvalid, errors.NotFound)
    assert sorted(declared) == [404, 422]
    schema = declared[422]["content"]["application/problem+json"]["schema"]
    assert declared[422]["x-codes"] == ["status-invalid", "query-invalid"]
    validator = jsonschema_rs.Draft202012Validator(schema)
    validator.validate(describe(errors.StatusInvalid(Place("/code")), request_id="", language="en"))
    assert not validator.is_valid({"code": "status-invalid"})


class Page(HTMLParser):
    """What a page says, in which language, and what it loads from elsewhere."""

    def __init__(self, text):
        super().__init__()
        self.language = self.link = None
        self.tags = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.language = found["lang"] if tag == "html" else self.language
        self.link = found["href"] if tag == "a" else self.link
        assert "src" not in found

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_has_a_page_in_both_languages(code):
    for language, other in (("en", "vi"), ("vi", "en")):
        response = ask("GET", f"/problems/{code}?lang={language}")
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["content-language"] == language
        page = Page(response.text)
        words = CATALOGUE[code].words[language]
        assert (page.language, page.link) == (language, f"?lang={other}")
        for text in (words.title, words.rule, words.why, words.remedy, code, f'"code": "{code}"'):
            assert text in page.text
        assert not {"script", "link", "img"} & set(page.tags)


def test_a_pages_language_follows_the_browser():
    assert 'lang="vi"' in ask("GET", "/problems/too-large", headers={"accept-language": "vi"}).text
    assert Page(ask("GET", "/problems/too-large", headers={"accept-language": "en"}).text).language == "en"
    assert Page(ask("GET", "/problems/too-large").text).language == "vi"


def test_a_page_that_is_not_there_is_a_problem():
    problem("GET", "/problems/no-such-code", 404, "not-found")
    problem("GET", "/problems/too-large?lang=fr", 422, "query-invalid")


@pytest.mark.parametrize(("language", "number"), [("en", "2,000"), ("vi", "2.000")])
def test_the_remedy_of_an_invalid_status_names_the_longest_note(language: Language, number: str) -> None:
    assert f"{NOTE_CHARACTERS}" == number.replace(",", "").replace(".", "")
    assert number in CATALOGUE["status-invalid"].words[language].remedy
    assert "{note_characters}" not in str(CATALOGUE)
