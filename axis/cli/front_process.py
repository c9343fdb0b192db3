"""A front process of `axis serve --workers`: a hub that answers callers and leaves the ledger to the writer.

Fronts share their ports. `axis.cli.supervisor` starts them, and starts one again when it dies.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping

from axis.app import Hub, build, create_app
from axis.cli.child_processes import stop_when_told
from axis.cli.uvicorn_listeners import Listener, make_listener
from axis.sandbox.app import create_sandbox, open_sandbox
from axis.settings import Settings


def run_front(
    settings: Settings,
    sockets: Mapping[str, socket.socket],
    writer: str,
    token_digest: bytes | None,
    ready: Callable[[], None],
    life: int,
) -> None:
    """Answer on the sockets until SIGTERM, or until `life` says that the supervisor has gone.

    `token_digest`: of the sandbox's token, where one listens for it. `ready` is called once it answers.
    """
    hub = build(settings, writer=writer)
    try:
        servers = {"public": _listener(create_app(hub), settings, sockets["public"])}
        if token_digest is not None:
            sandbox = open_sandbox(hub.database, hub.settings, hub.clock, hub.watch, token_digest)
            servers["sandbox"] = _listener(create_sandbox(sandbox), settings, sockets["sandbox"])
        with asyncio.Runner(loop_factory=servers["public"].config.get_loop_factory()) as runner:
            runner.run(_serve(servers, sockets, hub, ready, life))
    finally:
        hub.close()


def _listener(app: object, settings: Settings, bound: socket.socket) -> Listener:
    host, port = bound.getsockname()[:2]
    return make_listener(app, settings, host, port)


async def _serve(
    servers: Mapping[str, Listener],
    sockets: Mapping[str, socket.socket],
    hub: Hub,
    ready: Callable[[], None],
    life: int,
) -> None:
    def stop() -> None:
        hub.waiting_readers.close()  # those who wait get their answer now, instead of holding the hub up
        for server in servers.values():
            server.should_exit = True

    tasks = [asyncio.create_task(server.serve(sockets=[sockets[name]])) for name, server in servers.items()]
    stop_when_told(asyncio.get_running_loop(), life, stop)
    telling = asyncio.create_task(_tell(servers, ready))
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    stop()
    await asyncio.gather(*tasks)


async def _tell(servers: Mapping[str, Listener], ready: Callable[[], None]) -> None:
    for server in servers.values():
        await server.listening.wait()
    ready()
