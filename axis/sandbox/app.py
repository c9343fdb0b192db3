"""The sandbox's application, for a second listener: test powers over a sandbox's store."""

from contextlib import suppress
from typing import Protocol

from fastapi import FastAPI

from axis import problems
from axis.authority.certificates import create_authority
from axis.authority.stored_authorities import AuthorityError
from axis.clock import Clock
from axis.database import Database, Read
from axis.database.secret_key import SecretKey
from axis.database.store_facts import SANDBOX, get_fact
from axis.head_requests import HeadRequests
from axis.sandbox import (
    certificates,
    clock,
    faults,
    pages,
    provisioning,
    reset,
    role_tokens,
    run_progress,
    sign_in_codes,
    simulation_parts,
)
from axis.sandbox.state import Sandbox, SandboxRefusedError, make_token, token_file
from axis.settings import Settings
from axis.store_secrets import open_secret
from axis.telemetry import Metrics, Telemetry
from axis.web import asset_routes


class Watching(Protocol):
    """Something that follows changes of the store (`axis.background_tasks.Watch`)."""

    def look_everywhere(self) -> None:
        """Have every process of this hub read the store's version now."""


def open_sandbox(
    database: Database,
    settings: Settings,
    business: Clock,
    watch: Watching,
    token_digest: bytes | None = None,
) -> Sandbox:
    """Open the sandbox of a store: make its token, and an authority if there is none.

    `token_digest`: of the token that the hub's processes have already; none is made then.

    Raises:
        SandboxRefusedError: when the store was not made as a sandbox, or nothing says where the token goes.
        SecretKeyError: when the authority's keys cannot be encrypted or read.

    """
    with database.read() as tx:
        require_sandbox(tx)
        path = token_file(settings)
        secret = open_secret(tx, settings)
    ensure_authority(database, settings, business, secret)
    digest = make_token(path) if token_digest is None else token_digest
    return Sandbox(settings, database, business, secret, watch.look_everywhere, digest)


def require_sandbox(tx: Read) -> None:
    """Refuse a store that may hold real documents.

    Raises:
        SandboxRefusedError: when the store was not made as a sandbox.

    """
    if get_fact(tx, SANDBOX) is None:
        raise SandboxRefusedError(
            "this store was not made as a sandbox, and is never made one: begin with an empty one"
        )


def ensure_authority(database: Database, settings: Settings, business: Clock, secret: SecretKey) -> None:
    """Make the authority that issues the sandbox's certificates, unless there is one."""
    with suppress(AuthorityError):
        database.write(
            lambda tx: create_authority(
                tx, business.now(), secret, settings.public_url, kind="p256", sandbox=True
            )
        )


def create_sandbox(sandbox: Sandbox) -> FastAPI:
    """Build the application of the second listener."""
    app = FastAPI(
        title="The axis: sandbox",
        summary="Test powers over a hub whose store was made for it. Loopback only.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.hub = sandbox  # shared routes read settings, store and clock from there
    app.include_router(provisioning.router)
    app.include_router(certificates.router)
    app.include_router(clock.router)
    app.include_router(faults.router)
    app.include_router(reset.router)
    app.include_router(sign_in_codes.router)
    app.include_router(role_tokens.router)
    app.include_router(simulation_parts.router)
    app.include_router(run_progress.router)
    app.include_router(pages.router)
    app.include_router(asset_routes.router)
    problems.install(app)
    app.add_middleware(HeadRequests)
    app.add_middleware(Telemetry, metrics=Metrics())
    return app
