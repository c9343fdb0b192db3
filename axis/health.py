"""`/livez`, `/readyz`, `/version` and `/metrics`: what monitoring asks of a hub."""

import importlib.metadata
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from axis.database import Database
from axis.database.dependencies import DatabaseDep
from axis.database.failures import RETRY_AFTER_SECONDS
from axis.database.migrate import fits
from axis.judging.judge import Trust
from axis.objects.store import Objects
from axis.problems import declare
from axis.protocol.errors import NotFound, Overloaded
from axis.telemetry import Metrics
from axis.trust.material import LeftOut

NAMED_LEFT_OUT = 20
"""How many items that were left out are named. All of them are in the log."""
VERSION = importlib.metadata.version("axis-exchange")

router = APIRouter(tags=["health"])


@router.get("/livez", summary="Is the process alive?", response_class=Response)
async def is_alive() -> Response:
    """Answer 200 as long as the process answers at all."""
    return Response("ok\n", media_type="text/plain")


@router.get(
    "/readyz",
    summary="Can it take documents?",
    response_class=Response,
    responses=declare(Overloaded),
)
def is_ready(request: Request, database: DatabaseDep) -> Response:
    """Answer 200 when store and object store can be used, and the tables are this version's.

    Trust material that was left out is named, a line each. It does not make the hub unready.
    """
    objects: Objects = request.app.state.hub.objects
    if database.failing or objects.failing or not _is_readable(database):
        raise Overloaded(retry_after_seconds=RETRY_AFTER_SECONDS)
    trust: Trust = request.app.state.hub.trust
    return Response("\n".join(["ready", *_left_out(trust.left_out), ""]), media_type="text/plain")


@router.get("/version", summary="Which version is this?")
async def read_version() -> dict[str, str]:
    """Name the software and its version."""
    return {"name": "axis-exchange", "version": VERSION}


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses=declare(NotFound),
)
async def read_metrics(request: Request) -> Response:
    """Give this process's metrics, where the setting allows it."""
    found: Metrics = request.app.state.hub.metrics
    if not request.app.state.hub.settings.metrics:
        raise NotFound
    return Response(found.render(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _left_out(items: Sequence[LeftOut]) -> list[str]:
    lines = [f"trust material left out: {item}: {reason}" for item, reason in items[:NAMED_LEFT_OUT]]
    more = len(items) - NAMED_LEFT_OUT
    return [*lines, f"trust material left out: {more} more, see the log"] if more > 0 else lines


def _is_readable(database: Database) -> bool:
    try:
        with database.read() as tx:
            return fits(tx)
    except Exception:  # noqa: BLE001 - whatever keeps the store from being read, the hub is not ready
        return False
