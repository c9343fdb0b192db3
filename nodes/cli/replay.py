"""`nodes replay`: feeds a recorded run to another hub, and compares outcome with outcome."""

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path

from nodes import hub_process as hubs
from nodes.cli.common import (
    DONE,
    REFUSED,
    UsageError,
    add_sandbox,
    print_json,
    read_file,
    read_token,
    refuse_options,
    sandbox_client,
)
from nodes.client import Client
from nodes.comparison_table import counted
from nodes.errors import RecordUnreadable
from nodes.faults.injection import Powers
from nodes.recording import Record, merged, read_record
from nodes.replay import Replayed, posts_of, replay

_SHOWN = 20  # differences on a terminal; JSON has all


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    command.add_argument(
        "records",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="what `nodes simulate --record` wrote: one file, or those of all parts",
    )
    command.add_argument("--hub", metavar="URL", help="replay on this hub instead of one of its own")
    add_sandbox(command, required=False)
    command.add_argument(
        "--auditor-token-file", type=Path, metavar="FILE", help="with --hub: compare its figures too"
    )
    command.add_argument(
        "--keys",
        type=Path,
        metavar="DIR",
        help="with --hub, instead of a sandbox: tokens, certificates and keys of the record's agencies",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    record = merged([_read(file) for file in arguments.records])
    if arguments.hub is None:
        names = ("sandbox", "sandbox_token_file", "auditor_token_file", "keys")
        refuse_options(arguments, names, "needs --hub")
        replayed = _on_own_hub(record)
    else:
        replayed = _on_given_hub(record, arguments)
    if arguments.json:
        print_json(asdict(replayed) | {"met": not replayed.differences})
    else:
        _show(replayed)
    return REFUSED if replayed.differences else DONE


def _read(file: Path) -> Record:
    try:
        return read_record(read_file(file).decode())
    except (UnicodeDecodeError, RecordUnreadable) as error:
        raise UsageError(f"{file}: {error}") from error


def _on_own_hub(record: Record) -> Replayed:
    with tempfile.TemporaryDirectory(prefix="nodes-") as folder, hubs.running(Path(folder) / "hub") as hub:
        operator = hubs.command(hub, "token", "create", "--operator", "replay")
        auditor = hubs.command(hub, "token", "create", "--auditor", "replay")
        with (
            Client(hub.sandbox_url, hub.sandbox_token()) as sandbox,
            Client(hub.url, operator) as operating,
        ):
            return replay(
                record,
                hub=hub.url,
                sandbox=sandbox,
                powers=Powers(operating, hub),
                auditor=lambda: Client(hub.url, auditor),
            )


def _on_given_hub(record: Record, arguments: argparse.Namespace) -> Replayed:
    if arguments.keys is not None:
        names = ("sandbox", "sandbox_token_file", "auditor_token_file")
        refuse_options(arguments, names, "is for a sandbox, without --keys")
        return replay(record, hub=arguments.hub, posts=posts_of(arguments.keys, record.run["agencies"]))
    if arguments.sandbox is None or arguments.sandbox_token_file is None:
        raise UsageError("--hub needs --sandbox and --sandbox-token-file, or --keys")
    file = arguments.auditor_token_file
    token = None if file is None else read_token(file)
    with sandbox_client(arguments) as sandbox:
        auditor = None if token is None else lambda: Client(arguments.hub, token)
        return replay(record, hub=arguments.hub, sandbox=sandbox, auditor=auditor)


def _show(replayed: Replayed) -> None:
    print(
        f"Replayed {counted(replayed.documents, 'document')}, {counted(replayed.answers, 'status')} and "
        f"{counted(replayed.faults, 'fault')}; compared the figures of {counted(replayed.figures, 'agency')}."
    )
    if replayed.faults_left_out:
        print(f"Left out {counted(replayed.faults_left_out, 'fault')} that this hub cannot have.")
    for difference in replayed.differences[:_SHOWN]:
        print(f"  DIFFERS {difference}")
    hidden = len(replayed.differences) - _SHOWN
    if hidden > 0:
        print(f"  and {hidden:,} more (--json has all)")
    print("NOT every outcome is the record's." if replayed.differences else "Every outcome is the record's.")
