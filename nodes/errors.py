"""What can go wrong on the agencies' side: typed errors that become sentences and exit codes.

They never wrap what the hub decided about a signature: a verdict is a value (`results.Verdict`), and a
refusal by policy is a `ProblemError` with its `code`. Problem details follow RFC 9457.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NodesError(Exception):
    """Anything that stops a node; its text is for people."""


class UnknownAgency(NodesError):
    """A code that is not in the list of agencies."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no agency has the code {code!r}")
        self.code = code


class ScenarioInvalid(NodesError):
    """A scenario file that cannot be read or contradicts itself; the text names the place."""


class HubFailed(NodesError):
    """A hub process of our own that did not start, or ended before it should."""


class DownloadDamaged(NodesError):
    """A file came, but is not the one the manifest's digest names."""


class TransportError(NodesError):
    """No usable answer came: the hub could not be reached, hung up, or spoke something else."""


class NotStamped(NodesError):
    """A time-stamping authority answered, and gave no time-stamp that can be used."""


class MessageUnreadable(NodesError):
    """An edXML message came that cannot be read; the text names the line."""


class OldRefusal(NodesError):
    """The hub answered over the old protocol, and said FAIL."""

    def __init__(self, operation: str, code: str, description: str) -> None:
        super().__init__(f"{operation}: {code}: {description}")
        self.operation = operation
        self.code = code
        """The protocol's error code: `18` for an unknown recipient."""
        self.description = description


@dataclass(frozen=True, slots=True)
class ErrorPlace:
    """One thing that was wrong: where it stood, what was found there and what was expected."""

    pointer: str
    found: str | None
    expected: str | None


class ProblemError(NodesError):
    """The hub answered with a problem (RFC 9457): it understood, and said no."""

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
