"""`axis ready`: ask a hub whether it can take documents, and wait for it while it starts."""

import argparse
import math
import sys
import time

import httpx

from axis.cli.common import CommandParser, add_json_option, show

PAUSE_SECONDS = 0.1
ANSWER_SECONDS = 5


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the hub (default: %(default)s)")
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=0.0,
        metavar="S",
        help="keep asking for this many seconds (default: once)",
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    seconds = float(text)  # argparse names the option where this is no number
    if not math.isfinite(seconds) or seconds < 0:
        raise argparse.ArgumentTypeError("a number of seconds")
    return seconds


def run(args: argparse.Namespace) -> int:
    """Exit 0 as soon as the hub is ready, 1 when it was not in time."""
    deadline = time.monotonic() + args.wait
    address = f"{args.url.rstrip('/')}/readyz"
    while True:
        answer = _ask(address)
        if answer == "ready":
            show(args, {"url": args.url, "ready": True}, "")
            return 0
        if time.monotonic() >= deadline:
            show(args, {"url": args.url, "ready": False, "answer": answer}, "")
            print(f"{args.url} is not ready: {answer}", file=sys.stderr)
            return 1
        time.sleep(PAUSE_SECONDS)


def _ask(address: str) -> str:
    try:
        status = httpx.get(address, timeout=ANSWER_SECONDS, trust_env=False).status_code
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    return "ready" if status == httpx.codes.OK else f"it answers {status}"
