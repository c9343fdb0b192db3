"""Runs a hub in this one process, with the sandbox's listener beside it where asked for.

Importing this module loads the hub, so `axis.cli.serve` imports it after the command line was understood.
"""

import asyncio
import gc
import signal
from collections.abc import Mapping
from pathlib import Path

from axis.app import Hub, build, create_app
from axis.cli.serve import LOOPBACK
from axis.cli.uvicorn_listeners import Listener, make_listener, write_ports
from axis.settings import Settings


def run_here(
    settings: Settings, host: str, port: int, sandbox_port: int | None, ports_file: Path | None = None
) -> None:
    """Serve in this process, with the sandbox's listener where that has a port, until told to stop.

    `ports_file` is written once all ports are listened on; one of an earlier run is removed at once.
    """
    if ports_file is not None:
        ports_file.unlink(missing_ok=True)
    hub = build(settings, sandbox=sandbox_port is not None)
    try:
        servers = {"public": make_listener(create_app(hub), settings, host, port)}
        if sandbox_port is not None:
            servers["sandbox"] = _sandbox_listener(hub, sandbox_port)
        gc.freeze()  # what is there now stays, and need not be gone through again and again
        with asyncio.Runner(loop_factory=servers["public"].config.get_loop_factory()) as runner:
            runner.run(_serve(servers, hub, ports_file))
    finally:
        hub.close()


def _sandbox_listener(hub: Hub, port: int) -> Listener:
    from axis.sandbox.app import create_sandbox, open_sandbox  # noqa: PLC0415 - few hubs have one

    sandbox = open_sandbox(hub.database, hub.settings, hub.clock, hub.watch)
    return make_listener(create_sandbox(sandbox), hub.settings, LOOPBACK, port)


async def _serve(servers: Mapping[str, Listener], hub: Hub, ports_file: Path | None) -> None:
    """Run the listeners side by side; one signal stops them all, and the end of one ends the others."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        hub.waiting_readers.close()  # those who wait get their answer now, instead of holding the hub up
        for server in servers.values():
            server.should_exit = True

    tasks = [asyncio.create_task(server.serve()) for server in servers.values()]
    telling = asyncio.create_task(_tell_ports(servers, ports_file))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await asyncio.wait([*tasks, telling], return_when=asyncio.FIRST_COMPLETED)
    if telling.done() and telling.exception() is None:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*tasks)
    if telling.done():
        telling.result()
    else:
        telling.cancel()


async def _tell_ports(servers: Mapping[str, Listener], ports_file: Path | None) -> None:
    for server in servers.values():
        await server.listening.wait()
    write_ports({name: (server.config.host, server.port) for name, server in servers.items()}, ports_file)
