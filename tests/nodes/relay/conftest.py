"""A province's hub and the national one in this process, and a relay between them."""

import asyncio
import shutil
from types import SimpleNamespace

import httpx
import pytest
from support.relayed_hub import RelayedHub

from nodes.client import Client
from nodes.http_connections import Wire
from nodes.relay.carrying import Relay
from nodes.relay.checks import opened_hub
from nodes.relay.store import RelayStore
from nodes.retries import ONCE

OFFICE, MINISTRY = "000.00.00.G22", "000.00.00.G12"
PROVINCE, DEPARTMENT, COMMUNE = "000.00.00.H26", "000.00.14.H26", "000.01.14.H26"


class InProcess(httpx.BaseTransport):
    """Asks an application within this process; tests may break it before a request, or after its answer."""

    def __init__(self, app):
        self.app = app
        self.before = self.after = lambda _request: None

    def handle_request(self, request):
        self.before(request)

        async def ask():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport) as client:
                head = {name: value for name, value in request.headers.items() if name != "host"}
                answer = await client.request(
                    request.method, str(request.url), headers=head, content=request.read()
                )
            body = httpx.ByteStream(answer.content)  # a response that may be streamed
            return httpx.Response(answer.status_code, headers=answer.headers, stream=body)

        answer = asyncio.run(ask())
        self.after(request)
        return answer


@pytest.fixture
def pair(migrated_file, tmp_path):
    """Two hubs: `.province`, `.national`, each with its `.wires`, and `.relay()`, a relay as it starts."""
    hubs = {}
    for place, own, via in (
        ("province", (PROVINCE, DEPARTMENT, COMMUNE), dict.fromkeys((OFFICE, MINISTRY), "national")),
        ("national", (OFFICE, MINISTRY), dict.fromkeys((PROVINCE, DEPARTMENT, COMMUNE), "h26")),
    ):
        (tmp_path / place).mkdir()
        shutil.copyfile(migrated_file, tmp_path / place / "axis.db")
        url = f"sqlite:///{tmp_path / place}/axis.db"
        hubs[place] = RelayedHub(url, tmp_path / place, own, via)
    names = {"province": "via:national", "national": "via:h26"}
    wires = {place: InProcess(hub.app) for place, hub in hubs.items()}
    open_stores = []

    def client(place):
        token = hubs[place].client(names[place]).headers["Authorization"].removeprefix("Bearer ")
        url = f"http://{place}.test"
        return Client(url, token, wire=Wire(url, transport=wires[place]), retries=ONCE)

    def opened(place):
        return opened_hub(place, f"http://{place}.test", client(place))

    def relay(store="relay.db"):
        while open_stores:
            open_stores.pop().close()
        kept = RelayStore(tmp_path / store)
        open_stores.append(kept)
        told = []
        made = Relay({place: opened(place) for place in hubs}, kept, say=told.append)
        return SimpleNamespace(turn=made.turn, store=kept, told=told)

    yield SimpleNamespace(**hubs, wires=wires, relay=relay, opened=opened, client=client, folder=tmp_path)
    for kept in open_stores:
        kept.close()
    for hub in hubs.values():
        hub.close()
