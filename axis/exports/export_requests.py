"""Reads the request of an export: what, in which format, by which filter.

The filter has the members of the list's own query, without cursor and page. Faults are named at once.
"""

from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from axis.deliveries.filters import DeliveryQuery
from axis.documents.filters import Absent, DayFilter, DocumentQuery, RefusalQuery
from axis.exports.columns import WHATS, What
from axis.exports.file_writers import Format
from axis.protocol.errors import ExportInvalid, Place, shorten

FORMATS: Final[tuple[Format, ...]] = ("csv", "xlsx", "ndjson", "parquet")
"""Of rows; evidence has `zip` alone."""


class EntryQuery(BaseModel):
    """Which entries of the ledger are exported: those of these days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_: DayFilter | Absent = Field(None, alias="from")
    to: DayFilter | Absent = None


Query: TypeAlias = DocumentQuery | RefusalQuery | EntryQuery

BODY_SCHEMA: Final[dict[str, Any]] = {
    "title": "Export",
    "type": "object",
    "additionalProperties": False,
    "required": ["what", "format"],
    "properties": {
        "what": {"type": "string", "enum": list(WHATS)},
        "format": {"type": "string", "enum": [*FORMATS, "zip"], "description": "Of evidence `zip` alone."},
        "filter": {
            "type": "object",
            "description": "Members of the list's own query, without `after` and `limit`.",
        },
    },
}
EXAMPLE: Final = {"what": "documents", "format": "xlsx", "filter": {"sender": "H62", "indication": "none"}}


def read_body(body: object) -> tuple[What, Format, Query, dict[str, Any]]:
    """Read what is to be exported, and the filter as it was given, from a request's JSON.

    Raises:
        ExportInvalid: naming every place that is wrong.

    """
    if not isinstance(body, dict):
        raise ExportInvalid(Place("", shorten(repr(body)), "an object with what, format and filter"))
    places = [
        Place(f"/{name}", "a member that is not known", "what, format or filter")
        for name in body
        if name not in BODY_SCHEMA["properties"]
    ]
    members = body.get("filter", {})
    if not isinstance(members, dict):
        places.append(Place("/filter", shorten(repr(members)), "an object"))
    if places:
        raise ExportInvalid(*places)
    what, form, query = read_request(_said(body.get("what")), _said(body.get("format")), members)
    return what, form, query, members


def _said(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


_QUERIES: Final[dict[What, type[Query]]] = {
    "documents": DocumentQuery,
    "deliveries": DeliveryQuery,
    "statuses": DeliveryQuery,
    "verdicts": DocumentQuery,
    "evidence": DocumentQuery,
    "refusals": RefusalQuery,
    "entries": EntryQuery,
}
_PAGING: Final = ("after", "limit", "format")


def read_request(what: str, form: str, members: dict[str, Any]) -> tuple[What, Format, Query]:
    """Read what, format and filter of an export.

    Raises:
        ExportInvalid: naming every place that is wrong.

    """
    found: What | None = next((each for each in WHATS if each == what), None)
    fitting: tuple[Format, ...] = ("zip",) if found == "evidence" else FORMATS
    chosen: Format | None = next((each for each in fitting if each == form), None)
    places = []
    if found is None:
        places.append(Place("/what", shorten(what), f"one of {', '.join(WHATS)}"))
    if chosen is None:
        places.append(Place("/format", shorten(form), f"one of {', '.join(fitting)}"))
    places += [
        Place(f"/filter/{name}", "a part of the list", "all of it") for name in _PAGING if name in members
    ]
    query = None
    if found is not None and not places:
        try:
            query = _QUERIES[found].model_validate({name: _said(value) for name, value in members.items()})
        except ValidationError as error:
            faults = {str(each["loc"][0]): each for each in error.errors()}  # one for each member
            places += [_place(name, fault) for name, fault in faults.items()]
    if found is None or chosen is None or query is None:
        raise ExportInvalid(*places)
    return found, chosen, query


def _place(name: str, fault: Any) -> Place:
    return Place(f"/filter/{name}", shorten(str(fault.get("input"))), shorten(fault["msg"]))
