"""Leaves as an earlier release wrote them, for ledgers that hold several versions."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from axis.ledger import journal
from axis.ledger.leaves import SINCE, Json, canonical_json


@contextmanager
def leaves_of(version: int) -> Iterator[None]:
    """Have the journal of this process write leaves of an earlier version meanwhile."""

    def older(leaf: dict[str, Json]) -> bytes:
        kept = {name: value for name, value in leaf.items() if SINCE.get(name, 1) <= version}
        return canonical_json({**kept, "v": version})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "canonical_json", older)
        yield
