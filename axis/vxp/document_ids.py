"""The `DocumentId` of the old protocol: taken apart, and made for documents from REST.

The usual form is `{OrganId},{yyyy/MM/dd},{number}`. Others are opaque texts.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.text_normalisation import nfc

_USUAL: Final = re.compile(r"([^,]{1,64}),\s*([0-9]{4})[/-]([0-9]{1,2})[/-]([0-9]{1,2})\s*,(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DocumentIdParts:
    """The parts of a `DocumentId` of the usual form. `number` is in NFC, trimmed and not empty."""

    organ: AgencyCode
    day: dt.date
    number: str


def parts_of(document_id: str) -> DocumentIdParts | None:
    """Return the parts of a `DocumentId` of the usual form, None of any other."""
    found = _USUAL.fullmatch(document_id.strip())
    if found is None:
        return None
    organ, number = canonical_or_none(found[1].strip()), nfc(found[5]).strip()
    try:
        day = dt.date(int(found[2]), int(found[3]), int(found[4]))
    except ValueError:
        return None
    return DocumentIdParts(organ, day, number) if organ is not None and number else None


def made_document_id(sender: str, issued_on: str, number: str) -> str:
    """Return the `DocumentId` of a document that has none of its own. `issued_on`: `YYYY-MM-DD`."""
    return f"{sender},{issued_on.replace('-', '/')},{number}"
