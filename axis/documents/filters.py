"""Reads the filters of the lists of documents and refusals from a request's query.

An unknown or invalid filter is refused with `query-invalid`. The SQL is in `axis.documents.queries`.
"""

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic.json_schema import SkipJsonSchema, WithJsonSchema
from pydantic_core import PydanticCustomError

from axis.documents.deadlines import Deadline
from axis.documents.text_search import Phrases, phrases
from axis.protocol.agency_codes import CODE_PATTERN, CodeUnreadable, canonical
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.errors import ALL
from axis.protocol.manifest import Action, Priority, number_key
from axis.protocol.request_ids import REQUEST_ID_PATTERN
from axis.protocol.statuses import NAMES
from axis.table_http import DESCRIPTION as TABLE_DESCRIPTION
from axis.table_http import FormatName

LIMIT_DEFAULT, LIMIT_MOST = 100, 1_000
NONE = "none"
"""The word of a query for an absent value: nothing signed, no status given."""

Absent = SkipJsonSchema[None]
"""A filter that may be absent: a query leaves it out, since it cannot write null."""


def _agency(text: str) -> str:
    try:
        return canonical(text)
    except CodeUnreadable:
        raise PydanticCustomError("agency_code", "an agency code, as 000.00.00.H24 or H24") from None


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text).isoformat()
    except ValueError:
        day = ""
    if day != text:  # there are other forms of ISO 8601, such as 20190603
        raise PydanticCustomError("day", "a day, as 2019-06-03")
    return day


def _one_of(*choices: str) -> AfterValidator:
    def check(text: str) -> str:
        if text not in choices:
            raise PydanticCustomError("choice", "one of {choices}", {"choices": ", ".join(choices)})
        return text

    return AfterValidator(check)


def _choice(*choices: str) -> dict[str, JsonValue]:
    return {"enum": list(choices)}


AgencyFilter = Annotated[
    str, AfterValidator(_agency), WithJsonSchema({"type": "string", "pattern": CODE_PATTERN})
]
DayFilter = Annotated[str, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
_LINE = r"^[^\x00-\x1f\x7f-\x9f]+$"  # as in `axis.protocol.refused_characters.has_control`
NumberFilter = Annotated[str, StringConstraints(pattern=_LINE, max_length=100)]
LineFilter = Annotated[str, StringConstraints(pattern=_LINE, max_length=1_000)]
IndicationFilter = Literal["TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE", "none"]
SignedByFilter = Literal["both", "organisation", "person", "none"]
SignatureKindFilter = Literal["organisation", "person", "none"]
SubIndicationFilter = Annotated[str, StringConstraints(pattern=r"^([A-Z_]{1,40}|none)$")]
AlgorithmFilter = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,64}$")]
_TYPES = tuple(DOCUMENT_TYPES)
_STATUSES = (*NAMES, NONE)
YesNo = Literal["true", "false"]
_CODES = tuple(kind.code for kind in ALL)
_PRIORITIES = get_args(Priority)
LevelFilter = Annotated[int, Field(ge=1, le=4)]


class PageQuery(BaseModel):
    """A page of a list: at most `limit` items after the cursor `after`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$")] | Absent = Field(
        None, description="The `next` of the page before; nothing for the first page."
    )
    limit: int = Field(LIMIT_DEFAULT, ge=1, le=LIMIT_MOST, description="Items in a page, at most.")
    format: FormatName | Absent = Field(None, description=TABLE_DESCRIPTION)

    @property
    def after_position(self) -> int:
        """The position the page lies above."""
        return -1 if self.after is None else int(self.after)

    def next_page(self, after: str | None) -> Self:
        """Return the same query, for a page as large as can be after a cursor."""
        return self.model_copy(update={"after": after, "limit": LIMIT_MOST})


class _Days(PageQuery):
    """A page, and days of Viet Nam's calendar, both inclusive."""

    from_: DayFilter | Absent = Field(None, alias="from", description="First day, Viet Nam's, inclusive.")
    to: DayFilter | Absent = Field(None, description="Last day, Viet Nam's, inclusive.")

    @field_validator("to")
    @classmethod
    def _is_not_before(cls, to: str | None, info: ValidationInfo) -> str | None:
        first = info.data.get("from_")
        if first is not None and to is not None and to < first:
            raise PydanticCustomError("days", "a day not before {first}", {"first": first})
        return to


