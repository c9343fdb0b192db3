"""FastAPI dependencies: the store, the clock and the settings of the application that a route belongs to.

The composition root (`axis.app`) puts them on `app.state.hub`.
"""

from typing import Annotated

from fastapi import Depends, Request

from axis.clock import Clock
from axis.database.engine import Database
from axis.settings import Settings

# Dependencies that just look something up are `async`: the framework runs plain functions in a thread, which
# costs more than they do.


async def _database(request: Request) -> Database:
    database: Database = request.app.state.hub.database
    return database


async def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.hub.clock
    return clock


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.hub.settings
    return settings


DatabaseDep = Annotated[Database, Depends(_database)]
ClockDep = Annotated[Clock, Depends(_clock)]
SettingsDep = Annotated[Settings, Depends(_settings)]
