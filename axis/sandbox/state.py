"""The collaborators of the sandbox's routes, and the token of its operator.

The token is made at each start and written to a file that its owner can read. Tokens of the hub do not open
the sandbox, nor the other way round.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from axis.clock import Clock
from axis.database import Database
from axis.database.engine import sqlite_path
from axis.database.secret_key import SecretKey
from axis.protocol.errors import NotAuthenticated, Place
from axis.settings import Settings

TOKEN_FILE = "sandbox-token"  # noqa: S105 - the name of a file
PREFIX = "sandbox_"
SECRET_BYTES = 32


class SandboxRefusedError(Exception):
    """The sandbox cannot be opened on this store; the message says why."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The test powers over one running hub."""

    settings: Settings
    database: Database
    clock: Clock
    secret: SecretKey
    look: Callable[[], None]
    """Has every process of this hub read the store's version, and forget what has changed."""
    token_digest: bytes = field(repr=False)


def token_file(settings: Settings) -> Path:
    """Return where the operator's token is written.

    Raises:
        SandboxRefusedError: when no setting names a place and there is none beside the store.

    """
    if settings.sandbox_token_file is not None:
        return settings.sandbox_token_file
    store = sqlite_path(settings.database_url)
    if store is None:
        raise SandboxRefusedError("AXIS_SANDBOX_TOKEN_FILE must name a file: the store is not a SQLite file")
    return store.parent / TOKEN_FILE


def make_token(path: Path) -> bytes:
    """Write a new token over the last one, readable by its owner alone; return its digest."""
    token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(token + "\n")
    draft.replace(path)
    return _digest(token)


_bearer = HTTPBearer(
    auto_error=False, scheme_name="sandbox token", description="The content of the file `sandbox-token`."
)


async def _operator(request: Request, _described: Annotated[object, Security(_bearer)]) -> Sandbox:
    """Let the sandbox's operator pass; headers alone decide."""
    sandbox: Sandbox = request.app.state.hub
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer" or not hmac.compare_digest(_digest(token), sandbox.token_digest):
        raise NotAuthenticated(
            Place("header:Authorization", None, "Bearer sandbox_…, as the file sandbox-token holds it")
        )
    return sandbox


SandboxDep = Annotated[Sandbox, Depends(_operator)]
"""The sandbox, for its operator alone."""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
