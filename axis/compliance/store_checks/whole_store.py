"""Runs the checks of `axis fsck` one after the other.

Counters are compared by `axis.compliance.reconciliation`.
"""

from collections.abc import Callable, Iterator, Mapping

from axis.compliance.store_checks.column_types import check_types, guarded
from axis.compliance.store_checks.kept_material import check_material
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.compliance.store_checks.registers import check_registers
from axis.compliance.store_checks.repeated_rows import check_copies, check_reports
from axis.database import Read
from axis.ledger.handed_in import check_handed_in
from axis.ledger.key_changes import ledger_keys
from axis.ledger.tree_checks import Difference, fsck
from axis.objects.store import Pieces
from signing.notes import VerifierKey


def check_store(
    tx: Read, key: Callable[[], VerifierKey], pieces: Pieces, more: Mapping[str, Iterator[Difference]]
) -> Iterator[Difference]:
    """Yield every difference in a store.

    `key` reads the key that signs its ledger now, `pieces` large contents.
    `more`: checks of rooms above, by what they look at.
    """
    types = list(check_types(tx))
    yield from types
    for where, check in (
        ("the ledger's tree", _tree(tx, key)),
        ("handed-in receipts", _receipts(tx, key)),
        ("leaves and rows", check_rows(tx, pieces)),
        ("repeated columns", check_copies(tx)),
        ("verdicts", check_reports(tx)),
        ("kept material", check_material(tx)),
        ("registers", check_registers(tx)),
        *more.items(),
    ):
        yield from guarded(tx, where, check, types_differ=bool(types))


def _receipts(tx: Read, key: Callable[[], VerifierKey]) -> Iterator[Difference]:
    yield from check_handed_in(tx, [each.verifier for each in ledger_keys(tx, key())])


def _tree(tx: Read, key: Callable[[], VerifierKey]) -> Iterator[Difference]:
    yield from fsck(tx, key())
