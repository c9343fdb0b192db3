"""`axis agency`: agencies are added, imported, listed, locked and unlocked."""

import json


def test_agencies_are_added_listed_locked_and_unlocked(axis):
    assert "1 added" in axis("agency", "add", "H24", "--name", "Hải Phòng")
    axis("agency", "add", "H24.05", "--name", "Sở Nội vụ")
    axis("agency", "lock", "000.00.00.H24")
    items = json.loads(axis("agency", "list", "--json"))["items"]
    assert {item["code"]: (item["parent"], item["locked"]) for item in items} == {
        "000.00.00.H24": (None, True),
        "000.00.05.H24": ("000.00.00.H24", False),
    }
    assert "locked" in axis("agency", "list", "--q", "hai phong")
    assert not json.loads(axis("agency", "unlock", "H24", "--json"))["locked"]
    assert "not in the directory" in axis("agency", "lock", "H99", status=2)


def test_contacts_are_added_left_as_they_were_and_cleared(axis):
    axis("agency", "add", "H24", "--name", "Hải Phòng", "--mail", "vanthu@haiphong.example", "--fax", "1")
    axis("agency", "add", "H24", "--name", "Hải Phòng", "--mobile", "0912 345 678", "--fax", "")
    (item,) = json.loads(axis("agency", "list", "--json"))["items"]
    assert (item["mail"], item["mobile"], item["fax"]) == ("vanthu@haiphong.example", "0912 345 678", None)
    assert "/mail" in axis("agency", "add", "H24", "--name", "Hải Phòng", "--mail", "nobody", status=2)


def test_a_file_is_imported_whole_or_not_at_all(axis, environment):
    file = environment / "agencies.csv"
    file.write_text("code,name,parent\nH24.05,Sở Nội vụ,H24\nH24,Hải Phòng,\n", encoding="utf-8")
    assert json.loads(axis("agency", "import", str(file), "--json")) == {"added": 2, "known": 0}
    file.write_text("code,name,parent\nH25,Hải Dương,\nH26,Hà Giang,H98\n", encoding="utf-8")
    assert "H98" in axis("agency", "import", str(file), status=2)
    file.write_text("code,name\nH25,Hải Dương\n,không mã\n", encoding="utf-8")
    assert "line 3, code" in axis("agency", "import", str(file), status=2)
    assert len(json.loads(axis("agency", "list", "--json"))["items"]) == 2
    assert "No such file" in axis("agency", "import", "nowhere.csv", status=2)
