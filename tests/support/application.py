"""Applications for tests within this process: routes of some rooms without a whole hub, and routes kept."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import _IncludedRouter
from support.asgi import AsgiClient

from axis import problems
from axis.agencies.admission import Admission
from axis.agencies.callers import Callers
from axis.agencies.directory import Directory
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import Clock, real_now
from axis.database import Database
from axis.objects.store import Objects
from axis.settings import Settings

_kept: dict[tuple[str, int], _IncludedRouter] = {}
"""Routers as the first application of a title has included them."""
_overrides: dict[str, dict[Callable[..., Any], Callable[..., Any]]] = {}
"""Dependencies that tests have replaced in the newest application of a title."""


def keep_routes(app: FastAPI) -> FastAPI:
    """Give an application the routes of the first one of its title, and return it.

    FastAPI works all routes out anew for each application, at its first request: that is most of what a test
    of one request takes. Routes find their hub through the application that is called.
    """
    for place, route in enumerate(app.router.routes):
        if isinstance(route, _IncludedRouter):
            key = (app.title, id(route.original_router))
            app.router.routes[place] = _kept.setdefault(key, route)
    app.dependency_overrides = _overrides.setdefault(app.title, {})  # the kept routes ask the first one's
    app.dependency_overrides.clear()
    return app


def client_of(app: FastAPI, **grant: Any) -> AsgiClient:
    """Return a client of an application with a token of its own; `grant` is what the token may do."""
    database: Database = app.state.hub.database
    (token,) = database.write(lambda tx: create_tokens(tx, [Grant(**grant)], real_now()))
    return AsgiClient(app, {"Authorization": f"Bearer {token}"})


def application(database: Database, *routers: APIRouter, **parts: Any) -> FastAPI:
    """Return an application over a store; `parts` are members of the hub, besides the usual ones."""
    app = FastAPI()
    usual = {
        "database": database,
        "objects": Objects(database),
        "settings": Settings(),
        "clock": Clock(),
        "callers": Callers(database),
        "directory": Directory(),
        "admission": Admission(256, 128),
    }
    app.state.hub = SimpleNamespace(**{**usual, **parts})
    for router in routers:
        app.include_router(router)
    problems.install(app)
    return keep_routes(app)
