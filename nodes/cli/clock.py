"""`nodes clock`: read a sandbox's business time, move it, or have it run faster."""

import argparse
from typing import Any

from nodes.cli.common import DONE, UsageError, add_sandbox, moment, print_json, sandbox_client
from nodes.sandbox import read_clock, run_clock, set_clock


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    add_sandbox(command, required=True)
    change = command.add_mutually_exclusive_group()
    change.add_argument("--set", type=moment, metavar="TIME", help="move it to 2019-06-03T09:00:00+07:00")
    change.add_argument("--real", action="store_true", help="back to real time")
    command.add_argument(
        "--factor",
        type=int,
        metavar="N",
        help="have it run N times as fast as real time from --set or from now: 1 to 86400, a day each second",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    if arguments.real and arguments.factor is not None:
        raise UsageError("--real is at real speed: leave --factor out")
    with sandbox_client(arguments) as sandbox:
        if arguments.set is not None or arguments.real:
            clock = set_clock(sandbox, arguments.set, 1 if arguments.factor is None else arguments.factor)
        elif arguments.factor is not None:
            clock = run_clock(sandbox, arguments.factor)
        else:
            clock = read_clock(sandbox)
    if arguments.json:
        print_json(clock)
    else:
        print(f"{clock['at']}  {_manner(clock)}")
    return DONE


def _manner(clock: dict[str, Any]) -> str:
    if not clock["moved"]:
        return "real time"
    factor = clock.get("factor", 1)  # hubs of before have none
    return "moved" if factor == 1 else f"moved, {factor:,} times as fast as real time"
