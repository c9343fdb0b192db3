"""`nodes demo`: simulates a country on a hub of its own, and compares with the published figures.

It is `nodes simulate task-force-2019`.
"""

import argparse

from nodes.cli.common import refuse_options
from nodes.cli.own_hub import add_own_hub, add_run, on_own_hub, planned
from nodes.scenario_reader import find

SCENARIO = "task-force-2019"


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    add_run(command)
    add_own_hub(command)


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    refuse_options(arguments, ("province_database",), "is for a scenario with a province's own hub")
    return on_own_hub(planned(find(SCENARIO), arguments), arguments)
