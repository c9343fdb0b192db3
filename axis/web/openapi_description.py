"""The OpenAPI description of the application, with corrections and additions to the framework's own.

It adds who may call each route. For client generators it has short operation ids, each schema once, JSON
first, and the hub's address. OpenAPI 3.1.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from axis.agencies import callers
from axis.web import visitors
from axis.web.openapi_components import add_schema, hoist

CALLERS = "x-callers"
"""The member of an operation that says who may call it: roles, or `anyone`.

A route that tells its callers by other means than a token says it itself.
"""
ANYONE = "anyone"

_JSON = "application/json"
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_ROLES: Mapping[object, tuple[str, ...]] = {
    callers.any_caller: ("agency", "auditor", "operator", "relay"),
    callers.agency_only: ("agency",),
    callers.agency_sending: ("agency",),
    callers.agency_or_auditor: ("agency", "auditor"),
    callers.operator_or_auditor: ("auditor", "operator"),
    callers.agency_or_operator: ("agency", "operator"),
    callers.agency_sending_or_operator: ("agency", "operator"),
    callers.relay_only: ("relay",),
    callers.speaking: ("agency", "relay"),
    callers.speaking_sending: ("agency", "relay"),
    callers.party_or_auditor: ("agency", "relay", "auditor"),
    callers.auditor_only: ("auditor",),
    callers.operator_only: ("operator",),
    visitors.signed_in: ("agency", "auditor", "operator"),
    visitors.page_readers: ("agency", "auditor"),
    visitors.page_agencies: ("agency",),
    visitors.page_auditors: ("auditor",),
    visitors.page_watchers: ("auditor", "operator"),
    visitors.page_operators: ("operator",),
}


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation, by its function: `list_documents` is `listDocuments`.

    Generated clients call their functions so: a function of a route keeps its name.
    """
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


def install(
    app: FastAPI, *, public_url: str | None = None, schemas: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Replace the application's `openapi`. Call it once all routes are mounted.

    `public_url` is where callers reach the hub; `schemas` are JSON Schemas that routes refer to by title.
    """

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = _completed(made(), who_may_call(app))
            if public_url is not None:
                described["servers"] = [
                    {"url": public_url, "description": "This hub."},
                    {"url": "/", "description": "Wherever this description came from."},
                ]
            for schema in schemas:
                add_schema(described, schema)
            hoist(described)
            app.openapi_schema = described
        return app.openapi_schema

    made = app.openapi
    app.openapi = describe  # type: ignore[method-assign]  # the framework's documented way to change it


def who_may_call(app: FastAPI) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the roles that may call each route, by method and path; `anyone` where none is asked for."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for context in iter_route_contexts(app.routes):
        dependant: Dependant | None = getattr(context, "dependant", None)
        roles = [_ROLES[call] for call in _calls(dependant) if call in _ROLES]
        said = (getattr(context, "openapi_extra", None) or {}).get(CALLERS)
        narrowest = tuple(said or min(roles, key=len, default=(ANYONE,)))
        for method in context.methods or ():
            found[method, context.path_format or ""] = narrowest
    return found


def _completed(
    described: dict[str, Any], allowed: Mapping[tuple[str, str], tuple[str, ...]]
) -> dict[str, Any]:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            operation[CALLERS] = list(allowed[method.upper(), path])
            responses = operation["responses"]
            if "HTTPValidationError" in str(responses.get("422", "")):
                del responses["422"]
            for response in responses.values():
                if _JSON in response.get("content", {}):
                    response["content"] = {_JSON: response["content"][_JSON], **response["content"]}
    for name in _FRAMEWORKS_OWN:
        described.get("components", {}).get("schemas", {}).pop(name, None)
    return described


def _calls(dependant: Dependant | None) -> Iterator[object]:
    for dependency in dependant.dependencies if dependant is not None else ():
        yield dependency.call
        yield from _calls(dependency)
