"""`nodes scenarios`: what can be simulated."""

import argparse

from nodes.cli.common import DONE, print_json
from nodes.scenario import find, shipped


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    scenarios = [find(name) for name in shipped()]
    if arguments.json:
        items = [
            {
                "name": scenario.name,
                "title": scenario.title,
                "source": scenario.source,
                "from": scenario.first.isoformat(),
                "to": scenario.last.isoformat(),
                "sent": scenario.sent,
                "received": scenario.received,
                "agencies": len(scenario.participants),
                "old_doors": len(scenario.old_doors),
            }
            for scenario in scenarios
        ]
        print_json({"items": items})
        return DONE
    for scenario in scenarios:
        print(f"{scenario.name}  {scenario.title}")
        agencies = f"{len(scenario.participants)} agencies"
        if scenario.old_doors:
            agencies += f" ({len(scenario.old_doors)} of them on the old protocol)"
        print(f"  {scenario.first} to {scenario.last}, {agencies}, at full scale")
        print(f"  {scenario.sent:,} documents sent and {scenario.received:,} received by the localities")
    return DONE
