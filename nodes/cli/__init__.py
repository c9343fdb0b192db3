"""The command `nodes`: one file per sub-command, each with `register` (its arguments) and `run` (its work).

Exit codes: 0 done, 1 the hub refused or expected figures were not met, 2 wrong usage, 3 no hub could be
reached or started, 130 interrupted. Nothing ever prompts. With `--json` standard output holds JSON alone,
errors included.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from nodes.cli import clock, demo, inbox, scenarios, send, serve, simulate
from nodes.cli.common import INTERRUPTED, exit_code, print_error
from nodes.errors import NodesError

_COMMANDS = (demo, simulate, scenarios, send, inbox, serve, clock)


def parser() -> argparse.ArgumentParser:
    """Describe the whole command line."""
    top = argparse.ArgumentParser(
        prog="nodes",
        description="The agencies' side of the exchange axis: simulate many of them, or be one by hand.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _end)
    try:
        code: int = arguments.run(arguments)
    except NodesError as error:
        print_error(error, as_json=arguments.json)
        return exit_code(error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        return 0
    return code


def _end(_signal: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that a hub of our own is stopped on the way out."""
    raise KeyboardInterrupt
