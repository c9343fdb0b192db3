"""`nodes inbox`: what arrived for one agency, and its files."""

import argparse
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path

from nodes.answers import Arrived
from nodes.cli.common import (
    DONE,
    REFUSED,
    add_hub,
    check_door,
    hub_client,
    print_json,
)
from nodes.cli.inbox_old import add_queue, list_queue
from nodes.cli.saved_files import is_saved, plain_name
from nodes.client import MOST_ITEMS, Client
from nodes.errors import DownloadDamaged


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    add_hub(command, both_doors=True)
    command.add_argument("--after", metavar="CURSOR", help="go on where an earlier page ended")
    command.add_argument(
        "--limit", type=int, default=100, help=f"items of a page, at most {MOST_ITEMS} (%(default)s)"
    )
    command.add_argument(
        "--wait", type=int, default=0, metavar="S", help="wait up to 60 s for something to arrive"
    )
    command.add_argument("--all", action="store_true", help="read to the end")
    command.add_argument("--save", type=Path, metavar="DIR", help="fetch manifests and attachments into DIR")
    add_queue(command)


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    if check_door(arguments, ("statuses", "done")):
        return list_queue(arguments)
    with hub_client(arguments) as client:
        after, wait = arguments.after, arguments.wait
        code = DONE
        while True:
            page = client.inbox(after, limit=arguments.limit, wait_seconds=wait)
            for item in page.items:
                _show(item, as_json=arguments.json)
                if arguments.save is not None and not is_saved(
                    item.document, partial(_save, client, item, arguments.save)
                ):
                    code = REFUSED
            after, wait = page.next, 0
            if not arguments.all or not page.items:
                break
    if arguments.json:
        print_json({"next": after})
    elif after is not None:
        print(f"next: --after {after}")
    return code


def _show(item: Arrived, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(item))
        return
    signed = item.indication or "not signed"
    print(f"{item.id}  {item.number}  {item.sender} → {item.to}  {item.accepted_at}")
    print(f"  {item.subject}")
    print(f"  {signed}, signed by: {item.signed_by}, status: {item.status or 'none yet'}")


def _save(client: Client, item: Arrived, directory: Path) -> None:
    """Fetch a document's parts. File names come from others, so they never choose the directory."""
    folder = directory / plain_name(item.document)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_bytes(client.manifest(item.document))
    for number, attachment in enumerate(item.attachments):
        file = folder / f"{number}-{plain_name(str(attachment['name']))}"
        _fetch(client, item.document, number, attachment["sha256"], file)


def _fetch(client: Client, document: str, number: int, sha256_hex: str, file: Path) -> None:
    """Fetch one attachment. Its file appears only when it is complete and has the signed digest."""
    unfinished = file.with_name(f"{number}.part")
    digest = sha256()
    with client.attachment(document, number) as chunks, unfinished.open("wb") as sink:
        for chunk in chunks:
            digest.update(chunk)
            sink.write(chunk)
    if digest.hexdigest() != sha256_hex:
        raise DownloadDamaged(f"attachment {number} of {document} is not the one its manifest names")
    unfinished.replace(file)
