"""Maps `DocumentType` to the slugs of document kinds, and back.

The name is matched before the number, since numbers differ between systems. An unknown name and number give
no kind. The numbers are those of Circular 01/2011/TT-BNV, article 4.
"""

from typing import Final

from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.edxml.values import DocumentKind
from axis.protocol.text_folding import fold, words

LEGAL: Final = "1"
ADMINISTRATIVE: Final = "2"
_NUMBERS: Final = {
    "nghi-quyet": 1, "quyet-dinh": 2, "chi-thi": 3, "quy-che": 4, "quy-dinh": 5, "thong-cao": 6,
    "thong-bao": 7, "huong-dan": 8, "chuong-trinh": 9, "ke-hoach": 10, "phuong-an": 11, "de-an": 12,
    "du-an": 13, "bao-cao": 14, "bien-ban": 15, "to-trinh": 16, "hop-dong": 17, "cong-van": 18,
    "cong-dien": 19, "ban-ghi-nho": 20, "ban-thoa-thuan": 22, "giay-uy-quyen": 24, "giay-moi": 25,
    "giay-gioi-thieu": 26, "giay-nghi-phep": 27,
    "phieu-gui": 30, "phieu-chuyen": 31, "thu-cong": 32,
    "ban-cam-ket": 21, "giay-chung-nhan": 23, "giay-di-duong": 28, "giay-bien-nhan-ho-so": 29,
}  # fmt: skip
"""`phieu-bao`, which Decree 30/2020 brought, has none; the numbers of legal kinds are not known."""
_BY_NUMBER: Final = {str(number): slug for slug, number in _NUMBERS.items()}
_BY_NAME: Final = {
    " ".join(words(kind.vi)): slug for slug, kind in DOCUMENT_TYPES.items() if not kind.is_message
}


def slug_of(kind: DocumentKind) -> str | None:
    """Return the slug of a kind, by its name or, without a name, by its number; None when it is unknown.

    Marks, case and what stands in parentheses do not matter: `QUYẾT ĐỊNH (cá biệt)` is a decision.
    """
    if kind.name:
        return _BY_NAME.get(" ".join(words(fold(kind.name).partition("(")[0])))
    if kind.type not in {"", ADMINISTRATIVE}:
        return None  # legal kinds have other numbers
    return _BY_NUMBER.get(kind.detail.lstrip("0"))


def kind_of(slug: str) -> DocumentKind:
    """Return a kind as messages name it. Raises `KeyError` for an unknown slug."""
    number, kind = _NUMBERS.get(slug), DOCUMENT_TYPES[slug]
    return DocumentKind(LEGAL if kind.is_legal else ADMINISTRATIVE, str(number) if number else "", kind.vi)
