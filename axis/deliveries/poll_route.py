"""Answers polls of inbox and events without the framework's dependencies, which cost more than the read.

Unusual requests (an unknown token, a query that breaks a rule, a caller that is no agency) go to the
framework's route, which also gives the refusals.
"""

from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, get_args, get_type_hints

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from axis.agencies.callers import Caller, Callers

LAST_EVENT_ID = "last-event-id"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PollRoute(APIRoute):
    """A route. If its endpoint takes a `query` model, plain requests go to it at once."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        usual = super().get_route_handler()
        if "query" not in get_type_hints(self.endpoint):
            return usual
        plain = answering_plain(self.endpoint)

        async def answer(request: Request) -> Response:
            response = await plain(request)
            return await usual(request) if response is None else response

        return answer


def answering_plain(
    endpoint: Callable[..., Coroutine[Any, Any, Response]],
) -> Callable[[Request], Coroutine[Any, Any, Response | None]]:
    """Return what answers plain requests by an endpoint that takes a `query` model, and others with None."""
    model: type[BaseModel] = get_args(get_type_hints(endpoint, include_extras=True)["query"])[0]

    async def answer(request: Request) -> Response | None:
        caller = _plain_caller(request)
        query = None if caller is None else _plain_query(request, model)
        if query is None:
            return None
        request.state.caller = caller
        hub = request.app.state.hub
        return await endpoint(
            query=query,
            request=request,
            database=hub.database,
            directory=hub.directory,
            waiting_readers=hub.waiting_readers,
            caller=caller,
        )

    return answer


def _plain_caller(request: Request) -> Caller | None:
    """Return an agency that calls with a token that is known; None where the framework has to look."""
    if LAST_EVENT_ID in request.headers or request.app.dependency_overrides:
        return None
    callers: Callers = request.app.state.hub.callers
    caller = callers.known(request.headers.get("authorization"))
    return caller if caller is not None and caller.role == "agency" else None


def _plain_query(request: Request, model: type[BaseModel]) -> BaseModel | None:
    """Return the query where it is in order; None where the framework has to say what is wrong with it."""
    given = request.query_params.multi_items()
    if max(Counter(name for name, _ in given).values(), default=0) > 1 or not all(text for _, text in given):
        return None
    try:
        return model.model_validate(dict(given))
    except ValidationError:
        return None
