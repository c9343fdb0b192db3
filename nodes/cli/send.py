"""`nodes send`: sends one document, with a manifest made from the options or read from a file.

Over the old door it sends a message in place of a manifest.
"""

import argparse
import json
import mimetypes
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from axis.protocol.working_calendar import VIET_NAM
from nodes.answers import Sent
from nodes.cli.common import (
    DONE,
    UsageError,
    add_hub,
    check_door,
    code,
    hub_client,
    print_json,
    read_file,
)
from nodes.cli.send_old import add_message, check, send_document, send_message
from nodes.cli.signer_options import add_signers, identity
from nodes.document_writer import Draft, Identity, Reference, SignedBy, sign_manifest, write_manifest
from nodes.multipart import Attachment
from nodes.pdf_signing import sign_attachment
from nodes.timestamping import stamp_by
from signing.errors import SigningError


def register(command: argparse.ArgumentParser) -> None:
    """Describe the sub-command."""
    command.set_defaults(run=run)
    add_hub(command, both_doors=True)
    command.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="attachments, the main one first"
    )
    command.add_argument(
        "--manifest", type=Path, metavar="FILE", help="send this manifest instead of writing one"
    )
    command.add_argument(
        "--signature",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="with --manifest: a detached signature over it, made elsewhere",
    )
    command.add_argument("--from", dest="sender", type=code, metavar="CODE", help="the sending agency")
    command.add_argument(
        "--to", type=code, action="append", default=[], metavar="CODE", help="a recipient; repeatable"
    )
    command.add_argument("--number", help="the document's number, 123/UBND-VX")
    command.add_argument("--subject", help="what it is about")
    command.add_argument("--type", default="cong-van", help="slug of its kind (%(default)s)")
    command.add_argument("--action", default="new", choices=["new", "recall", "update", "replace"])
    command.add_argument(
        "--refers-to",
        action="append",
        default=[],
        metavar="NUMBER@DAY",
        help="a document of the sender it concerns, 120/UBND-VX@2019-06-03; repeatable",
    )
    command.add_argument("--priority", default="normal")
    command.add_argument("--issued-on", metavar="DAY", help="its date, 2019-06-03 (today)")
    add_signers(command)
    command.add_argument(
        "--sign-pdf",
        action="store_true",
        help="sign the first file, a PDF, in itself with visible marks, and not the manifest",
    )
    command.add_argument(
        "--tsa",
        metavar="URL",
        help="with --sign-pdf: have its signatures stamped by this authority; a hub's own is URL/v1/tsa",
    )
    command.add_argument("--receipt", type=Path, metavar="FILE", help="write the receipt there")
    add_message(command)


def run(arguments: argparse.Namespace) -> int:
    """Run the sub-command and return its exit code."""
    if check_door(arguments, ("message",)):
        return _run_old(arguments)
    attachments = [_attachment(file) for file in arguments.files]
    signers = _signers(arguments)
    if arguments.tsa is not None and not arguments.sign_pdf:
        raise UsageError("--tsa stamps the signatures that --sign-pdf makes")
    if arguments.sign_pdf:
        attachments[:1] = [_signed_pdf(arguments, attachments, signers)]
    manifest = read_file(arguments.manifest) if arguments.manifest else _manifest(arguments, attachments)
    signatures = [read_file(file) for file in arguments.signature]
    if not arguments.sign_pdf:
        signatures += signers.sign(manifest)
    with hub_client(arguments) as client:
        sent = client.send(manifest, signatures, attachments)
    if arguments.receipt is not None:
        arguments.receipt.write_text(sent.receipt, encoding="utf-8")
    _show(sent, as_json=arguments.json)
    return DONE


def _run_old(arguments: argparse.Namespace) -> int:
    check(arguments)
    if arguments.message is not None:
        return send_message(arguments)
    attachments = [_attachment(file) for file in arguments.files]
    signers = _signers(arguments)
    draft = _draft(arguments)
    if arguments.sign_pdf or arguments.tsa is not None or signers != _Signers(None, None):
        attachments[:1] = [_signed_pdf(arguments, attachments, signers)]
    return send_document(arguments, draft, attachments, signers.person)


@dataclass(frozen=True, slots=True)
class _Signers:
    """Who signs, as far as certificates and keys were given."""

    person: Identity | None
    organisation: Identity | None

    def sign(self, manifest: bytes) -> tuple[bytes, ...]:
        """Sign the manifest: nobody, the person, the organisation, or one after the other."""
        signed_by: dict[tuple[bool, bool], SignedBy] = {
            (False, False): "none",
            (True, False): "person",
            (False, True): "organisation",
            (True, True): "both",
        }
        chosen = signed_by[self.person is not None, self.organisation is not None]
        return sign_manifest(
            manifest, chosen, organisation=self.organisation, person=self.person, at=datetime.now(UTC)
        )


def _signed_pdf(
    arguments: argparse.Namespace, attachments: list[Attachment], signers: _Signers
) -> Attachment:
    if arguments.manifest is not None or not attachments or signers == _Signers(None, None):
        raise UsageError(
            "--sign-pdf signs the first file of a manifest written here, with a certificate and key"
        )
    try:
        return sign_attachment(
            attachments[0],
            person=signers.person,
            organisation=signers.organisation,
            at=datetime.now(UTC),
            stamp=None if arguments.tsa is None else stamp_by(arguments.tsa),
        )
    except SigningError as error:
        raise UsageError(f"{arguments.files[0]}: {error}") from error


def _manifest(arguments: argparse.Namespace, attachments: list[Attachment]) -> bytes:
    return write_manifest(arguments.sender, _draft(arguments), attachments)


def _draft(arguments: argparse.Namespace) -> Draft:
    needed = {
        "--from": arguments.sender,
        "--to": arguments.to,
        "--number": arguments.number,
        "--subject": arguments.subject,
    }
    missing = [option for option, value in needed.items() if not value]
    if missing:
        raise UsageError(f"{', '.join(missing)} needed, or a --manifest")
    return Draft(
        number=arguments.number,
        issued_on=arguments.issued_on or datetime.now(VIET_NAM).date().isoformat(),
        type=arguments.type,
        subject=arguments.subject,
        recipients=tuple(arguments.to),
        action=arguments.action,
        priority=arguments.priority,
        refers_to=tuple(_reference(arguments.sender, text) for text in arguments.refers_to),
    )


def _signers(arguments: argparse.Namespace) -> _Signers:
    return _Signers(identity(arguments, "person"), identity(arguments, "organisation"))


def _attachment(file: Path) -> Attachment:
    if not file.is_file():
        raise UsageError(f"{file}: no such file")
    guessed, _ = mimetypes.guess_type(file.name)
    return Attachment(file.name, file, guessed or "application/octet-stream")


def _reference(sender: str, text: str) -> Reference:
    number, _, day = text.rpartition("@")
    if not number:
        raise UsageError(f"--refers-to {text}: write NUMBER@DAY, 120/UBND-VX@2019-06-03")
    return Reference(sender, number, day)


def _show(sent: Sent, *, as_json: bool) -> None:
    if as_json:
        value = asdict(sent)
        value["verdict"] = dict(sent.verdict.body)
        print_json(json.loads(json.dumps(value)))
        return
    print(f"{'known already' if sent.repeated else 'accepted'}  {sent.id}  {sent.accepted_at}")
    print(f"  {sent.verdict.indication or 'not signed'}, signed by: {sent.verdict.signed_by}")
    print(f"  {sent.verdict.sentence}")
    for delivery in sent.deliveries:
        print(f"  {delivery.id} → {delivery.to}")
