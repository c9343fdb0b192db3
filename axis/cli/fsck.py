"""`axis fsck`: recomputes the whole ledger and compares it with every row and every byte.

It mends nothing, and looks at no counter: `axis reconcile` does.
"""

import argparse
import dataclasses
from itertools import chain, islice

from axis.cli.common import CommandParser, add_json_option, opened_store, show
from axis.compliance.store_checks.kept_material import check_material
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.database.engine import sqlite_path
from axis.database.snapshots import hold_snapshot
from axis.ledger.key import open_key
from axis.ledger.setup import read_verifier, require_ledger
from axis.ledger.tree_checks import fsck
from axis.protocol.texts import printable

NAMED = 1_000
"""The most differences that are printed."""


def register(parser: CommandParser) -> None:
    """Add the command."""
    parser.description = (
        "Recomputes leaves, tiles and checkpoints of the ledger, compares each leaf with its "
        "rows and every stored byte with its digest, and sees that what verdicts rested on is kept. "
        "Exit status 0: nothing differs; 1: something does."
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, and print what differs."""
    with opened_store() as store, store.database.read() as tx:
        hold_snapshot(tx)
        require_ledger(tx)
        key = open_key(store.settings.ledger_key_file, sqlite_path(store.settings.database_url), make=False)
        everything = chain(fsck(tx, read_verifier(tx, key)), check_rows(tx), check_material(tx))
        found = list(islice(everything, NAMED + 1))
    lines = [printable(f"{each.where}: {each.found}; expected {each.expected}") for each in found[:NAMED]]
    if len(found) > NAMED:
        lines.append(f"… and more than {NAMED}")
    lines.append("the store is damaged" if found else "nothing differs")
    value = {
        "differences": [dataclasses.asdict(each) for each in found[:NAMED]],
        "complete": len(found) <= NAMED,
    }
    show(args, value, "\n".join(lines))
    return 1 if found else 0
