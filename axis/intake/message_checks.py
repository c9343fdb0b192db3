"""Step 5, for typed messages: the main attachment fits the schema of its kind, where the kind is published.

What a message says is not kept: places of a refusal name members and no values.
"""

from typing import Final

from axis.intake.multipart_body import Received, ReceivedAttachment
from axis.protocol.document_types import message_kind
from axis.protocol.errors import MessageInvalid, Place, shorten
from axis.protocol.manifest import Manifest
from axis.protocol.messages import KINDS, message_faults

MESSAGE_BYTES: Final = 4 * 1024 * 1024
"""The largest message of a published kind: it is read whole, in memory."""
_MOST_PLACES: Final = 20
"""Places that a refusal names: a message of a thousand dossiers may break the same rule a thousand times."""


def is_published_message(manifest: Manifest) -> bool:
    """Tell whether a document is a message of a published kind."""
    return message_kind(manifest.type, [each.media_type for each in manifest.attachments]) in KINDS


def check_message(manifest: Manifest, received: Received) -> None:
    """Check a message of a published kind; other documents pass. It reads the attachment, which may block.

    Raises:
        MessageInvalid: naming the first places that break the schema.

    """
    kind = message_kind(manifest.type, [each.media_type for each in manifest.attachments])
    if kind not in KINDS:
        return
    main = received.attachments[manifest.attachments[0].name]
    part = f"part:attachment[{shorten(main.name)}]"
    if main.size > MESSAGE_BYTES:
        raise MessageInvalid(Place(part, f"{main.size} bytes", f"at most {MESSAGE_BYTES} bytes"))
    faults = message_faults(kind, _content(main))
    if faults:
        raise MessageInvalid(
            *(
                Place(f"{part}{shorten(fault.pointer)}", fault.found, fault.expected)
                for fault in faults[:_MOST_PLACES]
            )
        )


def _content(attachment: ReceivedAttachment) -> bytes:
    with attachment.spool.open() as opened:
        return opened.read()
