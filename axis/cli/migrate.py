"""`axis migrate`: bring the store's tables to this version. SQLite is also brought up at a hub's start."""

import argparse
import json
import os

from axis.cli.common import CommandParser
from axis.database import open_database
from axis.database.key_files import mark_used, refuse_emptied, refuse_emptied_file, require_ledger_key
from axis.database.migrate import migrate, revision
from axis.settings import from_environment


def register(parser: CommandParser) -> None:
    """Describe the command."""
    parser.description = __doc__
    parser.add_argument(
        "--sandbox", action="store_true", help="if the store is made now, make it one that may have a sandbox"
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Migrate, and say whether there was anything to do."""
    settings = from_environment(os.environ)
    earlier = refuse_emptied_file(settings)
    database = open_database(settings.database_url)
    try:
        refuse_emptied(database, settings, earlier)
        changed = migrate(database, sandbox=args.sandbox)
        mark_used(settings)
        with database.read() as tx:
            require_ledger_key(tx, settings)
            found = revision(tx)
    finally:
        database.close()
    if args.json:
        print(json.dumps({"revision": found, "changed": changed}))
    else:
        print(f"{'migrated to' if changed else 'already at'} revision {found}")
    return 0
