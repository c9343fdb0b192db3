"""`axis fsck`: recomputes the ledger, and compares it with the store's rows and contents.

It repairs no fault. Counters are compared by `axis reconcile`.
"""

import argparse
import dataclasses
from itertools import islice

from axis.cli.common import CommandParser, add_json_option, keep_or_say, opened_store, show
from axis.compliance.reconciliation.ledger_health import keep_check
from axis.compliance.store_checks.whole_store import check_store
from axis.database.engine import sqlite_path
from axis.database.snapshots import hold_snapshot
from axis.intake.upload_checks import check_uploads
from axis.ledger.key import open_key
from axis.ledger.queries import count_entries
from axis.ledger.setup import read_verifier, require_ledger
from axis.ledger.tree_checks import Difference
from axis.objects.store import open_objects, stored_pieces
from axis.protocol.refused_characters import printable

NAMED = 1_000
"""The most differences that are printed."""


def register(parser: CommandParser) -> None:
    """Add the command."""
    parser.description = (
        "Recomputes leaves, tiles and checkpoints of the ledger, compares each leaf with its "
        "rows and every stored byte with its digest, every row with what it repeats, and sees that what "
        "verdicts rested on is kept. "
        "Exit status 0: nothing differs; 1: something does."
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, print what differs, and keep how much that was for whoever asks the hub."""
    with opened_store() as store:
        with store.database.read() as tx:
            hold_snapshot(tx)
            require_ledger(tx)
            path = sqlite_path(store.settings.database_url)
            key = open_key(store.settings.ledger_key_file, path, make=False)
            pieces = stored_pieces(open_objects(store.database, store.settings))
            more = {"uploads": check_uploads(tx, pieces)}
            everything = check_store(tx, lambda: read_verifier(tx, key), pieces, more)
            found = list(islice(everything, NAMED + 1))
            size = count_entries(tx)
        _print(args, found)
        count = min(len(found), NAMED)
        keep_or_say(store, lambda tx: keep_check(tx, size, count, complete=len(found) <= NAMED))
    return 1 if found else 0


def _print(args: argparse.Namespace, found: list[Difference]) -> None:
    lines = [printable(f"{each.where}: {each.found}; expected {each.expected}") for each in found[:NAMED]]
    if len(found) > NAMED:
        lines.append(f"… and more than {NAMED}")
    lines.append("the store is damaged" if found else "nothing differs")
    value = {
        "differences": [dataclasses.asdict(each) for each in found[:NAMED]],
        "complete": len(found) <= NAMED,
    }
    show(args, value, "\n".join(lines))
