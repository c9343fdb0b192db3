"""Reads the query of a page by the model of the API's own route, with the same filters and refusals.

Fields that a form sends empty are left out.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


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
    said = {name: value for name, value in request.query_params.items() if value.strip() and name not in also}
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
        if value.strip() and name not in {"after", *without}
    }
