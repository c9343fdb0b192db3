"""The errors of the agencies' side, which become sentences and exit codes.

A verdict is a value (`nodes.answers.Verdict`); a refusal is a `ProblemError` with its `code`. RFC 9457.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


class NodesError(Exception):
    """Anything that stops a node; its text is for people."""


class UnknownAgency(NodesError):
    """A code that is not in the list of agencies."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no agency has the code {code!r}")
        self.code = code


@dataclass(frozen=True, slots=True)
class ScenarioFault:
    """One thing that is wrong in a file: a scenario's, or of assumptions."""

    file: str
    line: int
    """From 1."""
    key: str
    """`agency[2].share`, positions from 1."""
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: found {self.found}, expected {self.expected}"


class FileInvalid(NodesError):
    """A file of settings that cannot be read or does not fit; the text names every place."""

    faults: tuple[ScenarioFault, ...] = ()

    @classmethod
    def of(cls, faults: Sequence[ScenarioFault]) -> Self:
        """Make one error of everything that is wrong in a file, in order of its lines."""
        ordered = sorted(faults, key=lambda fault: fault.line)
        error = cls("\n".join(str(fault) for fault in ordered))
        error.faults = tuple(ordered)
        return error


class ScenarioInvalid(FileInvalid):
    """A scenario that cannot be read or cannot come out."""


class AssumptionsInvalid(FileInvalid):
    """A file of assumptions of savings that cannot be used."""


class NothingCounted(NodesError):
    """A hub has no documents in the period that is asked for."""


class FaultUnavailable(NodesError):
    """A fault was asked of a hub that cannot have it; the text names what it needs."""


class HubNotEmpty(NodesError):
    """A hub holds other traffic of the period already; the text tells whose, how much, and what helps."""


class PartEnded(NodesError):
    """Another part of a run ended, or did not come; the text names it."""


class RecordUnreadable(NodesError):
    """A record of a run that cannot be read or replayed; the text names the line."""


class HubFailed(NodesError):
    """A hub process of our own that did not start, or ended before it should."""


class DownloadDamaged(NodesError):
    """A downloaded file has not the digest of the manifest."""


class TransportError(NodesError):
    """There was no usable answer: the hub was not reached, closed the connection, or sent something else."""


class NotStamped(NodesError):
    """A time-stamping authority answered, and gave no time-stamp that can be used."""


class MessageUnreadable(NodesError):
    """A received edXML message cannot be read; the text names the line."""


class OldRefusal(NodesError):
    """The hub answered FAIL over the old protocol."""

    def __init__(self, operation: str, code: str, description: str) -> None:
        super().__init__(f"{operation}: {code}: {description}")
        self.operation = operation
        self.code = code
        """The protocol's error code: `18` for an unknown recipient."""
        self.description = description


@dataclass(frozen=True, slots=True)
class ErrorPlace:
    """One fault: its place, what was found and what was expected."""

    pointer: str
    found: str | None
    expected: str | None


class ProblemError(NodesError):
    """The hub answered with a problem (RFC 9457)."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str,
        errors: tuple[ErrorPlace, ...] = (),
        request_id: str | None = None,
        retry_after_seconds: float | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        places = "; ".join(
            f"{place.pointer}: found {place.found}, expected {place.expected}" for place in errors
        )
        super().__init__(f"{status} {code}: {detail}" + (f" ({places})" if places else ""))
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds
        self.body = dict(body or {})
        """The whole problem as it came: a refusal by policy holds its `verdict` here."""
