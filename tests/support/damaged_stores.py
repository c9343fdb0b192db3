"""What a check finds of a store with a damage. The damage is undone, so that one store serves many."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from support.exchange import Exchange

from axis.database import Write
from axis.ledger.tree_checks import Difference


class UndoneError(Exception):
    """Ends the transaction that holds the damage."""


def found_of_damage(
    exchange: Exchange, damage: Any, check: Callable[[Write], Iterable[Difference]]
) -> list[Difference]:
    """Run a check in the transaction that does the damage, None for no damage, and undo it."""
    found: list[Difference] = []

    def work(tx: Write) -> None:
        if damage is not None:
            tx.execute(damage)
        found.extend(check(tx))
        raise UndoneError

    with pytest.raises(UndoneError):
        exchange.database.write(work)
    return found


def unnamed_damages(
    damages: Mapping[str, tuple[Any, str]], found_after: Callable[[Any], Iterable[Difference]]
) -> dict[str, list[Difference]]:
    """Give the damages whose place no finding names, with what was found of each; a damage has its place."""
    found = {damage: list(found_after(statement)) for damage, (statement, _) in damages.items()}
    return {
        damage: found[damage]
        for damage, (_, where) in damages.items()
        if not any(where in each.where for each in found[damage])
    }
