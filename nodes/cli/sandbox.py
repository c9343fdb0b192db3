"""`nodes sandbox`: a hub to try things on, with agencies whose tokens, certificates and keys are handed out.

A run of many agencies on a hub of its own is `nodes simulate`.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any, Final

from nodes import hub_process as hubs
from nodes.cli.common import DONE, print_json
from nodes.cli.own_hub import wait_for_interrupt
from nodes.client import Client
from nodes.known_agencies import agency
from nodes.offices import writing_office
from nodes.sandbox import make_token

_AGENCIES: Final = "H62,H23,G22"
_ROLES: Final = ("auditor", "operator")
_SEED: Final = 1  # of the invented names of those who sign; keys come by chance


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument(
        "--agencies",
        default=_AGENCIES,
        metavar="CODES",
        help="who is there, with commas between (%(default)s)",
    )
    command.add_argument(
        "--directory",
        type=Path,
        default=Path("axis-sandbox"),
        metavar="DIR",
        help="where store, tokens, certificates and keys lie; what is there goes on (%(default)s)",
    )
    command.add_argument("--host", default="127.0.0.1", help="where the hub listens (%(default)s)")
    command.add_argument("--port", type=int, default=8000, help="the hub's port (%(default)s)")
    command.add_argument(
        "--sandbox-port",
        type=int,
        default=8001,
        help="that of its test powers, on loopback alone (%(default)s)",
    )
    command.add_argument(
        "--public-url",
        metavar="URL",
        help="how others reach the hub, as its certificates name it (http://127.0.0.1 and the port)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    known = [agency(code) for code in arguments.agencies.split(",")]  # what is unknown is told before a start
    settings = {} if arguments.public_url is None else {"AXIS_PUBLIC_URL": arguments.public_url}
    ports = (arguments.port, arguments.sandbox_port)
    with (
        hubs.running(arguments.directory, settings=settings, host=arguments.host, ports=ports) as hub,
        Client(hub.sandbox_url, hub.sandbox_token()) as sandbox,
    ):
        wanted = []
        for each in known:
            signer = writing_office(each.code, _SEED).signer
            person = {"name": signer.name, "title": signer.title, "key": "p256"}
            wanted.append(
                {"code": each.code, "name": each.name, "organisation": {"key": "p256"}, "persons": [person]}
            )
        made = sandbox.call("POST", "/sandbox/agencies", {"agencies": wanted})["items"]
        tokens = {role: make_token(sandbox, role) for role in _ROLES}
        folder = arguments.directory.resolve() / "agencies"
        for item in made:
            _keep_agency(folder, item)
        for role, token in tokens.items():
            _keep(folder / role / "token", f"{token}\n")
        told = {"hub": hub.url, "sandbox": hub.sandbox_url, "folder": str(folder), **tokens, "agencies": made}
        if arguments.json:
            print_json(told)
        else:
            print("\n".join(_lines(told)))
        sys.stdout.flush()
        wait_for_interrupt(hub)
    return DONE


def _keep_agency(folder: Path, item: dict[str, Any]) -> None:
    """Keep what an agency has in a folder named by its short code, as `nodes replay --keys` reads it."""
    own = folder / _short(item)
    _keep(own / "token", f"{item['token']}\n")
    for name, pair in (("organisation", item["organisation"]), ("person", item["persons"][0])):
        _keep(own / f"{name}.pem", pair["certificate"])
        _keep(own / f"{name}.key", pair["key"])


def _keep(file: Path, content: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with open(file, "x", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as kept:
        kept.write(content)


def _lines(told: dict[str, Any]) -> list[str]:
    """Say what people need: tokens, certificates, and where keys lie."""
    lines = [f"The hub is ready at {told['hub']}, its sandbox at {told['sandbox']} on this machine.", ""]
    lines += [f"{role}  {told[role]}" for role in _ROLES]
    for item in told["agencies"]:
        code = _short(item)
        lines += ["", f"{code}  {item['token']}  {agency(item['code']).name}"]
        lines += [f"# {code} organisation", item["organisation"]["certificate"].strip()]
        person = item["persons"][0]
        lines += [f"# {code} {person['name']}, {person['title']}", person["certificate"].strip()]
    return [*lines, "", f"Tokens, certificates and keys lie in {told['folder']}. Ctrl-C stops the hub."]


def _short(item: dict[str, Any]) -> str:
    return str(item["code"]).rpartition(".")[2]
