"""What `nodes inbox` does over the old protocol: lists the queue, fetches messages and saves their files.

Items are taken off the list by `--done`.
"""

import argparse
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from axis.protocol.edxml import Document, Status
from nodes.cli.common import DONE, REFUSED, old_client, print_json, refuse_options
from nodes.cli.saved_files import is_saved, plain_name
from nodes.swarm_clients import read_message
from nodes.vxp import Kind, OldClient, TransportState, Waiting

_REST_ALONE = ("after", "wait", "all")


def add_queue(command: argparse.ArgumentParser) -> None:
    """Add the options that only the old protocol has."""
    command.add_argument(
        "--statuses", action="store_true", help="with --door vxp: the statuses that came back, not documents"
    )
    command.add_argument(
        "--done", action="store_true", help="with --door vxp: take what is listed off the queue"
    )


def list_queue(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    refuse_options(arguments, _REST_ALONE, "is not for --door vxp, whose list is always what waits")
    kind: Kind = "status" if arguments.statuses else "edoc"
    code = DONE
    with old_client(arguments) as client:
        for item in client.received(kind)[: arguments.limit]:
            content = client.fetch(item.id)
            message = read_message(item.id, content)
            kept = arguments.save is None or is_saved(
                item.id, partial(_save, arguments.save / plain_name(item.id), content, message)
            )
            code = code if kept else REFUSED
            state = _finish(client, item) if arguments.done and kept else item.state
            _show(item, message, state, as_json=arguments.json)
    return code


def _finish(client: OldClient, item: Waiting) -> TransportState:
    client.update_status(item.id, "done")
    return "done"


def _save(folder: Path, content: bytes, message: Document | Status) -> None:
    """Save the message as received, and its files. Names come from others, so they choose no directory."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "message.edxml").write_bytes(content)
    if isinstance(message, Document):
        for number, file in enumerate(message.attachments):
            (folder / f"{number}-{plain_name(file.name)}").write_bytes(file.content)


def _show(item: Waiting, message: Document | Status, state: str, *, as_json: bool) -> None:
    told: dict[str, Any] = {**asdict(item), "state": state}
    if isinstance(message, Document):
        about = f"  {message.subject}"
        told |= {"number": message.code.text, "document_id": message.document_id, "subject": message.subject}
        told["attachments"] = [file.name for file in message.attachments]
    else:
        about = f"  {message.code}  {message.description}"
        told |= {"number": message.about.code, "document_id": message.about.document_id}
        told |= {"code": message.code, "note": message.description}
    if as_json:
        print_json(told)
        return
    print(f"{item.id}  {told['number']}  {item.sender} → {item.to}  {state}")
    print(about)
