"""Lets a command keep its exit status when the reader of its output goes away, as in `axis fsck | head`."""

import io
import sys
from typing import Any


class _Outlasting(io.FileIO):
    """Accepts all that is written, and drops it once nobody reads any more."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return len(memoryview(data))


def outlast_reader() -> None:
    """Let this process's standard output lose its reader; calling it again changes nothing."""
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
