"""Standard output that outlasts its reader, so that `axis fsck | head` ends with the status that it promised.

It prints nothing itself.
"""

import io
import sys
from typing import Any


class _Outlasting(io.FileIO):
    """Takes what is written for ever; what nobody reads any more is let go of."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(memoryview(data))


def outlast_reader() -> None:
    """Put such an output in the place of this process's own; one that was replaced before is left alone."""
    own = sys.__stdout__
    if own is None or sys.stdout is not own:
        return
    own.flush()
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Outlasting(own.fileno(), "wb", closefd=False)),
        encoding=own.encoding,
        errors=own.errors,
        line_buffering=own.line_buffering,
    )
