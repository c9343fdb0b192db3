"""Reads from an inspector's CSV file which agencies have issued a regulation on electronic documents.

The file has the heading `agency,regulation`: a code in either form, and the regulation's number or name,
empty where there is none.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.csv_text import BYTE_ORDER_MARK
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.refused_characters import has_control

MOST_BYTES = 1024 * 1024
MOST_CHARACTERS = 200
_HEADING = ["agency", "regulation"]


def read_regulations(path: Path) -> dict[AgencyCode, str]:
    """Return each agency's regulation, empty where it has none.

    Raises:
        QueryInvalid: naming every line that is wrong.
        OSError: when the file cannot be read.

    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise QueryInvalid(Place("regulations", f"more than {MOST_BYTES} bytes", f"at most {MOST_BYTES}"))
    try:
        text = content.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise QueryInvalid(Place("regulations", shorten(str(error)), "CSV in UTF-8")) from None
    if not rows or rows[0] != _HEADING:
        found = ",".join(rows[0]) if rows else "nothing"
        raise QueryInvalid(Place("regulations:1", shorten(found), ",".join(_HEADING)))
    read: dict[AgencyCode, str] = {}
    faults = [fault for line, row in enumerate(rows[1:], start=2) if row and (fault := _add(read, line, row))]
    if faults:
        raise QueryInvalid(*faults)
    return read


def _add(read: dict[AgencyCode, str], line: int, row: Sequence[str]) -> Place | None:
    """Add a row to what was read, or return what is wrong with it."""
    place = f"regulations:{line}"
    if len(row) != len(_HEADING):
        return Place(place, f"{len(row)} columns", f"{len(_HEADING)} columns")
    code, regulation = canonical_or_none(row[0].strip()), row[1].strip()
    if code is None:
        return Place(place, shorten(row[0]), "an agency's code")
    if code in read:
        return Place(place, code, "each agency once")
    if len(regulation) > MOST_CHARACTERS or has_control(regulation):
        return Place(place, shorten(regulation), f"at most {MOST_CHARACTERS} characters on one line")
    read[code] = regulation
    return None
