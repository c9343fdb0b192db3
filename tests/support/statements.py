"""Statements that one store of a process has worked out are kept for the next ones.

Each engine of SQLAlchemy writes every statement out as SQL anew, at its first use, and a test opens a store
with two engines: without this, that is nearly half of what a test of a room takes. Dialects of one kind are
made alike here, so what one of them wrote holds for all.
"""

from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_kept: dict[type, LRUCache[Any, Any]] = {}
"""What was written out, by the kind of dialect."""


def keep() -> None:
    """Have the engines made from now on, in this process alone, share what they write out."""
    make = Engine.__init__

    def make_sharing(engine: Engine, *arguments: Any, **more: Any) -> None:
        make(engine, *arguments, **more)
        engine._compiled_cache = _kept.setdefault(type(engine.dialect), LRUCache(5_000))

    Engine.__init__ = make_sharing  # type: ignore[method-assign]
    # A statement is found again by its dialect too.
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]
