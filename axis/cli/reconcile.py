"""`axis reconcile`: counts again, and names each counter that differs, without repairing it."""

import argparse
import dataclasses

from axis.cli.common import CommandParser, add_json_option, keep_or_say, opened_store, show
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.reconciliation.ledger_health import Findings, keep_outcome
from axis.database.snapshots import hold_snapshot
from axis.ledger.queries import count_entries

NAMED = 1_000
"""Differences that are printed; past it they are only counted."""


def register(parser: CommandParser) -> None:
    """Add the command."""
    parser.description = (
        "Recomputes all counters from documents and deliveries, and again from the ledger's "
        "entries alone. Exit status 0: nothing differs; 1: something does, and is named."
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare, print what differs, and keep how much that was for whoever asks the hub."""
    findings = Findings()
    with opened_store() as store:
        with store.database.read() as tx:
            hold_snapshot(tx)
            size = count_entries(tx)
            findings.add(reconcile(tx), NAMED)
        _print(args, findings)
        keep_or_say(store, lambda tx: keep_outcome(tx, size, findings.counts))
    return 1 if findings.total else 0


def _print(args: argparse.Namespace, findings: Findings) -> None:
    lines = [
        f"{each.counter}: {each.found}, counted again from {each.source}: {each.expected}"
        for each in findings.named
    ]
    if findings.total > len(lines):
        lines.append(f"… and {findings.total - len(lines)} more")
    lines.append("the counters differ from what they count" if findings.total else "nothing differs")
    value = {
        "differences": [dataclasses.asdict(each) for each in findings.named],
        "complete": findings.total == len(findings.named),
    }
    show(args, value, "\n".join(lines))
