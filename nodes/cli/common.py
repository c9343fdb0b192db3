"""What the sub-commands share: options that name a hub, exit codes, printing. It does no command's work."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from axis.protocol.codes import CodeUnreadable, canonical
from nodes.client import Client
from nodes.errors import HubFailed, NodesError, ProblemError, ScenarioInvalid, TransportError, UnknownAgency

DONE, REFUSED, USAGE, NO_HUB, INTERRUPTED = 0, 1, 2, 3, 130

DEFAULT_HUB = "http://127.0.0.1:8000"

Commands = Any
"""argparse's object that sub-commands are added to; its class has no public name."""
Run = Callable[[argparse.Namespace], int]


class UsageError(NodesError):
    """Arguments that do not fit together."""


def add_command(commands: Commands, name: str, run: Run, text: str) -> argparse.ArgumentParser:
    """Add a sub-command with the options all of them have."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.add_argument(
        "--json", action="store_true", help="print JSON, and nothing else, on standard output"
    )
    command.set_defaults(run=run)
    return command


def add_hub(command: argparse.ArgumentParser) -> None:
    """Add the options that say which hub to speak to, and as whom."""
    command.add_argument("--hub", default=DEFAULT_HUB, metavar="URL", help="the hub (%(default)s)")
    command.add_argument(
        "--token-file", type=Path, required=True, metavar="FILE", help="file that holds the agency's token"
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
    """Make the client that `add_hub`'s options describe."""
    return Client(arguments.hub, read_token(arguments.token_file))


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
    print_json({"error": told})


def exit_code(error: NodesError) -> int:
    """Say with which code an error ends the command."""
    if isinstance(error, UsageError | ScenarioInvalid | UnknownAgency):
        return USAGE
    if isinstance(error, TransportError | HubFailed):
        return NO_HUB
    return REFUSED
