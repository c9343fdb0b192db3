"""Checks that each value of a store has its column's type, since SQLite accepts others.

Other checks expect values of these types; one that stops on another type becomes a finding too (`guarded`).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, column, func, or_, select, table, text
from sqlalchemy.exc import DatabaseError

from axis.database import Read, StoreFailing
from axis.ledger.tree_checks import Difference

NAMED: Final = 100
"""The most values of one table that are named."""
_STOPS: Final = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)
_COLUMNS: Final = text(
    'SELECT m.name AS "table", p.name, p.type, p."notnull", p.pk FROM sqlite_schema m '
    "JOIN pragma_table_info(m.name) p "
    "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND NOT EXISTS (SELECT 1 FROM sqlite_schema v "
    "WHERE v.sql LIKE 'CREATE VIRTUAL%' AND m.name LIKE v.name || '%') ORDER BY m.name, p.cid"
)
"""Of the store itself, so that no table is left out; tables of the text index hold what is SQLite's own."""
_TYPES: Final = {"BLOB": ("blob",), **dict.fromkeys(("FLOAT", "DOUBLE", "REAL"), ("real", "integer"))}
_WHOLE: Final = frozenset({"INTEGER", "BIGINT", "BOOLEAN", "SMALLINT"})


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    allowed: tuple[str, ...]
    is_key: bool

    @property
    def type(self) -> ColumnElement[str]:
        return func.typeof(column(self.name))


def check_types(tx: Read, names: Collection[str] = ()) -> Iterator[Difference]:
    """Yield each value whose type is not its column's, of the tables of these names, or of all."""
    if tx.dialect != "sqlite":
        return
    tables: dict[str, list[_Column]] = {}
    for found in tx.execute(_COLUMNS).mappings():
        if not names or found["table"] in names:
            tables.setdefault(found["table"], []).append(_described(found))
    for name, columns in tables.items():
        keys = [func.quote(column(each.name)) for each in columns if each.is_key]
        wrong = or_(*(each.type.not_in(each.allowed) for each in columns))
        statement = select(*keys, *(each.type for each in columns)).select_from(table(name)).where(wrong)
        for row in tx.execute(statement.limit(NAMED)):
            which = " ".join(str(each)[:80] for each in row[: len(keys)])
            for each, found in zip(columns, row[len(keys) :], strict=True):
                if found not in each.allowed:
                    yield Difference(f"{name} {which} {each.name}", found, " or ".join(each.allowed))


def guarded(tx: Read, where: str, check: Iterator[Difference], *, types_differ: bool) -> Iterator[Difference]:
    """Yield what a check finds; where it stops on a value of another type than its column's, yield that."""
    try:
        yield from check
    except (*_STOPS, DatabaseError, StoreFailing) as error:
        is_value = isinstance(error, _STOPS)
        if tx.dialect != "sqlite" or (is_value and not types_differ):
            raise
        said = type(error).__name__ if is_value else str(getattr(error, "orig", None) or error)
        yield Difference(where, f"cannot be gone through: {said[:200]}", "values that can be read")


def _described(found: Mapping[Any, Any]) -> _Column:
    declared = found["type"].upper().partition("(")[0].partition(" ")[0]
    allowed = ("integer",) if declared in _WHOLE else _TYPES.get(declared, ("text",))
    is_optional = not found["notnull"] and not found["pk"]
    return _Column(found["name"], (*allowed, "null") if is_optional else allowed, bool(found["pk"]))
