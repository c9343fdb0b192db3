"""Over HTTP: a client of public facts alone works, and what is refused is told in the envelope."""

import json

import pytest
from support.adapter_portal import UNIT, portal_without_hub
from support.one_stop_client import DESTINATION, OneStopClient

CODE = f"{UNIT}-200115-0001"
DOSSIER = {
    "MaHoSo": CODE,
    "MaTTHC": "1.000001",
    "TenTTHC": "Cấp mới",
    "KenhThucHien": "2",
    "ChuHoSo": "Lê Văn An",
    "LoaiDoiTuong": "1",
    "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "000123456789"}],
    "TrichYeuHoSo": "Cấp mới giấy phép",
    "NgayNopHoSo": "20200115080000",
    "NgayTiepNhan": "20200115090000",
    "NgayHenTra": "20200122090000",
    "TrangThaiHoSo": "2",
    "TaiLieuNop": [],
}
STEP = {
    "MaHoSo": CODE,
    "NguoiXuLy": "Trần Thị Bình",
    "ChucDanh": "Chuyên viên",
    "ThoiDiemXuLy": "20200115100000",
    "PhongBanXuLy": "Phòng Một cửa",
    "NoiDungXuLy": "Thụ lý",
    "TrangThai": "4",
    "NgayBatDau": "20200115090000",
    "NgayKetThucTheoQuyDinh": "20200122090000",
}
MEMBERS = {"session", "error_code", "message", "result", "errors"}


@pytest.fixture
def portal(tmp_path):
    with portal_without_hub(tmp_path) as made:
        yield made


@pytest.fixture
def client(portal):
    made = OneStopClient(portal.post, UNIT)
    assert made.login("H50", "right")
    return made


@pytest.mark.parametrize(
    ("success", "reading", "adapter"), [("0", "text", "XrdAdapter"), ("00", "code", "VXPAdapter")]
)
def test_a_client_of_public_facts_pushes_dossiers_and_progress(tmp_path, success, reading, adapter):
    with portal_without_hub(tmp_path, success) as portal:
        client = OneStopClient(portal.post, UNIT, reading=reading, adapter=adapter)
        assert not client.login("H50", "wrong")
        assert client.login("H50", "right")
        assert client.went_well(client.call("LayThuTuc", maTTHC="1.000001"))
        assert not client.exists(CODE)
        steps = [STEP | {"ThoiDiemXuLy": f"2020011510{minute:02d}00"} for minute in range(12)]
        assert client.push(DOSSIER, steps)
        assert client.exists(CODE)
        done = {"TrangThaiHoSo": "10", "NgayKetThucXuLy": "20200117150000", "NgayTra": "20200120080000"}
        assert client.push(DOSSIER | done, [])
        assert client.synchronise(DOSSIER | done, "False"), "what exists is sent again as an update"
        assert [kind for _, kind, _ in portal.sent] == [
            "trang-thai-ho-so",
            "tien-do-ho-so",
            "tien-do-ho-so",
            "trang-thai-ho-so",
        ]
        told = json.dumps([body for *_, body in portal.sent], ensure_ascii=False)
        assert not any(name in told for name in ("Lê Văn An", "000123456789", "Trần Thị Bình"))
        assert portal.ask("SELECT status, at FROM statuses ORDER BY change") == [
            (2, "2020-01-15T09:00:00+07:00"),
            (10, "2020-01-20T08:00:00+07:00"),
        ]
        assert portal.ask("SELECT count(*) FROM steps") == [(12,)]
        (found,) = client.call("TraCuuHoSo", mahoso=CODE)["result"]
        assert (found["TrangThaiHoSo"], found["NgayHenTra"]) == ("10", "20200122090000")


