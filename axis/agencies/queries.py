"""The SQL of the directory and of tokens.

That of sessions is in `axis.agencies.sessions`, that of systems in `axis.agencies.systems`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, or_, select, update

from axis.agencies.tables import agencies, agency_tree, tokens
from axis.clock import Microseconds
from axis.database import Read, Write, insert

CODES_PER_STATEMENT = 1_000
"""How many values one IN holds; SQLite takes 32,766 parameters, and longer lists gain nothing."""

_Query = TypeVar("_Query", bound=Select[Any])


def batches(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Split values into lists that one statement takes."""
    ordered = tuple(values)
    for start in range(0, len(ordered), CODES_PER_STATEMENT):
        yield ordered[start : start + CODES_PER_STATEMENT]


def agency_rows(tx: Read, codes: Iterable[str], *, deleted: bool = False) -> list[Row[Any]]:
    """Return the rows of those agencies that exist; with `deleted` deleted ones too."""
    found: list[Row[Any]] = []
    for batch in batches(codes):
        found += tx.execute(_existing(select(agencies).where(agencies.c.code.in_(batch)), deleted)).all()
    return found


def agency_page(
    tx: Read,
    words: Sequence[str],
    code: str | None,
    after: str,
    limit: int,
    *,
    via: str | None = None,
    condition: ColumnElement[bool] | None = None,
) -> list[Row[Any]]:
    """Return agencies by code: those whose folded name or code holds every word, and the one with `code`.

    `via`: only those that this relay reaches. `condition`: only those for which it holds.
    """
    query = _existing(select(agencies).where(agencies.c.code > after)).order_by(agencies.c.code).limit(limit)
    if words:
        matches: ColumnElement[bool] = and_(
            *(
                or_(
                    agencies.c.name_folded.contains(word, autoescape=True),
                    func.lower(agencies.c.code).contains(word, autoescape=True),
                )
                for word in words
            )
        )
        if code is not None:
            matches = or_(matches, agencies.c.code == code)
        query = query.where(matches)
    if via is not None:
        query = query.where(agencies.c.via == via)
    if condition is not None:
        query = query.where(condition)
    return list(tx.execute(query).all())


def unit_page(tx: Read, after: str, limit: int, *, level: int | None, deleted: bool) -> list[Row[Any]]:
    """Return agencies by code, all or those of one level; with `deleted` deleted ones too."""
    query = _existing(select(agencies).where(agencies.c.code > after), deleted)
    if level is not None:
        query = query.where(agencies.c.level == level)
    return list(tx.execute(query.order_by(agencies.c.code).limit(limit)).all())


def tops_of(tx: Read, codes: Iterable[str]) -> dict[str, str]:
    """Return the topmost agency above each, itself where it stands at the top."""
    above = agency_tree.join(agencies, agencies.c.code == agency_tree.c.ancestor)
    found: dict[str, str] = {}
    for batch in batches(codes):
        query = select(agency_tree.c.descendant, agency_tree.c.ancestor).select_from(above)
        query = query.where(agency_tree.c.descendant.in_(batch), agencies.c.parent.is_(None))
        found.update((row.descendant, row.ancestor) for row in tx.execute(query))
    return found


