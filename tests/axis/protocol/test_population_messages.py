"""The messages of the population register: what fits, and which member is named of what does not."""

import json

import jsonschema_rs
import pytest

from axis.protocol.messages import message_faults, message_schema

PLACE = {"MaTinhThanh": "H24", "MaQuanHuyen": "01", "MaPhuongXa": "02", "ChiTiet": "Số 1, tổ 2"}
LOOK_UP = {
    "MaYeuCau": "H24-1",
    "MaDVC": "1.000110",
    "MaTichHop": "TH-H24-1.000110",
    "MaCanBo": "",
    "MaDonVi": "000.00.00.H24",
    "TaiKhoan": "h24.1",
    "MucDich": "Đăng ký thường trú",
    "SoDinhDanh": "000000000001",
    "HoVaTen": "NGUYEN VAN DUC",
    "NgayThangNamSinh": {"NgayThangNam": "19800229"},
}
REPLY = {
    "MaYeuCau": "H24-1",
    "KetQua": "found",
    "LyDo": None,
    "CongDan": {
        "SoDinhDanh": "000000000001",
        "SoCMND": None,
        "HoVaTen": {"Ho": "Nguyễn", "ChuDem": "Văn", "Ten": "Đức"},
        "GioiTinh": "1",
        "NgayThangNamSinh": {"Nam": "1980"},
        "QueQuan": PLACE,
        "ThuongTru": PLACE,
        "NoiOHienTai": PLACE,
    },
}
KINDS = {"tra-cuu-dan-cu": LOOK_UP, "ket-qua-tra-cuu-dan-cu": REPLY}


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_fits_its_schema_and_its_published_form(kind):
    assert message_faults(kind, json.dumps(KINDS[kind]).encode()) == []
    jsonschema_rs.validator_for(message_schema(kind), validate_formats=True).validate(KINDS[kind])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"SoDinhDanh": "1"}, "/SoDinhDanh"),
        ({"HoVaTen": "Nguyễn Văn Đức"}, "/HoVaTen"),
        ({"NgayThangNamSinh": {"NgayThangNam": "1980"}}, "/NgayThangNamSinh/NgayThangNam"),
        ({"MaYeuCau": ""}, "/MaYeuCau"),
        ({"number": "000000000001"}, "/number"),
    ],
)
def test_a_broken_member_is_named_by_its_own_name_and_without_its_value(change, pointer):
    faults = message_faults("tra-cuu-dan-cu", json.dumps(LOOK_UP | change).encode())
    assert [place.pointer for place in faults] == [pointer]
    assert "Nguyễn" not in str(faults)
    validator = jsonschema_rs.validator_for(message_schema("tra-cuu-dan-cu"), validate_formats=True)
    assert not validator.is_valid(LOOK_UP | change)
