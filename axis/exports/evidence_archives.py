"""Writes the evidence of many documents as one archive, which holds an archive for each of them.

What such an archive holds is in `axis.evidence.evidence_of_many`.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from axis.agencies.callers import Caller
from axis.csv_and_xlsx import Row
from axis.database import Read
from axis.evidence.archive import directory, local_header
from axis.evidence.document_evidence import collect
from axis.evidence.evidence_of_many import COLLECTION_README, document_name
from axis.evidence.parts import README, Part, measured, part, signed_sums
from axis.objects.store import Objects
from signing.notes import NoteSigner, VerifierKey

_ID = 1
"""Where a document's id stands in a row of documents."""


def write_evidence(
    objects: Objects,
    tx: Read,
    path: Path,
    batches: Iterable[Sequence[Row]],
    caller: Caller,
    signer: NoteSigner,
    keys: Sequence[VerifierKey],
) -> None:
    """Write the evidence of the documents in the rows, all of the state that `tx` sees.

    Raises:
        EvidenceDamagedError: when the store lacks a part of one.

    """
    written: list[Part] = []
    with path.open("wb") as file:

        def add(made: Part) -> None:
            file.write(local_header(made.entry))
            file.writelines(made.open())
            written.append(Part(made.entry, made.sha256, lambda: iter(())))

        add(part(README, COLLECTION_README.encode()))
        for batch in batches:
            for row in batch:
                evidence = collect(tx, caller, row[_ID]).evidence(objects, signer, keys)
                add(measured(document_name(row[_ID]), evidence.pieces))
        sums = signed_sums(written, signer)
        add(sums)
        file.writelines(directory([each.entry for each in written]))