def upsert_agencies(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add agencies, or overwrite every column but the time at which they were added."""
    if not rows:
        return
    statement = insert(tx, agencies)
    kept = ("code", "added_at")
    changed = {
        column.name: statement.excluded[column.name] for column in agencies.c if column.name not in kept
    }
    tx.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), rows)


def set_locked(tx: Write, code: str, *, locked: bool) -> int:
    """Lock or unlock an agency; return how many there were."""
    statement = update(agencies).where(agencies.c.code == code, agencies.c.deleted_at.is_(None))
    return tx.execute(statement.values(locked=locked)).rowcount


def mark_deleted(tx: Write, code: str, at: Microseconds) -> int:
    """Mark an agency as deleted; return 1 if there was one that was not deleted yet, else 0."""
    statement = update(agencies).where(agencies.c.code == code, agencies.c.deleted_at.is_(None))
    return tx.execute(statement.values(deleted_at=at, changed_at=at, version=agencies.c.version + 1)).rowcount


def child_of(tx: Read, code: str) -> str | None:
    """Return one of the agencies right below another, the first by its code; None where there is none."""
    first = children_of(tx, code, 1)
    return first[0].code if first else None


def children_of(tx: Read, code: str, limit: int) -> list[Row[Any]]:
    """Return agencies right below another, in order of their codes."""
    below = agency_tree.join(agencies, agencies.c.code == agency_tree.c.descendant)
    query = select(agencies).select_from(below)
    query = _existing(query.where(agency_tree.c.ancestor == code, agencies.c.parent == code))
    return list(tx.execute(query.order_by(agencies.c.code).limit(limit)).all())


def parents_of(tx: Read, codes: Iterable[str], *, deleted: bool = False) -> dict[str, str | None]:
    """Return each existing agency's parent; with `deleted` also those of deleted agencies."""
    found: dict[str, str | None] = {}
    for batch in batches(codes):
        query = select(agencies.c.code, agencies.c.parent).where(agencies.c.code.in_(batch))
        found.update((row.code, row.parent) for row in tx.execute(_existing(query, deleted)))
    return found


def descendants_of(tx: Read, codes: Iterable[str]) -> set[str]:
    """Return the agencies and everything below them, deleted ones included."""
    found: set[str] = set()
    for batch in batches(codes):
        query = select(agency_tree.c.descendant).where(agency_tree.c.ancestor.in_(batch))
        found.update(tx.execute(query).scalars())
    return found


def is_descendant(tx: Read, ancestor: str, code: str) -> bool:
    """Tell whether an agency is, or was, in the subtree of another. Each is in its own."""
    query = select(agency_tree.c.descendant).where(
        agency_tree.c.ancestor == ancestor, agency_tree.c.descendant == code
    )
    return tx.execute(query).first() is not None


def are_related(tx: Read, ones: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether an agency of one list is in the other list, or is or was above or below one of it."""
    for some in batches(ones):
        for more in batches(others):
            above = and_(agency_tree.c.ancestor.in_(some), agency_tree.c.descendant.in_(more))
            below = and_(agency_tree.c.ancestor.in_(more), agency_tree.c.descendant.in_(some))
            if tx.execute(select(agency_tree.c.descendant).where(or_(above, below)).limit(1)).first():
                return True
    return False


def replace_ancestors(tx: Write, ancestors: Mapping[str, Sequence[str]]) -> None:
    """Set the ancestors of each agency, itself included."""
    for batch in batches(ancestors):
        tx.execute(delete(agency_tree).where(agency_tree.c.descendant.in_(batch)))
    rows = [
        {"ancestor": ancestor, "descendant": code} for code, above in ancestors.items() for ancestor in above
    ]
    if rows:
        tx.execute(agency_tree.insert(), rows)


def token_row(tx: Read, digest: str) -> Row[Any] | None:
    """Return the token with this digest, with its agency's lock; a deleted agency is as if locked."""
    locked = or_(agencies.c.locked, agencies.c.deleted_at.is_not(None))
    query = (
        select(tokens, locked.label("locked"))
        .select_from(tokens.outerjoin(agencies, agencies.c.code == tokens.c.agency))
        .where(tokens.c.hash == digest)
    )
    return tx.execute(query).first()


def token_rows(tx: Read) -> list[Row[Any]]:
    """Return all tokens, oldest first."""
    return list(tx.execute(select(tokens).order_by(tokens.c.created_at, tokens.c.id)).all())


def add_tokens(tx: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add tokens."""
    if rows:
        tx.execute(tokens.insert(), rows)


def revoke_token(tx: Write, token_id: str, at: Microseconds) -> int:
    """Revoke a token that is not revoked yet; return 1 if there was one, else 0."""
    statement = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    return tx.execute(statement.values(revoked_at=at)).rowcount


def note_uses(tx: Write, token_ids: Sequence[str], at: Microseconds) -> None:
    """Note that tokens were used at a time; ids of anything else are passed over."""
    for batch in batches(token_ids):
        tx.execute(update(tokens).where(tokens.c.id.in_(batch)).values(used_at=at))


def _existing(query: _Query, deleted: bool = False) -> _Query:
    """Leave out the agencies that were deleted, unless they are asked for."""
    return query if deleted else query.where(agencies.c.deleted_at.is_(None))
