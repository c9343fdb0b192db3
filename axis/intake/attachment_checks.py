"""Step 5: the attachments received are exactly those the manifest declares."""

from axis.intake.multipart_body import Received
from axis.protocol.errors import (
    AttachmentMissing,
    AttachmentUndeclared,
    AxisError,
    DigestMismatch,
    Place,
    SizeMismatch,
    shorten,
)
from axis.protocol.manifest import Manifest

_KINDS: tuple[type[AxisError], ...] = (AttachmentMissing, AttachmentUndeclared, SizeMismatch, DigestMismatch)
"""The kinds of fault in their order. The first one found names the refusal, since it explains the later
ones."""


def check_attachments(manifest: Manifest, received: Received) -> None:
    """Compare each attachment with its declaration, and name every difference.

    Raises:
        AttachmentMissing, AttachmentUndeclared, SizeMismatch, DigestMismatch: the first kind found; it has
        the places of all kinds.

    """
    declared_names = {declared.name for declared in manifest.attachments}
    received.name_as_declared(declared_names)
    faults: list[tuple[type[AxisError], Place]] = []
    for index, declared in enumerate(manifest.attachments):
        pointer = f"/attachments/{index}"
        found = received.attachments.get(declared.name)
        if found is None:
            expected = f"an attachment part with the file name {shorten(declared.name)}"
            faults.append((AttachmentMissing, Place(pointer, "no such part", expected)))
            continue
        if found.size != declared.size:
            place = Place(f"{pointer}/size", f"{found.size} bytes received", f"{declared.size} as declared")
            faults.append((SizeMismatch, place))
        if found.sha256 != declared.sha256:
            place = Place(f"{pointer}/sha256", f"{found.sha256} received", f"{declared.sha256} as declared")
            faults.append((DigestMismatch, place))
    for name in received.attachments:
        if name not in declared_names:
            place = Place(f"part:attachment[{shorten(name)}]", shorten(name), "a name the manifest declares")
            faults.append((AttachmentUndeclared, place))
    if faults:
        kind = next(kind for kind in _KINDS if any(fault[0] is kind for fault in faults))
        raise kind(*(place for _, place in faults))
