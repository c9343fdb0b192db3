"""Signs and sends what a system's step returns: messages, and documents that people read.

Messages are numbered by the register, `1/TĐ-MC`; a document brings its own number.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from math import ceil

from axis.protocol.document_types import MESSAGE
from axis.protocol.messages import media_type_of
from nodes.client import Client
from nodes.document_writer import Draft, Identity, Office, SignedBy, sign_manifest, write_manifest
from nodes.errors import HubFailed
from nodes.invented_texts import Signer
from nodes.multipart import Attachment
from nodes.systems.system import Outgoing, OutgoingDocument, PlannedSystem


def is_newer(number: int, share: Decimal) -> bool:
    """Tell whether a system's message of this number names agencies by codes of the newer form.

    Of its first messages, as many do as `share` says, rounded up: with 0.5 every second, from the first on.
    """
    return ceil(number * share) > ceil((number - 1) * share)


class Sender:
    """Sends for one system: its office, and the persons who sign for it."""

    def __init__(
        self,
        planned: PlannedSystem,
        office: Office,
        persons: Mapping[str, Identity],
        client: Client,
        newer_codes: Decimal = Decimal(0),
    ) -> None:
        """`persons`: their certificates and keys by their codes; `newer_codes`: see `is_newer`."""
        self._system, self._office, self._identities = planned.system, office, persons
        self._signers = {person.code: person.signer for person in planned.persons}
        self._client = client
        self._newer_codes = newer_codes

    def send(
        self, register: sqlite3.Connection, outgoing: Outgoing | OutgoingDocument, now: datetime
    ) -> None:
        """Sign and send; raises `HubFailed` where the hub's verdict is not what it has to be."""
        if isinstance(outgoing, OutgoingDocument):
            self._send_document(outgoing, now)
        else:
            self._send_message(register, outgoing, now)

    def _send_message(self, register: sqlite3.Connection, message: Outgoing, now: datetime) -> None:
        if message.kind not in self._system.sends:
            raise HubFailed(f"{self._system.name} sends no messages of the kind {message.kind}")
        (last,) = register.execute("SELECT coalesce(max(number), 0) FROM sent_messages").fetchone()
        number = last + 1
        draft = Draft(
            number=f"{number}/TĐ-{self._system.abbreviation}",
            issued_on=now.date().isoformat(),
            type=MESSAGE,
            subject=message.subject,
            recipients=message.recipients,
            has_newer_codes=is_newer(number, self._newer_codes),
        )
        main = Attachment(f"{message.kind}.json", message.content, media_type_of(message.kind))
        signed_by: SignedBy = "person" if message.signer else "organisation"
        self._sign_and_send(draft, [main, *message.papers], signed_by, message.signer, now)
        register.execute(
            "INSERT INTO sent_messages VALUES (?, ?, ?, ?)",
            (number, message.kind, ",".join(message.recipients), message.sha256),
        )

    def _send_document(self, document: OutgoingDocument, now: datetime) -> None:
        draft = Draft(
            number=document.number,
            issued_on=now.date().isoformat(),
            type=document.type,
            subject=document.subject,
            recipients=document.recipients,
        )
        self._sign_and_send(draft, [document.file], "both", document.signer, now)

    def _sign_and_send(
        self, draft: Draft, files: Sequence[Attachment], signed_by: SignedBy, person: str, now: datetime
    ) -> None:
        manifest = write_manifest(self._office.agency.code, draft, files, self._signer(person))
        signatures = sign_manifest(
            manifest,
            signed_by,
            organisation=self._office.organisation,
            person=self._identities.get(person),
            at=now,
        )
        verdict = self._client.send(manifest, signatures, files).verdict
        found, wanted = f"{verdict.indication} by {verdict.signed_by}", f"TOTAL-PASSED by {signed_by}"
        if found != wanted:
            raise HubFailed(f"{draft.number}: found {found}, expected {wanted}")

    def _signer(self, person: str) -> Signer:
        return self._signers[person] if person else self._office.signer
