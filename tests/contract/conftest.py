"""A hub process on each kind of store with agencies, one of each role's token, and documents when asked."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.agency import Agency
from support.hub import HubProcess, running_hub
from support.postgres import fresh_database
from support.waiting import GUARD_SECONDS

HAI_PHONG, OFFICE, BAC_NINH, LOCKED = "000.00.00.H24", "000.00.00.G22", "000.00.00.H05", "000.00.00.H02"


@dataclass
class World:
    """A running hub, three agencies, a locked one, a token for each role, and a system of the first."""

    hub: HubProcess
    sender: Agency
    office: Agency
    other: Agency
    client: httpx.Client
    secret: str
    """Of the system of the old protocol, by which the sender's agency calls too."""
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, role: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the hub in a role; None is nobody."""
        headers = dict(more.pop("headers", {}))
        if role is not None and role != "anonymous":
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return self.client.request(method, path, headers=headers, **more)


@contextlib.contextmanager
def _world(hub: HubProcess) -> Iterator[World]:
    items = hub.provision(
        {
            "code": HAI_PHONG,
            "name": "UBND thành phố Hải Phòng",
            "organisation": {"key": "p256"},
            "persons": [{"name": "Nguyễn Văn An", "title": "Chủ tịch", "key": "p256"}],
        },
        {"code": OFFICE, "name": "Văn phòng Chính phủ", "organisation": {"key": "p256"}},
        {"code": BAC_NINH, "name": "UBND tỉnh Bắc Ninh", "organisation": {"key": "p256"}},
        {"code": LOCKED, "name": "UBND tỉnh Bắc Giang", "organisation": {"key": "p256"}},
    )
    hub.axis("agency", "lock", LOCKED)
    secret = hub.axis("vxp", "system", "add", HAI_PHONG, "--may-register").stdout.strip()
    sender, office, other = (Agency(hub.url, items[code]) for code in (HAI_PHONG, OFFICE, BAC_NINH))
    tokens = {
        "agency": items[HAI_PHONG]["token"],
        "recipient": items[OFFICE]["token"],
        "other": items[BAC_NINH]["token"],
        "locked": items[LOCKED]["token"],
        "auditor": hub.auditor(),
        "operator": hub.operator(),
        "relay": hub.axis("token", "create", "--relay", "h26").stdout.strip(),
    }
    nobody = httpx.Client(base_url=hub.url, trust_env=False, timeout=GUARD_SECONDS)
    with sender.client, office.client, other.client, nobody:
        yield World(hub, sender, office, other, nobody, secret, tokens)


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
    """A hub that accepts only what is signed and passes."""
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


@pytest.fixture(scope="module", params=["sqlite"])
def impatient_world(request, tmp_path_factory) -> Iterator[World]:
    """A hub that lets no caller hold a place."""
    yield from _started(request, tmp_path_factory.mktemp("impatient"), AXIS_REQUESTS_PER_CALLER="0")


@pytest.fixture
def broken_world(tmp_path) -> Iterator[World]:
    """A hub that lost a table behind its back."""
    store = tmp_path / "axis.db"
    with running_hub(tmp_path, f"sqlite:///{store}") as hub, _world(hub) as world:
        with contextlib.closing(sqlite3.connect(store)) as connection:
            connection.execute("DROP TABLE refusals")
            connection.commit()
        yield world
