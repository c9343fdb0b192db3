"""The script that writes the lists of districts and communes."""

import json

import pytest

from nodes.divisions_writer import main, rows

OLD = [
    {
        "name": "Tỉnh Hoà Bình",  # the registry writes Hòa Bình
        "districts": [
            {"name": "Thành phố Hòa Bình", "wards": [{"name": "Phường Thái Bình"}, {"name": "Xã Độc Lập"}]},
            {"name": "Huyện Đà Bắc", "wards": []},
        ],
    },
    {"name": "Thành phố Huế", "districts": []},
]


def test_districts_are_numbered_from_31_and_communes_from_1_in_the_order_of_the_package():
    assert list(rows(OLD)) == [
        ("000.00.00.H28", "Tỉnh Hoà Bình"),
        ("000.00.31.H28", "Thành phố Hòa Bình"),
        ("000.01.31.H28", "Phường Thái Bình"),
        ("000.02.31.H28", "Xã Độc Lập"),
        ("000.00.32.H28", "Huyện Đà Bắc"),
        ("000.00.00.H57", "Thành phố Huế"),
    ]


def test_without_districts_communes_have_the_level_with_three_digits():
    province = {"name": "Cao Bằng", "wards": [{"name": f"Xã {number}"} for number in range(150)]}
    assert list(rows([province]))[150] == ("150.00.00.H14", "Xã 149")


def test_a_province_that_nobody_knows_is_no_province():
    with pytest.raises(KeyError, match="sai gon"):
        list(rows([{"name": "Tỉnh Sài Gòn"}]))


def test_the_file_has_a_line_for_each(tmp_path):
    source, target = tmp_path / "nested.json", tmp_path / "divisions.csv"
    source.write_text(json.dumps(OLD), encoding="utf-8")
    main([str(source), str(target)])
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["code,name", "000.00.00.H28,Tỉnh Hoà Bình"]
    assert len(lines) == 1 + 6