class DocumentQuery(_Days):
    """Which documents are listed: those that pass all filters."""

    sender: AgencyFilter | Absent = Field(
        None, description="Agency that sent it, in either form of its code."
    )
    recipient: AgencyFilter | Absent = Field(None, description="One of the agencies it was sent to.")
    type: Annotated[str, _one_of(*_TYPES)] | Absent = Field(
        None, description="Kind of document.", json_schema_extra=_choice(*_TYPES)
    )
    action: Action | Absent = Field(None, description="What the document does.")
    priority: Annotated[str, _one_of(*_PRIORITIES)] | Absent = Field(
        None, description="How urgent its sender says it is.", json_schema_extra=_choice(*_PRIORITIES)
    )
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,31}$")] | Absent = Field(
        None, description="Of a message: what it is about, as the media type of its main attachment says."
    )
    sender_level: LevelFilter | Absent = Field(None, description="Level of the sender in the directory.")
    recipient_level: LevelFilter | Absent = Field(None, description="Level of one of the recipients.")
    number: NumberFilter | Absent = Field(None, description="Its whole number, as `123/UBND-VX`.")
    indication: IndicationFilter | Absent = Field(
        None, description="The newest verdict's indication; `none` where nothing was signed."
    )
    sub_indication: SubIndicationFilter | Absent = Field(
        None, description="Its sub-indication, as `REVOKED`; `none` where it has none."
    )
    signed_by: SignedByFilter | Absent = Field(None, description="Whose signatures passed.")
    signed: YesNo | Absent = Field(
        None, description="Whether it counts as signed: a signature of the sending organisation passed."
    )
    counted: YesNo | Absent = Field(
        None,
        description="`true`: only what `statistics/signatures` and `/exchange` count, so no recalls, and "
        "messages only with `type=thong-diep`; `false`: only what they leave out.",
    )
    side: Literal["sent", "received"] | Absent = Field(
        None,
        description="Only what your agencies sent, or only what they received. An auditor sees all as both.",
    )
    signature_kind: SignatureKindFilter | Absent = Field(
        None, description="Whose certificate one of its signatures has; `none` where nothing says so."
    )
    algorithm: AlgorithmFilter | Absent = Field(
        None,
        description="Algorithm of one of its signatures, as its verdict names it; `none` where it could not "
        "be read.",
    )
    issuer: LineFilter | Absent = Field(
        None,
        description="Issuer of the certificate of one of its signatures, as its verdict names it; `none` "
        "where there is no certificate or it names none.",
    )
    certificate: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", to_lower=True)] | Absent = (
        Field(None, description="SHA-256 of the certificate of one of its signatures.")
    )
    status: Annotated[str, _one_of(*_STATUSES)] | Absent = Field(
        None,
        description="Newest status of one of its deliveries that you may see; `none` before the first.",
        json_schema_extra=_choice(*_STATUSES),
    )
    deadline: Deadline | Absent = Field(
        None,
        description="`late` or `in_time`: sent so, as `statistics/deadlines` counts it; `overdue` "
        "or `open`: one of its deliveries waits for an answer, past its time or not yet.",
    )
    text: Annotated[str, StringConstraints(min_length=1, max_length=200)] | Absent = Field(
        None,
        description="Whole words of number and subject, whatever their marks and case: all of them, those "
        'in quotation marks (`"đề án"`) or joined by signs (`123/UBND`) next to each other.',
    )

    @property
    def number_key(self) -> str | None:
        """The number in the form in which numbers are compared."""
        return None if self.number is None else number_key(self.number)

    @property
    def sent_deadline(self) -> Literal["late", "in_time"] | None:
        """Whether the document is to be one sent late, or in time."""
        return self.deadline if self.deadline in {"late", "in_time"} else None

    @property
    def unanswered(self) -> Literal["overdue", "open"] | None:
        """Whether one of its deliveries is to be unanswered, past its time or not yet."""
        return self.deadline if self.deadline in {"overdue", "open"} else None

    @property
    def phrases(self) -> Phrases:
        """The phrases that the text looks for."""
        return () if self.text is None else phrases(self.text)

    @property
    def finds_nothing(self) -> bool:
        """Whether there is a text without words, which is in no document."""
        return self.text is not None and not self.phrases


class VerdictQuery(BaseModel):
    """How the verdicts on a document are answered: all of them, as JSON or as a table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: FormatName | Absent = Field(
        None, description="`csv` or `xlsx`: a table. `Accept` asks for the same."
    )


class RefusalQuery(_Days):
    """Which refusals are listed: those that pass all filters."""

    sender: AgencyFilter | Absent = Field(None, description="Agency whose document was refused.")
    code: Annotated[str, _one_of(*_CODES)] | Absent = Field(
        None, description="Code of the problem.", json_schema_extra=_choice(*_CODES)
    )
    number: NumberFilter | Absent = Field(None, description="The number it would have taken.")
    request_id: Annotated[str, StringConstraints(pattern=REQUEST_ID_PATTERN)] | Absent = Field(
        None, description="What its answer and the hub's log call the request."
    )

    @property
    def number_key(self) -> str | None:
        """The number in the form in which numbers are compared."""
        return None if self.number is None else number_key(self.number)
