"""Refusals of messages: recorded for their sender, and the error code of each fault of edXML."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from axis.intake.context import IntakeContext
from axis.intake.procedure import Refused as RefusedMessage
from axis.intake.procedure import refuse
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.edxml import AttachmentInvalid, EdxmlInvalid, EdxmlWarning
from axis.protocol.errors import AxisError, ManifestInvalid, Place
from axis.protocol.manifest import Manifest
from axis.vxp.replies import Code, Refused

USUAL: Final = frozenset({"attachment-zipped"})
"""Warnings about what the real client does to most files."""
_NO_FILE: Final = frozenset({"too-large", "too-many-attachments", "content-too-large", "attachment-missing"})
"""Faults that leave no file, or too large a one, to look into."""
RECORDED: Final = "refusal"
"""The parameter of a refusal that intake has recorded."""


@dataclass(slots=True)
class Incoming:
    """A message under way.

    `sender` is at first the system's own agency; then the one that the header names, once the system may
    speak for it; then the message's sender as determined.
    """

    sender: AgencyCode
    sha256: str
    request_id: str | None = None
    manifest: Manifest | None = None
    warnings: list[str] = field(default_factory=list)
    usual: list[str] = field(default_factory=list)
    """Warnings about what every client does: kept with the document, and not in the reply."""


async def refused(
    intake: IntakeContext, incoming: Incoming, error: AxisError | EdxmlInvalid
) -> AxisError | Refused:
    """Record a refusal, unless that has been done, and return the error to raise for the reply."""
    known = as_error(error) if isinstance(error, EdxmlInvalid) else error
    if RECORDED not in known.params:
        await refuse(
            intake,
            known,
            RefusedMessage(incoming.sender, incoming.sha256, incoming.request_id, incoming.manifest),
        )
    if isinstance(error, EdxmlInvalid):
        return Refused(code_of(error), f"The message was refused, {error.code}: {error}.")
    return known


def as_error(fault: EdxmlInvalid) -> ManifestInvalid:
    """Return the refusal that a message's sender sees over REST for a fault."""
    pointer = f"edxml:{fault.line or 1}/{fault.element}"
    return ManifestInvalid(Place(pointer, fault.found, fault.expected))


def code_of(fault: EdxmlInvalid) -> Code:
    """Return the old protocol's code for a fault of a message or of one of its files."""
    if fault.code in _NO_FILE:
        return Code.INVALID_FILE
    return Code.FILE_PROCESSING if isinstance(fault, AttachmentInvalid) else Code.EDXML_INVALID


def sentences(warnings: Iterable[EdxmlWarning]) -> list[str]:
    """Return warnings as sentences, for the sender and for the document."""
    return [
        f"line {warning.line}, {warning.element or 'the message'}: {warning.code}, found {warning.found}"
        for warning in warnings
    ]


def success(warnings: Iterable[str]) -> str:
    """Return the description of a successful reply, with the warnings."""
    told = "; ".join(warnings)
    return f"Success. Warnings: {told}" if told else "Success"
