"""The SQL of webhooks."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select, update

from axis.agencies.tables import agencies, tokens
from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.schema import insert
from axis.push.attempts import Lane
from axis.push.messages import OPERATORS, Message
from axis.push.tables import webhook_failures, webhook_lanes, webhooks

_LIVE = (
    select(webhooks, tokens.c.subtree, tokens.c.expires_at)
    .join(tokens, tokens.c.id == webhooks.c.token)
    .outerjoin(agencies, agencies.c.code == webhooks.c.owner)
    .where(
        tokens.c.revoked_at.is_(None),
        or_(
            webhooks.c.owner == OPERATORS,
            and_(agencies.c.locked.is_(False), agencies.c.deleted_at.is_(None)),
        ),
    )
)
_OF_OWNER = select(webhooks).order_by(webhooks.c.name)


def live_webhooks(tx: Read, now: Microseconds) -> list[Row[Any]]:
    """Return the webhooks whose maker's token holds and whose agency is not locked."""
    holds = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)
    return list(tx.execute(_LIVE.where(holds, webhooks.c.gone_at.is_(None))))


def live_one(tx: Read, webhook: str, now: Microseconds) -> bool:
    """Tell whether a webhook may be pushed to, but for what its receiver said."""
    holds = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)
    return tx.execute(_LIVE.where(holds, webhooks.c.id == webhook)).first() is not None


def webhook_rows(tx: Read, owner: str, after: str, limit: int) -> Sequence[Row[Any]]:
    """Return an owner's webhooks after a name, by name."""
    return tx.execute(
        _OF_OWNER.where(webhooks.c.owner == owner, webhooks.c.name > after).limit(limit)
    ).fetchall()


def webhook_row(tx: Read, owner: str, name: str) -> Row[Any] | None:
    """Return one webhook."""
    return tx.execute(_OF_OWNER.where(webhooks.c.owner == owner, webhooks.c.name == name)).one_or_none()


def any_webhook_secret(tx: Read) -> bytes | None:
    """Return the encrypted secret of some webhook; None where there is none."""
    return tx.execute(select(webhooks.c.secret).limit(1)).scalar_one_or_none()


def count_webhooks(tx: Read, owner: str | None = None) -> int:
    """Return how many webhooks there are, or how many of an owner."""
    statement = select(func.count()).select_from(webhooks)
    count: int = tx.execute(
        statement if owner is None else statement.where(webhooks.c.owner == owner)
    ).scalar_one()
    return count


def put_webhook(tx: Write, values: dict[str, Any]) -> None:
    """Add a webhook, or change the one of this owner and name."""
    statement = insert(tx, webhooks).values(values)
    changed = {name: value for name, value in values.items() if name not in {"id", "owner", "name"}}
    tx.execute(statement.on_conflict_do_update(index_elements=["owner", "name"], set_=changed))


def drop_webhook(tx: Write, webhook: str) -> None:
    """Forget a webhook and all that was kept for it."""
    for table in (webhook_failures, webhook_lanes):
        tx.execute(delete(table).where(table.c.webhook == webhook))
    tx.execute(delete(webhooks).where(webhooks.c.id == webhook))


def set_gone(tx: Write, webhook: str, now: Microseconds) -> None:
    """Note that the receiver said that it is no more."""
    tx.execute(update(webhooks).where(webhooks.c.id == webhook).values(gone_at=now))


def lanes_of(tx: Read, webhook: str) -> list[Lane]:
    """Return how far a webhook and its replays have got; lane 0 first."""
    columns = [column for column in webhook_lanes.c if column.name != "webhook"]
    rows = tx.execute(
        select(*columns).where(webhook_lanes.c.webhook == webhook).order_by(webhook_lanes.c.number)
    )
    return [Lane(**row._mapping) for row in rows]  # noqa: SLF001 - its public name


def lane_numbers(tx: Read) -> dict[str, set[int]]:
    """Return the numbers of each webhook's lanes."""
    found: dict[str, set[int]] = {}
    for row in tx.execute(select(webhook_lanes.c.webhook, webhook_lanes.c.number)):
        found.setdefault(row.webhook, set()).add(row.number)
    return found


def add_lane(tx: Write, webhook: str, lane: Lane) -> None:
    """Begin a lane."""
    tx.execute(webhook_lanes.insert(), {"webhook": webhook, **asdict(lane)})


def save_lanes(tx: Write, changed: Iterable[tuple[str, Lane]]) -> None:
    """Note how far lanes have got. None goes back: another process may have got further meanwhile."""
    for webhook, lane in changed:
        mine = (webhook_lanes.c.webhook == webhook, webhook_lanes.c.number == lane.number)
        tx.execute(
            update(webhook_lanes).where(*mine, webhook_lanes.c.place <= lane.place).values(asdict(lane))
        )


def end_lane(tx: Write, webhook: str, number: int) -> None:
    """Forget a replay that has come to its end."""
    mine = (webhook_lanes.c.webhook == webhook, webhook_lanes.c.number == number)
    tx.execute(delete(webhook_lanes).where(*mine, webhook_lanes.c.number > 0))


def set_aside(tx: Write, webhook: str, messages: Sequence[Message], answer: str, now: Microseconds) -> None:
    """Keep which messages were set aside."""
    for message in messages:
        values = {
            "webhook": webhook,
            "place": message.place,
            "kind": message.kind,
            "document": message.document,
            "set_aside_at": now,
            "answer": answer,
        }
        statement = insert(tx, webhook_failures).values(values)
        tx.execute(
            statement.on_conflict_do_update(
                index_elements=["webhook", "place"], set_={"set_aside_at": now, "answer": answer}
            )
        )


def drop_failure(tx: Write, webhook: str, place: int) -> None:
    """Forget that a message was set aside: a replay of it was taken."""
    mine = webhook_failures.c.webhook == webhook
    tx.execute(delete(webhook_failures).where(mine, webhook_failures.c.place == place))


def failure_rows(
    tx: Read, webhook: str, after: int, limit: int, until: int | None = None
) -> Sequence[Row[Any]]:
    """Return what was set aside after a place, oldest first."""
    place = webhook_failures.c.place
    query = select(webhook_failures).where(webhook_failures.c.webhook == webhook, place > after)
    if until is not None:
        query = query.where(place <= until)
    return tx.execute(query.order_by(place).limit(limit)).fetchall()


def count_failures(tx: Read, webhook: str) -> int:
    """Return how many messages are set aside."""
    statement = select(func.count()).select_from(webhook_failures)
    count: int = tx.execute(statement.where(webhook_failures.c.webhook == webhook)).scalar_one()
    return count
