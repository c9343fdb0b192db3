"""`nodes simulate`: any scenario, on a hub of its own or on one that is there."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nodes.cli.common import (
    UsageError,
    add_sandbox,
    read_token,
    refuse_options,
    sandbox_client,
)
from nodes.cli.own_hub import (
    add_own_hub,
    add_run,
    carried_out,
    code_of,
    on_own_hub,
    planned,
    progress_of,
    show,
)
from nodes.cli.own_two_hubs import check_options, on_two_hubs
from nodes.client import Client
from nodes.faults.injection import Powers
from nodes.parts import Part, read_part
from nodes.planner import Plan
from nodes.scenario_reader import find
from nodes.stage import Stage
from nodes.workers import Place


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument(
        "scenario", metavar="SCENARIO", help="a shipped name (see: nodes scenarios) or a TOML file"
    )
    add_run(command)
    add_own_hub(command)
    command.add_argument("--hub", metavar="URL", help="use this hub instead of one of its own")
    add_sandbox(command, required=False)
    command.add_argument(
        "--auditor-token-file", type=Path, metavar="FILE", help="with --hub: file with an auditor's token"
    )
    command.add_argument(
        "--operator-token-file",
        type=Path,
        metavar="FILE",
        help="with --hub: file with an operator's token, for faults that lock an agency",
    )

    command.add_argument(
        "--registers",
        type=Path,
        metavar="DIR",
        help="folder for the registers of the scenario's systems, kept afterwards (a temporary one)",
    )
    command.add_argument(
        "--part",
        type=_part,
        metavar="K/N",
        help="with --hub: carry out part K of N, in step with N-1 other commands that have the other parts",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    scenario = find(arguments.scenario)
    if not scenario.has_systems:
        refuse_options(arguments, ("registers",), "is for a scenario with systems")
    if scenario.province_hub is not None:
        check_options(arguments)
        return on_two_hubs(planned(scenario, arguments), arguments)
    refuse_options(arguments, ("province_database",), "is for a scenario with a province's own hub")
    run_plan = planned(scenario, arguments)
    if arguments.hub is None:
        refuse_options(
            arguments,
            ("sandbox", "sandbox_token_file", "auditor_token_file", "operator_token_file", "part"),
            "needs --hub",
        )
        return on_own_hub(run_plan, arguments)
    refuse_options(arguments, ("stay", "directory", "database"), "is for a hub of its own, without --hub")
    return _on_given_hub(run_plan, arguments)


def _on_given_hub(run_plan: Plan, arguments: argparse.Namespace) -> int:
    if arguments.part is not None and arguments.workers > 1:
        raise UsageError("--workers is for processes of one machine, --part for machines: give one of them")
    needed = (arguments.sandbox, arguments.sandbox_token_file, arguments.auditor_token_file)
    if None in needed:
        raise UsageError("--hub needs --sandbox, --sandbox-token-file and --auditor-token-file")
    token = read_token(arguments.auditor_token_file)
    is_first = arguments.part is None or arguments.part.number == 1  # the others go day by day with it
    with (
        sandbox_client(arguments) as sandbox,
        _powers(arguments) as powers,
        progress_of(run_plan, sandbox if is_first else None) as progress,
    ):
        outcome = carried_out(
            run_plan,
            Stage(arguments.hub, sandbox, powers, arguments.connections, registers=arguments.registers),
            Place(arguments.sandbox, arguments.sandbox_token_file),
            arguments,
            auditor=lambda: Client(arguments.hub, token),
            progress=progress,
        )
    show(outcome, arguments, hub={"url": arguments.hub})
    return code_of(outcome)


def _part(text: str) -> Part:
    try:
        return read_part(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


@contextmanager
def _powers(arguments: argparse.Namespace) -> Iterator[Powers]:
    """Give the faults of a plan what the options name."""
    if arguments.operator_token_file is None:
        yield Powers()
        return
    with Client(arguments.hub, read_token(arguments.operator_token_file)) as operator:
        yield Powers(operator)
