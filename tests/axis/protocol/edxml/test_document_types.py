"""Kinds of document are matched by name first, and no number is refused."""

import pytest

from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.edxml import DocumentKind, kind_of, slug_of


@pytest.mark.parametrize("slug", [slug for slug, kind in DOCUMENT_TYPES.items() if not kind.is_message])
def test_each_slug_comes_back_by_its_name_and_by_its_number_where_it_has_one(slug):
    kind = kind_of(slug)
    assert slug_of(kind) == slug
    assert slug_of(DocumentKind("", "", kind.name)) == slug
    if kind.detail:
        assert slug_of(DocumentKind(kind.type, kind.detail)) == slug


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        (DocumentKind("2", "18", "Công văn"), "cong-van"),
        (DocumentKind("2", "2", "Công văn"), "cong-van"),
        (DocumentKind("9", "999", "QUYET DINH"), "quyet-dinh"),
        (DocumentKind("2", "2", "Quyết  định (cá biệt)"), "quyet-dinh"),
        (DocumentKind("2", "02", ""), "quyet-dinh"),
        (DocumentKind("", "18", ""), "cong-van"),
        (DocumentKind("1", "2", ""), None),
        (DocumentKind("2", "999", ""), None),
        (DocumentKind("2", "18", "Luật"), "luat"),
        (DocumentKind("1", "", "NGHỊ ĐỊNH"), "nghi-dinh"),
        (DocumentKind("1", "5", "Thông tư liên tịch"), "thong-tu-lien-tich"),
        (DocumentKind("2", "18", "Sổ tay"), None),
        (DocumentKind(), None),
    ],
)
def test_a_name_goes_before_a_number_and_neither_is_refused(kind, slug):
    assert slug_of(kind) == slug
