"""A hub process on each kind of store with agencies, one of each role's token, and documents when asked."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.agency import Agency
from support.hub import HubProcess, running_hub
from support.postgres import fresh_database

HA_NAM, OFFICE, CAO_BANG, LOCKED = "000.00.00.H24", "000.00.00.G22", "000.00.00.H05", "000.00.00.H02"


@dataclass
class World:
    """A running hub, three agencies, a locked one, and a token for each role."""

    hub: HubProcess
    sender: Agency
    office: Agency
    other: Agency
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, role: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the hub in a role; None is nobody."""
        headers = dict(more.pop("headers", {}))
        if role is not None and role != "anonymous":
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return httpx.request(
            method, f"{self.hub.url}{path}", headers=headers, trust_env=False, timeout=60, **more
        )


@contextlib.contextmanager
def _world(hub: HubProcess) -> Iterator[World]:
    items = hub.provision(
        {
            "code": HA_NAM,
            "name": "UBND tỉnh Hà Nam",
            "organisation": {"key": "p256"},
            "persons": [{"name": "Nguyễn Văn An", "title": "Chủ tịch", "key": "p256"}],
        },
        {"code": OFFICE, "name": "Văn phòng Chính phủ", "organisation": {"key": "p256"}},
        {"code": CAO_BANG, "name": "UBND tỉnh Cao Bằng", "organisation": {"key": "p256"}},
        {"code": LOCKED, "name": "UBND tỉnh Bắc Giang", "organisation": {"key": "p256"}},
    )
    hub.axis("agency", "lock", LOCKED)
    sender, office, other = (Agency(hub.url, items[code]) for code in (HA_NAM, OFFICE, CAO_BANG))
    tokens = {
        "agency": items[HA_NAM]["token"],
        "recipient": items[OFFICE]["token"],
        "other": items[CAO_BANG]["token"],
        "locked": items[LOCKED]["token"],
        "auditor": hub.auditor(),
        "operator": hub.operator(),
    }
    with sender.client, office.client, other.client:
        yield World(hub, sender, office, other, tokens)


def _started(request: pytest.FixtureRequest, folder: Path, **settings: str) -> Iterator[World]:
    if request.param == "sqlite":
        with running_hub(folder, f"sqlite:///{folder}/axis.db", **settings) as hub, _world(hub) as world:
            yield world
    else:
        server = request.getfixturevalue("postgres_server")
        with (
            fresh_database(server) as url,
            running_hub(folder, url, **settings) as hub,
            _world(hub) as world,
        ):
            yield world


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory) -> Iterator[World]:
    """A hub with its default policy."""
    yield from _started(request, tmp_path_factory.mktemp("hub"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def strict_world(request, tmp_path_factory) -> Iterator[World]:
    """A hub that accepts only what is signed and passes, and takes no document at all while it is busy."""
    yield from _started(
        request,
        tmp_path_factory.mktemp("strict"),
        AXIS_UNSIGNED="reject",
        AXIS_INDETERMINATE="reject",
    )


@pytest.fixture(scope="module", params=["sqlite"])
def crowded_world(request, tmp_path_factory) -> Iterator[World]:
    """A hub with no place for a document."""
    yield from _started(request, tmp_path_factory.mktemp("crowded"), AXIS_REQUESTS_IN_FLIGHT="0")
