"""The codes of refusal, each as a small exception class.

Statuses and words of HTTP are in `axis.problems`. The codes are those of docs/contract.md#codes-of-refusal.
"""

from dataclasses import dataclass
from inspect import cleandoc
from typing import ClassVar

FOUND_CHARACTERS = 80
"""The most characters of what was found: enough to recognise it, too few to repeat a whole payload."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is broken.

    `pointer` is a JSON pointer into the manifest or body (`/to/1`), or names a part, query member or header:
    `part:attachment[name]`, `query:limit`, `header:Authorization`, `path:code`.
    """

    pointer: str
    found: str | None = None
    expected: str | None = None


def shorten(text: str, characters: int = FOUND_CHARACTERS) -> str:
    """`text` cut to at most `characters`, with an ellipsis as the last one where something was cut."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


class AxisError(Exception):
    """A refusal with a code, the places it concerns, and parameters for its message.

    The first paragraph of a subclass's docstring is its default message in English; a second one names the
    parameters that its message, its answer or its headers may use.
    """

    code: ClassVar[str]

    def __init__(self, *places: Place, **params: object) -> None:
        super().__init__(*places)
        self.places: tuple[Place, ...] = places
        self.params: dict[str, object] = params

    @classmethod
    def message(cls) -> str:
        """Return the default message in English: the first paragraph of the docstring, on one line."""
        return " ".join(cleandoc(cls.__doc__ or "").partition("\n\n")[0].split())

    def __str__(self) -> str:
        places = "; ".join(
            f"{place.pointer}: found {place.found}, expected {place.expected}" for place in self.places
        )
        return f"{self.code}: {self.message()}" + (f" ({places})" if places else "")


# 400: cannot be read


class MalformedRequest(AxisError):
    """The request cannot be read as HTTP, multipart or NDJSON of the shape this route takes."""

    code = "malformed-request"


class MalformedJson(AxisError):
    """The JSON cannot be read: it breaks RFC 8259 or one of the axis's limits on what JSON may hold."""

    code = "malformed-json"


class ManifestMissing(AxisError):
    """The request has no part named manifest."""

    code = "manifest-missing"


# 401, 403: who is calling, and may they


class NotAuthenticated(AxisError):
    """The request carries no valid token.

    It is missing, unknown, revoked or expired; which one is not told.
    """

    code = "not-authenticated"


class NotPermitted(AxisError):
    """The caller's role does not allow this.

    `role`: the caller's role. `needed`: the roles that may.
    """

    code = "not-permitted"


class FormStale(AxisError):
    """The form of a page was made for another session: an earlier one, or somebody else's."""

    code = "form-stale"


class NotYourAgency(AxisError):
    """The caller may not speak for this agency.

    `agency`: the code it tried to speak for.
    """

    code = "not-your-agency"


class SignatureRejected(AxisError):
    """A signature of the document failed verification, and this hub's policy refuses such documents.

    `verdict`: the verdict, shown in the answer. `sub_indication`: why it failed.
    """

    code = "signature-rejected"


class UnsignedRejected(AxisError):
    """The document is not signed, and this hub's policy refuses unsigned documents.

    `verdict`: the verdict, shown in the answer.
    """

    code = "unsigned-rejected"


class IndeterminateRejected(AxisError):
    """The signatures could be neither confirmed nor refuted, and this hub's policy refuses such documents.

    `verdict`: the verdict, shown in the answer. `sub_indication`: what was missing.
    """

    code = "indeterminate-rejected"


# 404, 405, 406, 415: the request as such


class NotFound(AxisError):
    """There is nothing here, or nothing that the caller may see."""

    code = "not-found"


class MethodNotAllowed(AxisError):
    """The method is not one that this address takes.

    `method`: the method used. `allow`: the methods it takes, for the Allow header.
    """

    code = "method-not-allowed"


class NotAcceptable(AxisError):
    """The answer exists in none of the media types the request accepts.

    `available`: the media types there are.
    """

    code = "not-acceptable"


class UnsupportedMediaType(AxisError):
    """The body is of a media type this address does not take.

    `expected`: the media type it takes.
    """

    code = "unsupported-media-type"