@pytest.mark.parametrize(
    ("change", "code", "rule", "place"),
    [
        ({"MaTTHC": "1.999999"}, "5", "procedure-known", "data[0].MaTTHC"),
        ({"MaHoSo": "000.00.00.H49-200115-0001"}, "8", "code-of-unit", "data[0].MaHoSo"),
        ({"MaHoSo": f"{UNIT}-200199-0001"}, "8", "code-of-unit", "data[0].MaHoSo"),
        ({"NgayTiepNhan": "20200114090000"}, "6", "dates-forward", "data[0].NgayTiepNhan"),
        ({"NgayHenTra": "20200115080000"}, "6", "dates-forward", "data[0].NgayHenTra"),
        ({"NgayTiepNhan": "20200230090000"}, "2", "member-form", "data[0].NgayTiepNhan"),
        ({"NgayTiepNhan": "00010101000000"}, "2", "member-form", "data[0].NgayTiepNhan"),
        ({"NgayTiepNhan": "2020-01-15"}, "2", "member-form", "data[0].NgayTiepNhan"),
        ({"NgayTiepNhan": "", "NgayNopHoSo": None}, "2", "member-form", "data[0].NgayTiepNhan"),
        ({"TrangThaiHoSo": "11"}, "2", "member-form", "data[0].TrangThaiHoSo"),
        ({"KenhThucHien": ""}, "2", "member-form", "data[0].KenhThucHien"),
        ({"LoaiDoiTuong": "7"}, "2", "member-form", "data[0].LoaiDoiTuong"),
        ({"DinhDanhCHS": {}}, "2", "member-form", "data[0].DinhDanhCHS"),
        (
            {"DinhDanhCHS": [{"LoaiDinhDanh": "2", "SoDinhDanh": "1234"}]},
            "2",
            "member-form",
            "data[0].DinhDanhCHS[0].SoDinhDanh",
        ),
        ({"TrichYeuHoSo": "x" * 1_001}, "2", "member-form", "data[0].TrichYeuHoSo"),
        ({"MaTTHC": "một"}, "2", "member-form", "data[0].MaTTHC"),
        ({"MaHoSo": ["x"]}, "2", "member-form", "data[0].MaHoSo"),
    ],
)
def test_a_dossier_that_breaks_a_rule_is_refused_in_the_envelope_and_holds_up_no_other(
    portal, client, change, code, rule, place
):
    other = DOSSIER | {"MaHoSo": f"{UNIT}-200115-0002"}
    told = client.call("DongBoHoSoMC", isUpdating="False", data=[DOSSIER | change, other])
    assert told.keys() == MEMBERS
    assert told["error_code"] == code
    (error,) = told["errors"]
    assert (error["rule"], error["place"]) == (rule, place)
    assert all(error[name] for name in ("found", "expected", "remedy"))
    assert told["message"].startswith(f"{place}: ")
    assert "1234" not in told["message"]
    assert [each["error_code"] for each in told["result"]] == [code, "0"]
    assert [body["dossiers"][0]["code"] for *_, body in portal.sent] == [other["MaHoSo"]]


def test_what_may_not_follow_or_was_not_told_of_is_refused(portal, client):
    assert client.push(DOSSIER | {"TrangThaiHoSo": "4"}, [STEP])

    def refused(service, **members):
        told = client.call(service, **members)
        return told["error_code"], [(each["rule"], each["place"]) for each in told["errors"]]

    back, unknown = DOSSIER | {"TrangThaiHoSo": "1"}, DOSSIER | {"MaHoSo": f"{UNIT}-200115-0009"}
    for data, code, rule, member in (
        (back, "7", "status-follows", "TrangThaiHoSo"),
        (unknown, "4", "dossier-known", "MaHoSo"),
        (
            DOSSIER | {"NgayNopHoSo": "20200101080000", "NgayTiepNhan": ""},
            "7",
            "status-follows",
            "TrangThaiHoSo",
        ),
    ):
        found = refused("DongBoHoSoMC", isUpdating="True", data=[data])
        assert found == (code, [(rule, f"data[0].{member}")])
    earlier = {"TrangThaiHoSo": "5", "NgayNopHoSo": "20200101080000", "NgayTiepNhan": ""}
    found = refused("DongBoHoSoMC", isUpdating="True", data=[DOSSIER | earlier])
    assert found == ("6", [("dates-forward", "data[0].NgayTiepNhan")])
    for step, code, rule, member in (
        (STEP | {"TrangThai": "1"}, "7", "status-follows", "TrangThai"),
        (STEP | {"NgayBatDau": "20200116090000"}, "6", "dates-forward", "ThoiDiemXuLy"),
        (STEP | {"ThoiDiemXuLy": "20200115095959"}, "6", "dates-forward", "ThoiDiemXuLy"),
        (STEP | {"ThoiDiemXuLy": ""}, "2", "member-form", "ThoiDiemXuLy"),
        (STEP | {"MaHoSo": unknown["MaHoSo"]}, "4", "dossier-known", "MaHoSo"),
    ):
        assert refused("CapNhatTienDoHoSoMC", data=[step]) == (code, [(rule, f"data[0].{member}")])
    assert len(portal.sent) == 2
    assert portal.ask("SELECT count(*) FROM refusals") == [(0,)]


