"""What an archive with the evidence of many documents is made of: names and instructions."""

import re
from typing import Final

COLLECTION_README: Final = """\
HỒ SƠ CHỨNG CỨ CỦA NHIỀU VĂN BẢN / EVIDENCE OF MANY DOCUMENTS

documents/ chứa hồ sơ của từng văn bản, mỗi hồ sơ có README.txt riêng. Một lệnh kiểm tra tất cả:
documents/ holds an archive for each document, each with a README.txt of its own. One command checks them all:

axis verify TÊN-TỆP.zip

Mọi phần còn nguyên / every part is whole:

    grep -E '^[0-9a-f]{64}  ' SHA256SUMS | sha256sum --check --quiet
"""
_DOCUMENT: Final = re.compile(r"documents/([0-9a-f-]{36})\.zip")


def document_name(document: str) -> str:
    """Return where the archive of a document stands."""
    return f"documents/{document}.zip"


def document_of(name: str) -> str | None:
    """Return the document whose archive stands there; None for another name."""
    match = _DOCUMENT.fullmatch(name)
    return None if match is None else match[1]
