"""The filters of the list of deliveries: those of documents, and a delivery's own.

An unknown or invalid filter is refused with `query-invalid`. The SQL is in `axis.deliveries.list_queries`.
"""

from typing import Literal, get_args

from pydantic import Field

from axis.documents.deadlines import Deadline
from axis.documents.filters import Absent, DocumentQuery

State = Literal["pending", "handled", "refused", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)
"""The columns of the exchange statistics in which deliveries count."""


class DeliveryQuery(DocumentQuery):
    """Which deliveries are listed: those that pass all filters themselves, or whose documents do.

    `recipient`, `recipient_level`, `status`, `deadline` and `expired` are of the delivery itself.
    """

    state: State | Absent = Field(
        None,
        description="Where it stands, as `statistics/exchange` counts it: `pending` (no status, or 01), "
        "`handled`, `refused` (02), `withdrawn` (15 to a recall). A recall's own deliveries are in none.",
    )
    deadline: Deadline | Absent = Field(
        None,
        description="By the rules that `statistics/deadlines` prints: answered `late` or `in_time`, or not "
        "answered and `overdue` or still `open`.",
    )
    request: Literal["open", "agreed", "refused"] | Absent = Field(
        None, description="Of its newest recall, update or replacement: not answered yet (13), 15 or 16."
    )

    expired: bool | Absent = Field(
        None,
        description="Whether its sender was told that the receiver had given it no status for too long "
        "(`AXIS_EXPIRY_DAYS`).",
    )

    @property
    def sent_deadline(self) -> None:
        """None: a delivery's deadline is that of its answer."""
        return
