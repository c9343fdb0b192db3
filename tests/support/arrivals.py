"""Items of an inbox, made up."""

from datetime import datetime

from axis.protocol.working_calendar import VIET_NAM
from nodes.answers import Arrived


def at(text: str) -> datetime:
    """A moment in Viet Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=VIET_NAM)


def item(**changes: object) -> dict[str, object]:
    """What the hub shows of one delivery."""
    return {
        "id": "d.0",
        "document": "d",
        "from": "000.00.00.H24",
        "to": "000.00.00.G22",
        "number": "1/UBND-VX",
        "subject": "V/v thử",
        "type": "cong-van",
        "action": "new",
        "priority": "normal",
        "issued_on": "2019-06-03",
        "accepted_at": "2019-06-03T02:00:00Z",
        "indication": "TOTAL-PASSED",
        "signed_by": "both",
        "status": None,
        "attachments": [],
    } | changes


def arrived(**changes: object) -> Arrived:
    return Arrived.read(item(**changes))
