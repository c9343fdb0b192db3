"""Finds agencies that sign too little, are refused more and more, answer too late, or fell silent."""

import datetime as dt
from typing import Final

from sqlalchemy import func, select

from axis.agencies.callers import Caller
from axis.agencies.last_calls import last_heard
from axis.alert_checks.sight import Sight
from axis.alerts.changes import Finding
from axis.clock import Microseconds, day_of, rfc3339
from axis.compliance.statistics import Question, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.compliance.targets import targets_for
from axis.database import Read
from axis.documents.tables import UNANSWERED, deliveries, refusals
from axis.protocol.agency_codes import AgencyCode

DAY: Final = 86_400_000_000
WEEK: Final = 7
TIMES: Final = 3
"""Refusals rise where a day has more than so many times those of an average day of the week before it."""
_EVERYBODY: Final = Caller("auditor", None, False, "alerts", "")


def look_at_rates(sight: Sight, tx: Read) -> list[Finding]:
    """Return the agencies below their target that sent as many documents this year as the setting says."""
    least = sight.settings.alert_rate_documents
    if least == 0:
        return []
    today = day_of(sight.clock.now())
    year = int(today[:4])
    question = Question(spans_of(f"{year:04}-01-01", today, by_day=False), ("agency",))
    items = {
        item["agency"]: item for item in signature_items(tx, _EVERYBODY, question) if item["sent"] >= least
    }
    targets = targets_for(tx, [AgencyCode(code) for code in items], year)
    return [
        Finding(
            "rate-below-target",
            code,
            {
                "agency": code,
                "rate": f"{items[code]['rate']:.1%}",
                "target": f"{target:.1%}",
                "sent": items[code]["sent"],
                "year": str(year),
            },
            code,
        )
        for code, target in sorted(targets.items())
        if items[code]["rate"] < target
    ]


def look_at_refusals(sight: Sight, tx: Read) -> list[Finding]:
    """Return the agencies with as many refusals in a day as the setting says, and far more than before."""
    least = sight.settings.alert_refusals
    if least == 0:
        return []
    now = sight.clock.now()
    today = dt.date.fromisoformat(day_of(now))
    yesterday = today - dt.timedelta(days=1)
    week = yesterday - dt.timedelta(days=WEEK)
    count = func.count().label("refusals")
    table = refusals.c
    recent = (
        select(table.sender, count)
        .where(table.day >= yesterday.isoformat(), table.day <= today.isoformat(), table.at > now - DAY)
        .group_by(table.sender)
        .having(count >= least)
        .order_by(table.sender)
    )
    found = tx.execute(recent).all()
    if not found:
        return []
    earlier = (
        select(table.sender, count)
        .where(
            table.day >= week.isoformat(),
            table.day < yesterday.isoformat(),
            table.sender.in_([row.sender for row in found]),
        )
        .group_by(table.sender)
    )
    before = {row.sender: row.refusals / WEEK for row in tx.execute(earlier)}
    return [
        Finding(
            "refusals-rising",
            row.sender,
            {"agency": row.sender, "found": row.refusals, "before": f"{before.get(row.sender, 0):.1f}"},
            row.sender,
        )
        for row in found
        if row.refusals > TIMES * before.get(row.sender, 0)
    ]


def look_at_overdue(sight: Sight, tx: Read) -> list[Finding]:
    """Return the agencies with as many deliveries past their time to answer as the setting says."""
    least = sight.settings.alert_overdue
    if least == 0:
        return []
    count = func.count().label("overdue")
    query = (
        select(deliveries.c.recipient, count)
        .where(UNANSWERED, deliveries.c.answer_due < sight.clock.now())
        .group_by(deliveries.c.recipient)
        .having(count >= least)
        .order_by(deliveries.c.recipient)
    )
    return [
        Finding(
            "deliveries-overdue",
            row.recipient,
            {"agency": row.recipient, "found": row.overdue},
            row.recipient,
        )
        for row in tx.execute(query)
    ]


def look_at_silence(sight: Sight, tx: Read) -> list[Finding]:
    """Return the agencies that have called, but not for the setting's days."""
    days = sight.settings.alert_silent_days
    if days == 0:
        return []
    return [
        Finding("agency-silent", code, {"agency": code, "since": rfc3339(Microseconds(at))}, code)
        for code, at in last_heard(tx, before=Microseconds(sight.clock.now() - days * DAY))
    ]
