"""`nodes scenarios`: what can be simulated, and help with a scenario of one's own."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nodes.cli.common import DONE, USAGE, UsageError, print_json
from nodes.comparison_table import counted
from nodes.errors import ScenarioInvalid
from nodes.planner import plan
from nodes.scenario import Scenario
from nodes.scenario_reader import find, shipped, text_of
from nodes.scenario_schema import schema
from nodes.scenario_template import template
from nodes.systems.catalogue import planned_systems
from nodes.systems.message_flows import flows, picture


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=_list)
    actions = command.add_subparsers(metavar="ACTION")
    for name, run, text in (
        ("list", _list, "List the scenarios that come with the package."),
        ("show", _show, "Print the file of a scenario."),
        ("check", _check, "Say everything that is wrong in a scenario, or what a run of it would send."),
        ("picture", _picture, "Draw which systems of a scenario send each other which messages, as SVG."),
        ("new", _new, "Write a commented scenario to begin with, with every key and its default."),
        ("schema", _schema, "Print the JSON Schema of a scenario's file."),
    ):
        action = actions.add_parser(name, help=text, description=text)
        # the command's own --json, given before or after the action
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
        action.set_defaults(run=run)
        if name in {"show", "check", "picture"}:
            action.add_argument("scenario", metavar="SCENARIO", help="a shipped name or a TOML file")
        if name == "new":
            action.add_argument("file", type=Path, metavar="FILE.toml", help="a file that is not there yet")


def _list(arguments: argparse.Namespace) -> int:
    scenarios = [find(name) for name in shipped()]
    if arguments.json:
        print_json({"items": [_told(scenario) for scenario in scenarios]})
        return DONE
    for scenario in scenarios:
        print(f"{scenario.name}  {scenario.title}")
        print(f"  {_size(scenario)}, at full scale")
        print(
            f"  {counted(scenario.sent, 'document')} sent and {scenario.received:,} received by its agencies"
        )
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    text = text_of(arguments.scenario)
    if arguments.json:
        print_json(_told(find(arguments.scenario)) | {"text": text})
    else:
        sys.stdout.write(text)
    return DONE


def _check(arguments: argparse.Namespace) -> int:
    try:
        scenario = find(arguments.scenario)
    except ScenarioInvalid as error:
        if not arguments.json or not error.faults:
            raise
        faults = [
            {
                "line": fault.line,
                "key": fault.key,
                "found": fault.found,
                "expected": fault.expected,
            }
            for fault in error.faults
        ]
        print_json({"good": False, "errors": faults})
        return USAGE
    planned = plan(scenario, scenario.scale, 1)
    if arguments.json:
        print_json(_told(scenario) | {"good": True, "errors": [], "documents": len(planned.documents)})
        return DONE
    print(f"{scenario.name} is good: {_size(scenario)}.")
    print(f"A run at scale {scenario.scale} sends {counted(len(planned.documents), 'document')}.")
    return DONE


def _picture(arguments: argparse.Namespace) -> int:
    scenario = find(arguments.scenario)
    found = flows(planned_systems(plan(scenario, scenario.scale, 1)))
    if not found:
        raise UsageError(f"{arguments.scenario}: found no system that sends messages, expected one at least")
    drawn = picture(f"Messages between the systems of {scenario.name}", found)
    if arguments.json:
        print_json({"svg": drawn, "flows": [asdict(flow) for flow in found]})
    else:
        sys.stdout.write(drawn)
    return DONE


def _new(arguments: argparse.Namespace) -> int:
    file: Path = arguments.file
    text = template(file.stem)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    try:
        find(str(file))
    except ScenarioInvalid as error:
        file.unlink()
        raise UsageError(f"{file}: a scenario is called by small letters, digits and hyphens") from error
    if arguments.json:
        print_json({"file": str(file)})
    else:
        print(f"{file} is written. Check it with: nodes scenarios check {file}")
    return DONE


def _schema(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - it is JSON either way
    print_json(schema())
    return DONE


def _told(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "source": scenario.source,
        "invented": scenario.is_invented,
        "from": scenario.first.isoformat(),
        "to": scenario.last.isoformat(),
        "sent": scenario.sent,
        "received": scenario.received,
        "scale": float(scenario.scale),
        "agencies": len(scenario.participants),
        "old_doors": len(scenario.old_doors),
    }


def _size(scenario: Scenario) -> str:
    agencies = f"{len(scenario.participants)} agencies"
    if scenario.old_doors:
        agencies += f" ({len(scenario.old_doors)} of them on the old protocol)"
    return f"{scenario.first} to {scenario.last}, {agencies}"
