"""`nodes listen`: receives what a hub pushes to a webhook, checks it, and prints or forwards it."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import httpx

from axis.protocol.webhook_signatures import read_secret
from nodes.cli.common import DONE, UsageError, print_json, read_token
from nodes.webhook_listener import WebhookListener

_FORWARD_SECONDS = 10.0
_HANDED_ON = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    command.add_argument("--port", type=int, default=9000, help="0: any that is free (%(default)s)")
    command.add_argument(
        "--secret-file",
        type=Path,
        required=True,
        metavar="FILE",
        help="file with the secret that PUT /v1/webhooks/NAME answered",
    )
    command.add_argument("--forward", metavar="URL", help="post each message on, with its headers")
    command.add_argument("--count", type=int, metavar="N", help="stop after so many messages")


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command until Ctrl-C, SIGTERM or the count."""
    try:
        secret = read_secret(read_token(arguments.secret_file))
    except ValueError as error:
        raise UsageError(f"{arguments.secret_file}: {error}") from error
    if arguments.count is not None and arguments.count < 1:
        raise UsageError(f"--count {arguments.count}: expected 1 or more")
    taken = 0
    with httpx.Client(trust_env=False, timeout=_FORWARD_SECONDS, follow_redirects=False) as client:

        def take(message_id: str, body: bytes, headers: dict[str, str]) -> bool:
            nonlocal taken
            if arguments.forward is not None and not _forward(client, arguments.forward, body, headers):
                return False
            _show(message_id, body, as_json=arguments.json)
            taken += 1
            return True

        try:
            listener = WebhookListener(arguments.host, arguments.port, secret, take)
        except (OSError, OverflowError) as error:
            raise UsageError(f"cannot listen on {arguments.host}:{arguments.port}: {error}") from error
        with listener.ending():
            print(f"listening at {listener.url}", file=sys.stderr, flush=True)
            while arguments.count is None or taken < arguments.count:
                listener.handle_request()
    return DONE


def _forward(client: httpx.Client, url: str, body: bytes, headers: dict[str, str]) -> bool:
    kept = {name: headers[name] for name in _HANDED_ON if name in headers}
    try:
        answer = client.post(url, content=body, headers=kept)
    except httpx.HTTPError as error:
        print(f"nodes: {url}: {type(error).__name__}", file=sys.stderr, flush=True)
        return False
    if not answer.is_success:
        print(f"nodes: {url}: status {answer.status_code}", file=sys.stderr, flush=True)
    return answer.is_success


def _show(message_id: str, body: bytes, *, as_json: bool) -> None:
    message: Any = json.loads(body)
    if as_json:
        print_json({"id": message_id, **message})
        return
    data = message.get("data") or {}
    words = [str(message.get("timestamp")), str(message.get("type"))]
    words += [str(data[name]) for name in ("number", "code", "from", "subject", "document") if data.get(name)]
    print("  ".join(words), flush=True)
