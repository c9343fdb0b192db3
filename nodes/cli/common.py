"""Shared by the sub-commands: options that name a hub, exit codes, printing."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from axis.protocol.agency_codes import CodeUnreadable, canonical
from nodes.client import Client
from nodes.errors import (
    FaultUnavailable,
    FileInvalid,
    HubFailed,
    NodesError,
    OldRefusal,
    ProblemError,
    RecordUnreadable,
    TransportError,
    UnknownAgency,
)
from nodes.scenario import Door
from nodes.vxp import OldClient, OldSystem

DONE, REFUSED, USAGE, NO_HUB = 0, 1, 2, 3

DEFAULT_HUB = "http://127.0.0.1:8000"


class UsageError(NodesError):
    """Arguments that do not fit together."""


def add_hub(
    command: argparse.ArgumentParser, *, both_doors: bool = False, token_required: bool = True
) -> None:
    """Add the options for the hub, the caller, and the protocol where both can be used."""
    command.add_argument("--hub", default=DEFAULT_HUB, metavar="URL", help="the hub (%(default)s)")
    command.add_argument(
        "--token-file",
        type=Path,
        required=token_required and not both_doors,
        metavar="FILE",
        help="file that holds the agency's token",
    )
    if both_doors:
        command.add_argument(
            "--door", choices=get_args(Door), default="rest", help="REST, or the real axis's protocol"
        )
        command.add_argument(
            "--system", type=code, metavar="CODE", help="with --door vxp: the system to speak as"
        )
        command.add_argument(
            "--secret-file", type=Path, metavar="FILE", help="with --door vxp: file that holds its secret"
        )


def add_sandbox(command: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the options that name the sandbox's listener."""
    command.add_argument("--sandbox", required=required, metavar="URL", help="the hub's sandbox listener")
    command.add_argument(
        "--sandbox-token-file", type=Path, required=required, metavar="FILE", help="file with its token"
    )


def read_token(file: Path) -> str:
    """Read a token from a file; raises `UsageError` when that cannot be."""
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: no token can be read there ({error})") from error
    if not token:
        raise UsageError(f"{file}: the file is empty")
    return token


def read_file(file: Path) -> bytes:
    """Read a file the user named; raises `UsageError`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def hub_client(arguments: argparse.Namespace) -> Client:
    """Make the client that `add_hub`'s options describe; raises `UsageError`."""
    if arguments.token_file is None:
        raise UsageError("--token-file is needed")
    return Client(arguments.hub, read_token(arguments.token_file))


def old_client(arguments: argparse.Namespace) -> OldClient:
    """Make the client of the old protocol that `add_hub`'s options describe; raises `UsageError`."""
    if arguments.system is None or arguments.secret_file is None:
        raise UsageError("--door vxp needs --system and --secret-file")
    return OldClient(arguments.hub, OldSystem(arguments.system, read_token(arguments.secret_file)))


def check_door(arguments: argparse.Namespace, old_alone: tuple[str, ...]) -> bool:
    """Tell whether the old protocol is meant; raises `UsageError` for options of REST with it.

    `old_alone`: the command's options that only the old protocol has.
    """
    if arguments.door == "vxp":
        refuse_options(arguments, ("token_file",), "is not for --door vxp: give --system and --secret-file")
        return True
    refuse_options(arguments, ("system", "secret_file", *old_alone), "needs --door vxp")
    return False


def refuse_options(arguments: argparse.Namespace, names: tuple[str, ...], reason: str) -> None:
    """Refuse options that have no meaning here; raises `UsageError`."""
    for name in names:
        if getattr(arguments, name):
            option = {"files": "FILE", "sender": "--from"}.get(name, f"--{name.replace('_', '-')}")
            raise UsageError(f"{option} {reason}")


def sandbox_client(arguments: argparse.Namespace) -> Client:
    """Make the client that `add_sandbox`'s options describe."""
    return Client(arguments.sandbox, read_token(arguments.sandbox_token_file))


def code(text: str) -> str:
    """Read an agency code, for argparse."""
    try:
        return canonical(text)
    except CodeUnreadable as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def moment(text: str) -> datetime:
    """Read an RFC 3339 time, for argparse."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2019-06-03T09:00:00+07:00") from error
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no zone: write it like 2019-06-03T09:00:00+07:00")
    return at


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def print_error(error: NodesError, *, as_json: bool) -> None:
    """Tell what went wrong: a sentence on standard error, or JSON on standard output."""
    if not as_json:
        print(f"nodes: {error}", file=sys.stderr)
        return
    told: dict[str, Any] = {"message": str(error)}
    if isinstance(error, ProblemError):
        told |= {
            "status": error.status,
            "code": error.code,
            "request_id": error.request_id,
            "problem": error.body,
        }
    if isinstance(error, OldRefusal):
        told |= {"code": error.code, "operation": error.operation, "description": error.description}
    print_json({"error": told})


def exit_code(error: NodesError) -> int:
    """Say with which code an error ends the command."""
    if isinstance(error, UsageError | FileInvalid | UnknownAgency | FaultUnavailable | RecordUnreadable):
        return USAGE
    if isinstance(error, TransportError | HubFailed):
        return NO_HUB
    return REFUSED