# 409: conflicts with what stands


class NumberTaken(AxisError):
    """The sender already used this number in this year for a document with other content.

    `document`: the id of that document, shown in the answer. `number`, `year`: the number and year.
    """

    code = "number-taken"


class StatusNotAllowed(AxisError):
    """The status may not follow the delivery's current one.

    `status`: the code sent. `current`, `allowed`: the current code and those that may follow, both shown
    in the answer.
    """

    code = "status-not-allowed"


class JobEnded(AxisError):
    """The job has ended, so that there is nothing left to cancel.

    `job`: its id. `state`: how it ended; both shown in the answer.
    """

    code = "job-ended"


class CertificateRequestDecided(AxisError):
    """The certificate request was decided before.

    `request`: its id. `state`: what was decided, `issued` or `refused`; both shown in the answer.
    """

    code = "certificate-request-decided"


# 413: past a limit


class TooManyRows(AxisError):
    """What was asked for has more rows than the format takes; nothing was cut.

    `format`: the format. `limit`: how many rows it takes. `fitting`: formats that take them all. All shown.
    """

    code = "too-many-rows"


class TooLarge(AxisError):
    """The request, or a part of it, is larger than the hub takes.

    `limit`: the limit in bytes.
    """

    code = "too-large"


class TooManyParts(AxisError):
    """The request has more parts or lines than the hub takes.

    `limit`: the limit.
    """

    code = "too-many-parts"


class TooManySignatures(AxisError):
    """The request has more signatures than the hub takes.

    `limit`: the limit.
    """

    code = "too-many-signatures"


# 422: read, and breaks a rule


class ManifestInvalid(AxisError):
    """The manifest was read and breaks rules; each is named with its place."""

    code = "manifest-invalid"


class AttachmentMissing(AxisError):
    """The manifest declares attachments that the request does not carry."""

    code = "attachment-missing"


class AttachmentUndeclared(AxisError):
    """The request carries attachments that the manifest does not declare."""

    code = "attachment-undeclared"


class DigestMismatch(AxisError):
    """An attachment's SHA-256 is not the one that its manifest, or the address of an upload, declares."""

    code = "digest-mismatch"


class SizeMismatch(AxisError):
    """An attachment's size is not the one the manifest declares."""

    code = "size-mismatch"


class MessageInvalid(AxisError):
    """A typed message breaks the schema of its kind; each place is named."""

    code = "message-invalid"


class UnknownRecipient(AxisError):
    """A recipient is not in the directory."""

    code = "unknown-recipient"


class RecipientLocked(AxisError):
    """A recipient is locked and takes no documents."""

    code = "recipient-locked"


class ReferenceUnknown(AxisError):
    """A recall, update, replacement or status names a document that is not there for who gives it."""

    code = "reference-unknown"


class CertificateRequestInvalid(AxisError):
    """No certificate can be issued for what was sent as a certificate request (PKCS #10)."""

    code = "certificate-request-invalid"


class QueryInvalid(AxisError):
    """A member of the query or of the path breaks a rule, or is unknown."""

    code = "query-invalid"


class StatusInvalid(AxisError):
    """The status breaks a rule: its code is unknown, or its note is missing, too long or unreadable."""

    code = "status-invalid"


class ExportInvalid(AxisError):
    """The export breaks a rule: what, format or filter are unknown, or do not go together."""

    code = "export-invalid"


# 429, 503, 500


class TooManyRequests(AxisError):
    """The caller sends more requests than the hub takes from one caller.

    `retry_after_seconds`: when to come again, for the Retry-After header.
    """

    code = "too-many-requests"


class Overloaded(AxisError):
    """The hub has more work than it can take on just now; nothing of this request was kept.

    `retry_after_seconds`: when to come again, for the Retry-After header.
    """

    code = "overloaded"


class InternalError(AxisError):
    """The hub met a fault of its own."""

    code = "internal-error"


ALL: tuple[type[AxisError], ...] = tuple(AxisError.__subclasses__())
"""Every class above, in the contract's order."""
