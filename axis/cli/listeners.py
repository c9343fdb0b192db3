"""The hub's listeners: uvicorn servers in this process, HTTP bounded by `axis.cli.http_limits`.

Loading it loads the whole hub; `axis.cli.serve` does so once the command line is understood.
"""

import asyncio
import contextlib
import functools
import gc
import signal
from collections.abc import Iterator, Sequence

import uvicorn

from axis.app import Hub, build, create_app
from axis.cli.http_limits import BoundedProtocol, Watchman, limits_of
from axis.cli.serve import GRACE_SECONDS, LOOPBACK
from axis.settings import Settings


def run_here(settings: Settings, host: str, port: int, sandbox_port: int | None) -> None:
    """Serve in this process, with the sandbox's listener where that has a port, until told to stop."""
    hub = build(settings, sandbox=sandbox_port is not None)
    try:
        servers = [_listener(create_app(hub), settings, host, port)]
        if sandbox_port is not None:
            servers.append(_sandbox_listener(hub, sandbox_port))
        gc.freeze()  # what is there now stays, and need not be gone through again and again
        with asyncio.Runner(loop_factory=servers[0].config.get_loop_factory()) as runner:
            runner.run(_serve(servers, hub))
    finally:
        hub.close()


class _Listener(uvicorn.Server):
    """A listener among others: signals are for all of them together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def _listener(app: object, settings: Settings, host: str, port: int) -> _Listener:
    watchman = Watchman(limits_of(settings))
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        host=host,
        port=port,
        http=functools.partial(BoundedProtocol, watchman=watchman),  # type: ignore[arg-type]  # makes one
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return _Listener(config)


def _sandbox_listener(hub: Hub, port: int) -> _Listener:
    from axis.sandbox.app import create_sandbox, open_sandbox  # noqa: PLC0415 - few hubs have one

    sandbox = open_sandbox(hub.database, hub.settings, hub.clock, hub.watch)
    return _listener(create_sandbox(sandbox), hub.settings, LOOPBACK, port)


async def _serve(servers: Sequence[_Listener], hub: Hub) -> None:
    """Run the listeners side by side; one signal stops them all, and the end of one ends the others."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        hub.waiting_readers.close()  # those who wait get their answer now, instead of holding the hub up
        for server in servers:
            server.should_exit = True

    tasks = [asyncio.create_task(server.serve()) for server in servers]
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*tasks)
