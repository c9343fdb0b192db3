"""Checks the file names of attachments. Names are signed, so they are refused and not changed."""

from axis.protocol.refused_characters import has_control, has_invisible

MAX_BYTES = 255
"""The longest name common file systems store, in bytes of UTF-8."""


def name_fault(name: str, max_bytes: int = MAX_BYTES) -> str | None:
    """Return what was expected of a file name (in NFC) that breaks a rule; None for a good one."""
    if not name.strip() or name in {".", ".."}:
        return "a file name that is not blank, . or .."
    if "/" in name or "\\" in name:
        return "a file name without a path: no / and no \\"
    if has_control(name):
        return "a file name without control characters"
    if has_invisible(name):
        return "a file name without invisible characters or marks that turn the direction of writing"
    if len(name.encode()) > max_bytes:
        return f"a file name of at most {max_bytes} bytes in UTF-8"
    return None
