"""A whole hub with systems of the old protocol, asked through ASGI without a socket."""

import base64
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from support.application import keep_routes
from support.asgi import AsgiClient
from support.old_client import OldClient

from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.systems import revoke_system
from axis.agencies.tokens import Grant, create_tokens
from axis.app import Hub, build, create_app
from axis.clock import real_now
from axis.database.secret_key import open_secret_key
from axis.deliveries.system_setup import join
from axis.ledger.key import make_key
from axis.protocol.agency_codes import AgencyCode
from axis.settings import Settings
from axis.vxp.failed_calls import list_failures

HAI_PHONG, OFFICE, BAC_NINH = (AgencyCode(f"000.00.00.{top}") for top in ("H24", "G22", "H05"))
DEPARTMENT = AgencyCode("000.00.14.H24")


class OldDoor:
    """A hub, its public application, and clients of it; nothing runs in the background."""

    def __init__(self, hub: Hub, app: FastAPI) -> None:
        self.hub = hub
        self.app = app
        self.http = AsgiClient(app)
        self.secrets: dict[str, str] = {}

    def join(self, agency: AgencyCode, *, may_register: bool = False) -> OldClient:
        """Add a system and return a client that has its secret."""
        key = open_secret_key(self.hub.settings)
        self.secrets[agency] = self.hub.database.write(
            lambda tx: join(tx, key, agency, may_register=may_register, real_now=real_now())
        )
        return self.client(agency)

    def client(self, system: str, secret: str | None = None, **more: Any) -> OldClient:
        """Return a client, by default with the system's own secret."""
        return OldClient(self.http, system, secret or self.secrets[system], **more)

    def revoke(self, agency: AgencyCode) -> None:
        """Revoke a system, and let the hub notice as its watch would."""
        self.hub.database.write(lambda tx: revoke_system(tx, agency, real_now()))
        self.hub.watch.look()

    def put(self, *entries: AgencyEntry) -> None:
        """Add or change agencies, and let the hub notice."""
        self.hub.database.write(lambda tx: put_agencies(tx, entries, real_now()))
        self.hub.watch.look()

    def token(self, grant: Grant) -> dict[str, str]:
        """Make a token and return the header that carries it."""
        (token,) = self.hub.database.write(lambda tx: create_tokens(tx, [grant], real_now()))
        return {"Authorization": f"Bearer {token}"}

    def faults(self) -> dict[tuple[str, str, str], int]:
        """How often what was wrong, as stored."""
        self.hub.failures.flush()
        with self.hub.database.read() as tx:
            found = list_failures(tx, None, 1_000)
        return {(each.system, each.operation, each.fault): each.count for each in found}


@contextlib.contextmanager
def old_door(folder: Path, database_url: str, **settings: Any) -> Iterator[OldDoor]:
    """Build a hub with four agencies on a store that has its tables."""
    make_key(folder / "ledger-key.pem")
    (folder / "secret.key").write_bytes(base64.b64encode(bytes(range(32))))
    hub = build(
        Settings(
            database_url=database_url,
            public_url="http://axis.test",
            ledger_key_file=folder / "ledger-key.pem",
            secret_key_file=folder / "secret.key",
            **settings,
        )
    )
    try:
        door = OldDoor(hub, keep_routes(create_app(hub)))
        door.put(
            *(AgencyEntry(code, f"Cơ quan {code}") for code in (HAI_PHONG, OFFICE, BAC_NINH, DEPARTMENT))
        )
        yield door
    finally:
        hub.close()
