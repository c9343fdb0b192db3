"""What `nodes send` does over the old protocol: makes edXML of files, or sends a message as it is.

The first file, a PDF, is signed itself, since the old protocol carries no signature over a manifest.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from axis.protocol.edxml import Document, EdxmlInvalid, Status, read
from nodes.cli.common import DONE, UsageError, old_client, print_json, read_file, refuse_options
from nodes.document_writer import Draft, Identity
from nodes.edxml_messages import wrap
from nodes.invented_texts import Signer
from nodes.multipart import Attachment
from signing.certificate_subjects import read_subject

_REST_ALONE = ("manifest", "signature", "receipt")
_NOT_WITH_MESSAGE = ("files", "sender", "to", "number", "subject", "refers_to", "sign_pdf")


def add_message(command: argparse.ArgumentParser) -> None:
    """Add the options that only the old protocol has."""
    command.add_argument(
        "--message", type=Path, metavar="FILE", help="with --door vxp: send this edXML, document or status"
    )


def check(arguments: argparse.Namespace) -> None:
    """Refuse options that cannot go together; raises `UsageError`."""
    refuse_options(arguments, _REST_ALONE, "is not for --door vxp")
    if arguments.message is not None:
        refuse_options(arguments, _NOT_WITH_MESSAGE, "stands in the --message already")


def send_message(arguments: argparse.Namespace) -> int:
    """Send the file of `--message` byte for byte."""
    content = read_file(arguments.message)
    try:
        message = read(content).message
    except EdxmlInvalid as error:
        raise UsageError(f"{arguments.message}: {error}") from error
    sender = message.sender.organ_id
    with old_client(arguments) as client:
        if isinstance(message, Status):
            identity, recipients = client.send_status(content, sender=sender), [message.about.organ_id]
        else:
            recipients = _recipients(message)
            identity = client.send(content, sender=sender, recipients=recipients)
    return _show(arguments, identity, recipients)


def send_document(
    arguments: argparse.Namespace, draft: Draft, attachments: Sequence[Attachment], person: Identity | None
) -> int:
    """Send signed files as edXML. The person who signed is named as the signer."""
    try:
        content = wrap(arguments.sender, draft, attachments, at=datetime.now(UTC), signer=_signer(person))
    except (ValueError, KeyError, EdxmlInvalid) as error:
        raise UsageError(f"this cannot be written as edXML: {error}") from error
    with old_client(arguments) as client:
        identity = client.send(content, sender=arguments.sender, recipients=draft.recipients)
    return _show(arguments, identity, draft.recipients)


def _signer(person: Identity | None) -> Signer | None:
    if person is None:
        return None
    subject = read_subject(person.certificate)
    return Signer(subject.name, subject.title or "")


def _recipients(document: Document) -> list[str]:
    return [party.organ_id for party in document.recipients]


def _show(arguments: argparse.Namespace, identity: str, recipients: Sequence[str]) -> int:
    if arguments.json:
        print_json({"id": identity, "recipients": list(recipients)})
        return DONE
    print(f"taken  {identity}")
    for code in recipients:
        print(f"  → {code}")
    return DONE
