"""Reads the query of a page by the model of the API's own route, with the same filters and refusals.

Fields that a form sends empty are left out.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from axis.documents.listing import Back
from axis.protocol.errors import Place, QueryInvalid, shorten

Model = TypeVar("Model", bound=BaseModel)
T = TypeVar("T")

CURSOR_DIGITS: Final = 15


def read_query(
    request: Request,
    model: type[Model],
    *,
    also: frozenset[str] = frozenset(),
    otherwise: Mapping[str, str] = MappingProxyType({}),
) -> Model:
    """Return the query of a request; `also` names members that the page itself reads.

    `otherwise` has the page's own values for members that are not there.

    Raises:
        RequestValidationError: as the API's route would.

    """
    passed = {*also, "before"}
    said = {
        name: value for name, value in request.query_params.items() if value.strip() and name not in passed
    }
    members = {**otherwise, **said}
    try:
        return model.model_validate(members)
    except ValidationError as error:
        found = [{**each, "loc": ("query", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(found) from None


def members_of(request: Request, *without: str) -> dict[str, str]:
    """Return the members of a request's query that say something, without some of them."""
    return {
        name: value
        for name, value in request.query_params.items()
        if value.strip() and name not in {"after", "before", *without}
    }


def newest_first(
    request: Request, read: Callable[[Back | None], tuple[Sequence[T], str | None]]
) -> tuple[list[T], dict[str, str | None]]:
    """Return a page of a list with the newest items first, and the cursors of the pages beside it.

    `read` reads a page in the ledger's order, after the cursor in the request, or with `Back` the other way.
    The cursors are `newer` (an `after`) and `older` (a `before`); None where there is no such page.

    Raises:
        QueryInvalid: when `before` is no cursor.

    """
    after, before = request.query_params.get("after", ""), request.query_params.get("before", "")
    if after:
        items, following = read(None)
        return list(reversed(items)), {"newer": following, "older": str(int(after) + 1)}
    if before and not (before.isascii() and before.isdigit() and len(before) <= CURSOR_DIGITS):
        raise QueryInvalid(Place("query:before", shorten(before), "a cursor of this list"))
    items, following = read(Back(int(before) if before else None))
    return list(items), {"newer": str(int(before) - 1) if before else None, "older": following}
