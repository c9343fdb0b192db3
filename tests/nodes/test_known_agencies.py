"""The agencies by code, and the units of the provinces."""

from collections import Counter

import pytest

from axis.protocol.agency_codes import parent
from nodes.errors import UnknownAgency
from nodes.known_agencies import agencies, agency, known_name, units


@pytest.mark.parametrize(
    ("of", "counts", "provinces"),
    [("2025-01", {"district": 696, "commune": 10_051}, 63), ("2025-07", {"commune": 3_321}, 34)],
)
def test_a_list_has_all_districts_and_communes_of_its_month_each_after_the_one_above(of, counts, provinces):
    found = units(of)
    assert Counter(unit.kind for unit in found.values()) == counts
    assert len({code.rpartition(".")[2] for code in found}) == provinces
    seen = set(agencies())
    for code in found:
        assert parent(code) in seen
        seen.add(code)


def test_a_unit_is_called_by_what_it_is_of():
    commune, district, merged = agency("H26.31.01"), agency("000.00.31.H26"), agency("001.00.00.H26")
    assert commune.name == "UBND phường Phúc Xá, quận Ba Đình, thành phố Hà Nội"
    assert (commune.place, district.place) == ("Phúc Xá", "Ba Đình")
    assert merged.name == "UBND phường Hoàn Kiếm, thành phố Hà Nội"
    assert agency("H62").place == "Vĩnh Phúc"


def test_every_province_has_its_departments_by_number():
    assert agency("H43.16").name == "Sở Y tế tỉnh Ninh Thuận"
    assert agency("000.00.17.H24").name == "Thanh tra thành phố Hải Phòng"
    with pytest.raises(UnknownAgency):
        agency("G12.16")


def test_the_codes_of_units_are_made_up_so_no_name_is_told_for_them():
    assert known_name("H62") == "UBND tỉnh Vĩnh Phúc"
    assert known_name("H26.31.01") == ""


def test_a_code_that_nobody_has_is_unknown():
    with pytest.raises(UnknownAgency):
        agency("H26.99")
