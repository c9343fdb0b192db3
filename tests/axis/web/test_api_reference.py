"""The page at `/docs` and the description that it is made from."""

from html.parser import HTMLParser

import pytest
from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel, Field

from axis import problems
from axis.agencies import callers
from axis.problems import CATALOGUE
from axis.protocol.errors import NotFound
from axis.web import api_reference, openapi_description
from axis.web.schema_lists import describe_schema, type_of

_router = APIRouter(tags=["letters"])


class Letter(BaseModel):
    """A letter."""

    name: str = Field(description="Whose <b>letter</b>.")
    pages: list[int] = []
    reply: "Letter | None" = None


@_router.get(
    "/letters/{code}", summary="Read <a> letter", response_model=Letter, responses=problems.declare(NotFound)
)
def read(code: str, _caller: callers.AgencyOrAuditor, q: str = ""):
    """Read one. It is `not-found` where there is none."""


@_router.post("/letters", dependencies=[Depends(callers.operator_only)])
def write():
    pass


@_router.get("/letters/{path:path}/open")
def open_to_all(path: str):
    pass


class Links(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        named = dict(attrs)
        if "id" in named:
            self.ids.add(named["id"])
        self.found.extend(named[name] for name in ("href", "src") if name in named)


@pytest.fixture
def app():
    app = FastAPI(title="Letters", summary="They & we.", docs_url=None)
    app.include_router(_router)
    app.include_router(api_reference.router)
    openapi_description.install(app)
    return app


def test_who_may_call_is_read_from_the_route_itself(app):
    allowed = openapi_description.who_may_call(app)
    assert allowed["GET", "/letters/{code}"] == ("agency", "auditor")
    assert allowed["POST", "/letters"] == ("operator",)
    assert allowed["GET", "/letters/{path}/open"] == ("anyone",)
    assert app.openapi()["paths"]["/letters"]["post"][openapi_description.CALLERS] == ["operator"]


def test_no_route_claims_the_frameworks_own_errors(app):
    assert "HTTPValidationError" not in str(app.openapi())


def test_the_page_needs_no_network_and_no_script(app):
    links = Links(api_reference.reference(app))
    assert not {"script", "img", "link", "iframe"} & links.tags
    assert all(link.startswith(("#", "/")) for link in links.found)


def test_the_page_leads_to_each_of_its_parts(app):
    links = Links(api_reference.reference(app))
    inside = {link[1:] for link in links.found if link.startswith("#")}
    assert inside
    assert inside <= links.ids


def test_the_page_names_every_route_its_callers_and_its_refusals(app):
    page = api_reference.reference(app)
    assert "GET /letters/{code}" in page
    assert "Who: agency or auditor" in page
    assert '<a href="/problems/not-found"><code>not-found</code></a>' in page
    for code in CATALOGUE:
        assert f"/problems/{code}" in page


def test_what_routes_say_of_themselves_is_escaped(app):
    page = api_reference.reference(app)
    assert "Read &lt;a&gt; letter" in page
    assert "Whose &lt;b&gt;letter&lt;/b&gt;." in page
    assert "They &amp; we." in page


def test_a_schema_that_holds_itself_ends(app):
    described = app.openapi()
    shown = describe_schema(described, {"$ref": "#/components/schemas/Letter"})
    assert 1 < shown.count("reply") < 20
    assert type_of(described, {"type": "array", "items": {"enum": ["a", None]}}) == "list of a | null"
