"""`GET /problems`: the codes of refusal on one page; `axis.problem_pages` has a page for each."""

from fastapi import Request, Response

from axis.problems import CATALOGUE
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import AnyVisitor

router = page_router()


@router.get("/problems", summary="What refusals mean")
def list_problems(request: Request, visitor: AnyVisitor) -> Response:
    """List all codes, for anyone."""
    problems = sorted(CATALOGUE.values(), key=lambda problem: (problem.status, problem.code))
    return render(request, visitor, "problems.html", problems=problems)
