"""Runs a scenario whose province has a hub of its own: two hubs, a relay between them, printing the result.

What a run on one hub shares with it is in `nodes.cli.own_hub`.
"""

import argparse
import sys

from nodes.cli.common import UsageError, refuse_options
from nodes.cli.own_hub import (
    address_to_open,
    carried_out,
    code_of,
    directory_of,
    note,
    progress_of,
    registers_of,
    show,
    wait_for_interrupt,
)
from nodes.client import Client
from nodes.pair_comparison import BothHubs
from nodes.planner import Plan
from nodes.sandbox import make_token
from nodes.stage import Stage
from nodes.two_hubs import PATIENT, OpenHub, joined, opened
from nodes.workers import Place, ProvincePlace


def check_options(arguments: argparse.Namespace) -> None:
    """Refuse what a run on two hubs cannot have; raises `UsageError` with the reason."""
    refuse_options(
        arguments,
        ("hub", "part"),
        "is for one hub that is there: this scenario starts two and the relay between them; --workers shares "
        "the work among processes, and docs/relay.md joins hubs that are there",
    )
    if arguments.old_doors:
        raise UsageError("--old-doors is for one hub: no relay brings recalls to the old protocol")


def on_two_hubs(plan: Plan, arguments: argparse.Namespace) -> int:
    """Run a plan on a province's hub and the national one, print the result, and return the exit code."""
    with (
        directory_of(arguments.directory) as directory,
        opened(directory / "national", arguments.database) as national,
        opened(directory / "province", arguments.province_database) as province,
        joined(plan.scenario, national, province, directory / "relay.db") as below,
    ):
        note(arguments, f"Two hubs of our own are ready: national {national.process.url}, ")
        note(arguments, f"province {province.process.url}. Killed, they are started again.")
        tokens = [make_token(hub.sandbox, "auditor") for hub in (national, province)]

        def auditor() -> Client:
            return BothHubs((national.process.url, tokens[0]), (province.process.url, tokens[1]), below.codes)

        stage = Stage(
            national.process.url,
            national.sandbox,
            national.powers(),
            arguments.connections,
            province=below,
            registers=registers_of(arguments),
            retries=PATIENT,
        )
        with progress_of(plan, national.sandbox) as progress:
            outcome = carried_out(
                plan,
                stage,
                _place(national),
                arguments,
                auditor=auditor,
                progress=progress,
                province=ProvincePlace(province.process.url, _place(province), below.codes),
            )
        told = {
            "url": national.process.url,
            "province": province.process.url,
            "directory": str(directory),
            "token": tokens[0],
            "province_token": tokens[1],
        }
        show(outcome, arguments, hub=told)
        if arguments.stay:
            _stay(national, province, tokens, arguments)
    return code_of(outcome)


def _place(hub: OpenHub) -> Place:
    return Place(hub.process.sandbox_url, hub.process.sandbox_token_file)


def _stay(national: OpenHub, province: OpenHub, tokens: list[str], arguments: argparse.Namespace) -> None:
    """Tell how to open both hubs' pages, and wait until Ctrl-C."""
    if not arguments.json:
        for hub, token in zip((national, province), tokens, strict=True):
            print(address_to_open(hub.process, token))
        sys.stdout.flush()
    wait_for_interrupt(national.process)
