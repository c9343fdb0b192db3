"""What is wrong with a letter, in words, each at the field of the form that it is about.

It judges no letter: the refusals are those of intake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from axis.problems import CATALOGUE, Language, describe, request_id_of, respond
from axis.protocol.errors import AxisError

_PARTS: Final = {"part:signature": "signature", "part:attachment": "attachments", "body": "attachments"}
"""Fields of places that are no member of the manifest."""


@dataclass(frozen=True, slots=True)
class LetterFaults:
    """Refusals of one letter; the first is the one that the API would answer."""

    refusals: Sequence[AxisError] = ()
    problems: list[dict[str, Any]] = field(default_factory=list)
    """As the API describes them."""
    by_field: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The places by the member of the manifest that they lie in, or `signature`."""

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows them."""
        return CATALOGUE[self.refusals[0].code].status if self.refusals else HTTPStatus.OK

    def mark(self, request: Request, response: Response) -> Response:
        """Give a response what its refusal asks for: a code for logs and metrics, and when to come again."""
        if self.refusals:
            request.state.problem_code = self.refusals[0].code
            asked = respond(self.refusals[0], request_id="", language="en").headers
            if "Retry-After" in asked:
                response.headers["Retry-After"] = asked["Retry-After"]
        return response


def describe_faults(refusals: Sequence[AxisError], request: Request, language: Language) -> LetterFaults:
    """Return refusals in words, their places by fields."""
    problems = [
        describe(each, request_id=request_id_of(request), language=language)
        | {"refusal": each.params.get("refusal")}
        for each in refusals
    ]
    by_field: dict[str, list[dict[str, Any]]] = {}
    for problem in problems:
        for place in _places(problem):
            by_field.setdefault(field_of(place["pointer"]), []).append(place)
    return LetterFaults(refusals, problems, by_field)


def field_of(pointer: str) -> str:
    """Return the field that a place lies in; empty where it lies in none."""
    if pointer.startswith("/"):
        return pointer.split("/")[1]
    return next((name for part, name in _PARTS.items() if pointer.startswith(part)), "")


def _places(problem: dict[str, Any]) -> list[dict[str, Any]]:
    return list(problem.get("errors", ()))
