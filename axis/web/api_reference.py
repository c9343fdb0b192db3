"""`GET /docs`: the reference of the API's routes, made from the OpenAPI description, in English.

The description is made by `axis.web.openapi_description`.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from axis.problems import CATALOGUE
from axis.web.curl_examples import curl_example
from axis.web.openapi_description import ANYONE, CALLERS
from axis.web.page_routes import PageRoute
from axis.web.rendering import render
from axis.web.schema_lists import describe_schema, type_of
from axis.web.visitors import AnyVisitor

router = APIRouter(tags=["reference"], route_class=PageRoute)

Node = Mapping[str, Any]

_CODE = re.compile(r"`([^`]+)`")


@router.get("/docs", summary="This page", response_class=HTMLResponse)
def read_reference(request: Request, visitor: AnyVisitor) -> HTMLResponse:
    """Return the reference of every route as one page, for anyone."""
    app: FastAPI = request.app
    made: Markup | None = getattr(app.state, "reference", None)
    if made is None:  # two requests at once may both make it, and make the same
        made = app.state.reference = reference(app)
    return render(request, visitor, "reference.html", reference=made)


def reference(app: FastAPI) -> Markup:
    """Return the reference as HTML."""
    described = app.openapi()
    groups: dict[str, list[str]] = {}
    contents: dict[str, list[str]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", ["other"])[0]
            groups.setdefault(tag, []).append(_operation(described, path, method, operation))
            contents.setdefault(tag, []).append(_entry(path, method, operation))
    sections = "".join(
        f"<section><h2 id='{escape(tag)}'>{escape(tag)}</h2>{''.join(parts)}</section>"
        for tag, parts in groups.items()
    )
    toc = "".join(f"<li>{escape(tag)}<ul>{''.join(parts)}</ul></li>" for tag, parts in contents.items())
    info = described["info"]
    return Markup(  # noqa: S704 - everything in it is escaped
        f"""<div class="reference">
<h1>{escape(info["title"])}: API reference</h1>
<p>{escape(info.get("summary", ""))} Version {escape(info["version"])}.</p>
<p>The same for machines: <a href="/openapi.json">/openapi.json</a>. The manifest's JSON Schema:
<a href="/v1/schemas/manifest.json">/v1/schemas/manifest.json</a>. Every refusal is
<code>application/problem+json</code> with a <code>code</code>, and each code has a page.</p>
<nav aria-label="Routes"><ul>{toc}</ul></nav>
{sections}
<section><h2 id="codes">codes of refusal</h2><ul class="codes">{_codes()}</ul></section>
</div>
"""
    )


def _entry(path: str, method: str, operation: Node) -> str:
    return (
        f'<li><a href="#{_anchor(path, method)}"><code>{method.upper()} {escape(path)}</code></a> '
        f"{escape(operation.get('summary', ''))}</li>"
    )


def _operation(described: Node, path: str, method: str, operation: Node) -> str:
    who = operation[CALLERS]
    return f"""<article id="{_anchor(path, method)}">
<h3><code>{method.upper()} {escape(path)}</code> {escape(operation.get("summary", ""))}</h3>
<p class="who">Who: {escape(" or ".join(who))}</p>
{_paragraphs(operation.get("description", ""))}
{_parameters(described, operation.get("parameters", ()))}
{_body(described, operation.get("requestBody"))}
<pre>{escape(curl_example(described, path, method, operation, authenticated=ANYONE not in who))}</pre>
{_responses(described, operation["responses"])}
</article>
"""


def _parameters(described: Node, parameters: list[Node]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{escape(each['in'])}"
        f"{', required' if each.get('required') else ''}</td>"
        f"<td>{escape(type_of(described, each['schema']))}</td>"
        f"<td>{_text(each.get('description', ''))}</td></tr>"
        for each in parameters
    )
    head = "<tr><th>parameter</th><th>in</th><th>type</th><th>meaning</th></tr>"
    return f"<table>{head}{rows}</table>" if rows else ""


def _body(described: Node, body: Node | None) -> str:
    if body is None:
        return ""
    return "<h4>Body</h4>" + "".join(
        f"<p><code>{escape(kind)}</code></p>{describe_schema(described, content.get('schema', {}))}"
        for kind, content in body["content"].items()
    )


def _responses(described: Node, responses: Mapping[str, Node]) -> str:
    parts = []
    for status, response in responses.items():
        kinds = list(response.get("content", {}).items())
        names = ", ".join(f"<code>{escape(kind)}</code>" for kind, _ in kinds)
        shapes = "".join(
            describe_schema(described, content.get("schema", {}))
            for kind, content in kinds
            if kind != "application/problem+json"
        )
        shown = f"<details><summary>Members</summary>{shapes}</details>" if shapes else ""
        parts.append(f"<li><b>{escape(status)}</b> {_text(response['description'])} {names}{shown}</li>")
    return f"<h4>Answers</h4><ul>{''.join(parts)}</ul>"


def _codes() -> str:
    return "".join(
        f'<li><b>{problem.status}</b> <a href="/problems/{code}"><code>{code}</code></a> '
        f"{escape(problem.words['en'].title)}</li>"
        for code, problem in CATALOGUE.items()
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_text(part)}</p>" for part in text.split("\n\n") if part.strip())


def _text(text: str) -> str:
    """Return prose as HTML: what stands between backticks is code, and a refusal's code leads to its page."""

    def marked(match: re.Match[str]) -> str:
        code = f"<code>{match.group(1)}</code>"
        return f'<a href="/problems/{match.group(1)}">{code}</a>' if match.group(1) in CATALOGUE else code

    return _CODE.sub(marked, escape(text, quote=False))


def _anchor(path: str, method: str) -> str:
    return escape(f"{method}{re.sub('[^A-Za-z0-9]+', '-', path)}".strip("-"))
