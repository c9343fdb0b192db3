"""Hands one document over: reads it at the hub that has it, and sends the same bytes to the other one.

The manifest's bytes, the signatures and the attachments go as they are; large attachments go by a temporary
file. Sending again gets the first answer.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nodes.answers import Json
from nodes.client import Client
from nodes.errors import ProblemError
from nodes.multipart import Attachment
from nodes.retries import RETRIED_STATUSES

IN_MEMORY_BYTES: Final = 1024 * 1024
"""Attachments up to this size are held in memory."""
NOTE_CHARACTERS: Final = 1_900
"""The longest note of a refusal, below the contract's 2,000."""
_FAILED: Final = 500
_NOT_THE_DOCUMENTS: Final = frozenset({401, 404, 405, 406, 415})
"""Refusals that say nothing of the document: the token, or what stands at the address, is wrong."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of a document."""

    document: str
    twin: str | None
    """Its id at the other hub; None where that refused it."""
    deliveries: tuple[tuple[str, str], ...]
    """Deliveries here, each with its twin there."""
    refused: tuple[str, ...]
    """Deliveries here that the other hub did not open."""
    refusal: str | None
    """Why it did not."""


def hand_over(source: Client, target: Client, document: str, hub: str) -> HandedOver:
    """Hand a document over to the hub that is called `hub`, for all recipients that the relay reads here.

    Raises:
        TransportError, ProblemError: when a hub cannot at the moment, or takes the caller for no relay.

    """
    shown = source.document(document)
    here = {each["to"]: str(each["id"]) for each in shown["deliveries"]}
    manifest = source.manifest(document)
    signatures = [source.signature(document, n) for n in range(len(shown["signatures"]))]
    with tempfile.TemporaryDirectory(prefix="relay-") as folder:
        attachments = _attachments(source, document, shown["attachments"], Path(folder))
        try:
            sent = target.send(manifest, signatures, attachments, recipients=tuple(here))
        except ProblemError as error:
            if _is_passing(error):
                raise
            return HandedOver(document, None, (), tuple(here.values()), reason(hub, error))
    there = {each.to: each.id for each in sent.deliveries}
    return HandedOver(
        document,
        sent.id,
        tuple((delivery, there[code]) for code, delivery in here.items() if code in there),
        tuple(delivery for code, delivery in here.items() if code not in there),
        f"{hub}: this document came there earlier, without this recipient",
    )


def reason(hub: str, error: ProblemError) -> str:
    """Say why a hub refused, for whoever waits at the other one."""
    places = "; ".join(
        f"{each.pointer}: found {each.found}, expected {each.expected}" for each in error.errors
    )
    told = f"{hub}: {error.code}: {error.detail}" + (f" ({places})" if places else "")
    return " ".join("".join(each if each.isprintable() else " " for each in told).split())[:NOTE_CHARACTERS]


def _is_passing(error: ProblemError) -> bool:
    """Tell whether the hub may take the same document later."""
    return error.status >= _FAILED or error.status in RETRIED_STATUSES or error.status in _NOT_THE_DOCUMENTS


def _attachments(source: Client, document: str, shown: Sequence[Json], folder: Path) -> list[Attachment]:
    attachments: list[Attachment] = []
    for number, each in enumerate(shown):
        with source.attachment(document, number) as chunks:
            if each["size"] <= IN_MEMORY_BYTES:
                content: bytes | Path = b"".join(chunks)
            else:
                content = folder / str(number)
                with content.open("wb") as file:
                    for chunk in chunks:
                        file.write(chunk)
        attachments.append(Attachment(each["name"], content, each["media_type"]))
    return attachments
