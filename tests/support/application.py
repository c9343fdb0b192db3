"""An application of some rooms' routes alone, with the collaborators they ask for and no whole hub."""

from types import SimpleNamespace
from typing import Any

from fastapi import APIRouter, FastAPI

from axis import problems
from axis.agencies.callers import Callers
from axis.agencies.directory import Directory
from axis.clock import Clock
from axis.database import Database
from axis.settings import Settings


def application(database: Database, *routers: APIRouter, **parts: Any) -> FastAPI:
    """Return an application over a store; `parts` are members of the hub, besides the usual ones."""
    app = FastAPI()
    usual = {
        "database": database,
        "settings": Settings(),
        "clock": Clock(),
        "callers": Callers(database),
        "directory": Directory(),
    }
    app.state.hub = SimpleNamespace(**{**usual, **parts})
    for router in routers:
        app.include_router(router)
    problems.install(app)
    return app
