"""`nodes portal`: the Public Service Portal, to which a real one-stop system can be pointed.

It has a hub of its own, or one with a sandbox that is there. docs/neighbours/portal.md.
"""

import argparse
import csv
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import uvicorn

from nodes import hub_process as hubs
from nodes.adapter.app import LOOPBACK, app
from nodes.adapter.units import LivePortal, Procedure, Wanted, live_portal
from nodes.cli.common import DONE, UsageError, add_sandbox, code, print_json, refuse_options, sandbox_client
from nodes.cli.own_hub import directory_of
from nodes.cli.serve_pages import listen_on
from nodes.client import Client
from nodes.known_agencies import agency

MOST_PROCEDURES: Final = 100_000
_NUMBER: Final = re.compile(r"[0-9]\.[0-9]{6}")
_NAME: Final = 1_000  # characters
_SERVICES: Final = ("full", "partial", "none")


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument("--port", type=int, default=8470, metavar="P", help="where to listen (%(default)s)")
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on; passwords go unencrypted (%(default)s)"
    )
    command.add_argument(
        "--agency", type=code, default="G22", metavar="CODE", help="who runs the portal (%(default)s)"
    )
    command.add_argument(
        "--unit",
        type=code,
        action="append",
        metavar="CODE",
        help="a ministry or province whose one-stop system may call; may be repeated (H50)",
    )
    command.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="file with the units' password (one made up for each)",
    )
    command.add_argument(
        "--procedures",
        type=Path,
        metavar="FILE.csv",
        help="the units' procedures: columns code, name, service, which is full, partial or none (invented)",
    )
    command.add_argument(
        "--success",
        choices=("0", "00"),
        default="0",
        help="how success is written, as the client reads it (%(default)s)",
    )
    command.add_argument(
        "--registers",
        type=Path,
        metavar="DIR",
        help="folder for the registers, kept afterwards (a temporary one)",
    )
    command.add_argument("--hub", metavar="URL", help="use this hub instead of one of its own")
    add_sandbox(command, required=False)


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command until Ctrl-C or SIGTERM."""
    units = tuple(dict.fromkeys(agency(each).code for each in arguments.unit or ["H50"]))
    wanted = Wanted(
        agency=agency(arguments.agency).code,
        units=units,
        password=_password(arguments.password_file),
        procedures=() if arguments.procedures is None else read_procedures(arguments.procedures),
        success=arguments.success,
    )
    if wanted.agency in units:
        raise UsageError(f"--unit {wanted.agency}: runs the portal, and sends itself no messages")
    with ExitStack() as opened:
        hub, sandbox = opened.enter_context(_hub(arguments))
        folder = arguments.registers or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        worker = opened.enter_context(ThreadPoolExecutor(1))
        context = live_portal(wanted, hub, sandbox, folder, time.monotonic)
        portal = worker.submit(context.__enter__).result()
        opened.callback(lambda: worker.submit(context.__exit__, None, None, None).result())
        _serve(arguments, portal, worker, hub)
    return DONE


def _serve(arguments: argparse.Namespace, portal: LivePortal, worker: Executor, hub: str) -> None:
    hosts = LOOPBACK if arguments.host in LOOPBACK else ("*",)
    config = uvicorn.Config(
        app(portal, worker, hosts),
        log_level="warning",
        lifespan="off",
        access_log=False,
        limit_concurrency=64,
    )
    with listen_on(arguments.host, arguments.port) as listener:
        host, port = listener.getsockname()[:2]
        _tell(arguments, portal, f"http://{host}:{port}", hub)
        uvicorn.Server(config).run([listener])


def _tell(arguments: argparse.Namespace, portal: LivePortal, url: str, hub: str) -> None:
    address = f"{url}/XrdAdapter/RestService/forward"
    destination = f"VN:GOV:{portal.agency}:vpcpdvcprovider"
    if arguments.json:
        told = [asdict(login) for login in portal.logins]
        print_json({"url": url, "address": address, "dstcode": destination, "hub": hub, "units": told})
    else:
        print(f"The portal answers at {address}/mapi/login?dstcode={destination}")
        for login in portal.logins:
            print(f"  {login.unit}: username {login.username}, password {login.password}")
        print(f"Its pages: {url}/ and {url}/connected")
        print(f"Its messages go over the hub at {hub}. Ctrl-C ends it.")
    sys.stdout.flush()


@contextmanager
def _hub(arguments: argparse.Namespace) -> Iterator[tuple[str, Client]]:
    """Give the address of a hub, and its sandbox."""
    if arguments.hub is None:
        refuse_options(arguments, ("sandbox", "sandbox_token_file"), "needs --hub")
        with (
            directory_of(None) as directory,
            hubs.running(directory) as hub,
            Client(hub.sandbox_url, hub.sandbox_token()) as sandbox,
        ):
            yield hub.url, sandbox
        return
    if None in (arguments.sandbox, arguments.sandbox_token_file):
        raise UsageError("--hub needs --sandbox and --sandbox-token-file")
    with sandbox_client(arguments) as sandbox:
        yield arguments.hub, sandbox


def read_procedures(file: Path) -> tuple[Procedure, ...]:
    """Read procedures from CSV, all of them offered by the portal; raises `UsageError` with the line."""
    found: dict[str, Procedure] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), 2):
                value, service = (row.get("code") or "").strip(), (row.get("service") or "full").strip()
                name = (row.get("name") or "").strip()
                _must(_NUMBER.fullmatch(value), file, number, f"code {value!r}", "a code as 1.003560")
                _must(service in _SERVICES, file, number, f"service {service!r}", "full, partial or none")
                _must(0 < len(name) <= _NAME, file, number, f"{len(name)} characters", "a name of 1 to 1,000")
                _must(value not in found, file, number, f"{value} again", "each code once")
                _must(len(found) < MOST_PROCEDURES, file, number, "one more", f"at most {MOST_PROCEDURES:,}")
                found[value] = (value, name, service, int(service != "none"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file}: {error}") from error
    if not found:
        raise UsageError(f"{file}: found no procedure, expected lines below code,name,service")
    return tuple(found.values())


def _must(holds: object, file: Path, line: int, found: str, expected: str) -> None:
    if not holds:
        raise UsageError(f"{file}:{line}: found {found}, expected {expected}")


def _password(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        password = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}") from error
    if not password:
        raise UsageError(f"{file}: found nothing, expected a password")
    return password
