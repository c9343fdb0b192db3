"""What is shown of alerts: in the list, on the page and in webhooks."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from axis.alerts import queries
from axis.alerts.catalogue import KINDS, Language, sentence
from axis.clock import Microseconds, rfc3339
from axis.database import Read

State = Literal["open", "cleared", "all"]
NAMES = "|".join(KINDS)


class AlertsQuery(BaseModel):
    """Which alerts are listed."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[
        State, Field(description="`open`: what is so now; `cleared`: what is over; `all`: both.")
    ] = "open"
    name: Annotated[str | None, Field(pattern=f"^({NAMES})$", description="Alerts of one name.")] = None
    agency: Annotated[
        str | None,
        Field(max_length=32, pattern=r"^[0-9A-Za-z.]+$", description="Of one agency, by its code."),
    ] = None
    after: Annotated[
        str, Field(pattern=r"^([1-9][0-9]{0,17})?$", description="`next` of the page before.")
    ] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100


class AlertItem(BaseModel):
    """An alert."""

    id: str
    name: str = Field(examples=["deliveries-overdue"])
    subject: str = Field(description="What it is about: an agency, a certificate, a job, a machine …")
    agency: str | None
    state: Literal["open", "cleared"]
    raised_at: str = Field(description="Business time.")
    cleared_at: str | None
    facts: dict[str, str | int] = Field(description="What was found when it was last looked at.")
    sentence: str
    remedy: str
    setting: str = Field(description="The setting with its threshold.")


class AlertList(BaseModel):
    """A page of alerts, the newest first."""

    items: list[AlertItem]
    next: str | None = Field(description="`after` of the next page; null at the end.")


def list_alerts(tx: Read, query: AlertsQuery, agency: str | None) -> Sequence[Row[Any]]:
    """Return a page of alerts, the newest first, and one more where there is one.

    `agency`: the canonical code of the query's.
    """
    return queries.alert_rows(
        tx,
        state=query.state,
        name=query.name,
        agency=agency,
        below=int(query.after) if query.after else None,
        limit=query.limit + 1,
    )


def describe_alert(row: Row[Any], language: Language) -> dict[str, Any]:
    """Return the members of an alert."""
    facts: dict[str, Any] = orjson.loads(row.facts)
    kind = KINDS[row.name]
    return {
        "id": str(row.id),
        "name": row.name,
        "subject": row.subject,
        "agency": row.agency,
        "state": "open" if row.cleared_at is None else "cleared",
        "raised_at": rfc3339(Microseconds(row.raised_at)),
        "cleared_at": None if row.cleared_at is None else rfc3339(Microseconds(row.cleared_at)),
        "facts": facts,
        "sentence": sentence(row.name, facts, language),
        "remedy": kind.remedy[language],
        "setting": kind.setting,
    }
