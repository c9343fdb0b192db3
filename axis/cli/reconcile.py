"""`axis reconcile`: counts everything again and names each counter that differs. It mends nothing."""

import argparse
import dataclasses
from itertools import islice

from axis.cli.common import CommandParser, add_json_option, opened_store, show
from axis.compliance.reconcile import reconcile
from axis.database.snapshots import hold_snapshot

NAMED = 1_000
"""Differences that are printed; past it only their beginning is."""


def register(parser: CommandParser) -> None:
    """Add the command."""
    parser.description = (
        "Recomputes all counters from documents and deliveries, and again from the ledger's "
        "entries alone. Exit status 0: nothing differs; 1: something does, and is named."
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare, and print what differs."""
    with opened_store() as store, store.database.read() as tx:
        hold_snapshot(tx)
        found = list(islice(reconcile(tx), NAMED + 1))
    lines = [
        f"{each.counter}: {each.found}, counted again from {each.source}: {each.expected}"
        for each in found[:NAMED]
    ]
    if len(found) > NAMED:
        lines.append(f"… and more than {NAMED}")
    lines.append("the counters differ from what they count" if found else "nothing differs")
    value = {
        "differences": [dataclasses.asdict(each) for each in found[:NAMED]],
        "complete": len(found) <= NAMED,
    }
    show(args, value, "\n".join(lines))
    return 1 if found else 0
