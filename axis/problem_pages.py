"""A page for each code of refusal: the rule, the reason for it, how to mend the fault, and an example.

RFC 9457, section 3.1.1, asks for such a page behind each problem's type.
"""

from html import escape
from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import HTMLResponse

from axis.problems import CATALOGUE, Language, Problem, declare, describe, page_language
from axis.protocol.errors import NotFound, Place, QueryInvalid
from signing.pages.standalone import LOOK, policy_of, standalone_page

router = APIRouter(tags=["problems"])

_HEADERS = {
    "Content-Security-Policy": policy_of(LOOK),
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language, Cookie",
    "Cache-Control": "public, max-age=300",
}
_HEADINGS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("The rule", "Why it is there", "How to mend it", "An example"),
    "vi": ("Quy tắc", "Vì sao có quy tắc này", "Cách khắc phục", "Ví dụ"),
}
_WAYS_ON: dict[Language, tuple[str, str]] = {
    "en": ("The axis", "What refusals mean"),
    "vi": ("Trục liên thông văn bản", "Ý nghĩa các mã từ chối"),
}
_OTHER: dict[Language, tuple[Language, str]] = {"en": ("vi", "Tiếng Việt"), "vi": ("en", "English")}
_EXAMPLE_ID = "6f1c2a9e"


class PageQuery(BaseModel):
    """The query of a page. `lang` goes before the Accept-Language header."""

    model_config = ConfigDict(extra="forbid")

    lang: Language | None = None


@router.get(
    "/problems/{code}",
    response_class=HTMLResponse,
    summary="What a code of refusal means, and how to mend it",
    responses=declare(NotFound, QueryInvalid),
)
def read_problem_page(request: Request, code: str, query: Annotated[PageQuery, Query()]) -> HTMLResponse:
    """Answer with the page of one code, in Vietnamese or English."""
    problem = CATALOGUE.get(code)
    if problem is None:
        raise NotFound(Place("path:code", found=code, expected="a code of refusal"))
    language = query.lang or page_language(request)
    return HTMLResponse(render(problem, language), headers={**_HEADERS, "Content-Language": language})


def render(problem: Problem, language: Language) -> str:
    """Return the HTML page of one problem."""
    words = problem.words[language]
    other, other_name = _OTHER[language]
    rule, why, remedy, example = _HEADINGS[language]
    answer = describe(problem.example, request_id=_EXAMPLE_ID, language=language)
    shown = orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()
    front, others = _WAYS_ON[language]
    body = f"""<main>
<p class="note"><a href="/">{front}</a> / <a href="/problems">{others}</a> ·
<a href="?lang={other}" hreflang="{other}" lang="{other}">{other_name}</a></p>
<h1>{escape(words.title)}</h1>
<p><code>{problem.status}</code> <code>{problem.code}</code></p>
<h2>{rule}</h2>
<p>{escape(words.rule)}</p>
<h2>{why}</h2>
<p>{escape(words.why)}</p>
<h2>{remedy}</h2>
<p>{escape(words.remedy)}</p>
<h2>{example}</h2>
<pre>{escape(shown)}</pre>
</main>"""
    return standalone_page(f"{words.title} · {problem.code}", body, language)