@pytest.mark.parametrize(
    ("members", "code", "place"),
    [
        ({"session": "another"}, "1", "session"),
        ({"session": None}, "1", "session"),
        ({"madonvi": "000.00.00.H49"}, "8", "madonvi"),
        ({"madonvi": ""}, "2", "madonvi"),
        ({"service": "XoaHoSo"}, "2", "service"),
        ({"service": "LayThuTuc", "maTTHC": "1.999999"}, "5", "maTTHC"),
        ({"service": "TraCuuHoSo", "mahoso": "000.00.00.H49-200115-0001"}, "8", "mahoso"),
        ({"isUpdating": "perhaps"}, "2", "isUpdating"),
        ({"data": []}, "2", "data"),
        ({"data": "none"}, "2", "data"),
        ({"data": [DOSSIER] * 1_001}, "2", "data"),
    ],
)
def test_a_call_that_is_wrong_as_a_whole_is_refused_with_its_place(portal, client, members, code, place):
    whole = {"service": "DongBoHoSoMC", "isUpdating": False, "data": [DOSSIER]} | members
    told = client.call(**whole)
    assert told.keys() == MEMBERS
    assert (told["error_code"], told["errors"][0]["place"], portal.sent) == (code, place, [])


def test_what_is_no_call_gets_the_envelope_too(portal):
    path = f"/XrdAdapter/RestService/forward/mapi/login?{DESTINATION}"
    deep = b'{"a":' + b"[" * 20 + b"]" * 20 + b"}"
    for body, rule in (
        (b"no", "body-readable"),
        (b"[]", "member-form"),
        (b'{"username":"a","username":"b"}', "body-readable"),
        (deep, "body-readable"),
        (b"\xff", "body-readable"),
        (b'"' + b"x" * 2 * 1024 * 1024 + b'"', "body-size"),
        (b"{}", "member-form"),
    ):
        told = json.loads(portal.post(path, body))
        assert told.keys() == MEMBERS
        assert [each["rule"] for each in told["errors"]] == [rule]
    told = json.loads(portal.post(path.replace("G22", "G12"), b"{}"))
    assert told["errors"][0]["expected"] == "VN:GOV:000.00.00.G22:vpcpdvcprovider"
    assert portal.client.post("/elsewhere", content=b"{}").status_code == 404


def test_a_message_that_the_axis_refuses_is_told_and_the_dossier_is_not_taken(portal, client):
    portal.refuses = "503 overloaded"
    told = client.call("DongBoHoSoMC", isUpdating="False", data=[DOSSIER])
    assert (told["error_code"], told["errors"][0]["found"]) == ("9", "503 overloaded")
    portal.refuses = ""
    assert client.push(DOSSIER, [STEP])


def test_units_below_may_be_named_in_either_form(portal, client):
    client.unit = "H50.14"
    below = DOSSIER | {"MaHoSo": "H50.14-200115-0001", "MaTTHC": f"1.000001.{UNIT}"}
    assert client.push(below, [STEP | {"MaHoSo": "000.00.14.H50-200115-0001", "PhongBanXuLy": ""}])
    assert portal.ask("SELECT code, unit FROM dossiers") == [("000.00.14.H50-200115-0001", "000.00.14.H50")]
    assert portal.ask("SELECT department FROM steps") == [("H50.14",)]
    assert not client.push(DOSSIER, []), "a code of the unit above is another unit's"
