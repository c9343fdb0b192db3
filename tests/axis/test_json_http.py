import json

from axis.json_http import answer_json, describe_body, page_members


def page(rows, limit):
    return page_members(rows, limit, lambda row: {"code": row}, lambda row: f"after-{row}")


def test_an_answer_is_json_with_the_status_and_headers_given():
    answer = answer_json({"name": "Hải Phòng"}, 201, {"Cache-Control": "no-store"})
    assert json.loads(answer.body) == {"name": "Hải Phòng"}
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    assert answer.headers["cache-control"] == "no-store"


def test_a_page_ends_at_its_limit_and_names_its_last_row():
    assert page(["H62", "H24", "G22"], 2) == {
        "items": [{"code": "H62"}, {"code": "H24"}],
        "next": "after-H24",
    }


def test_a_page_that_holds_the_last_row_has_no_next():
    assert page(["H62", "H24"], 2)["next"] is None
    assert page([], 2) == {"items": [], "next": None}


def test_a_body_is_described_with_an_example_only_where_one_is_given():
    schema = {"type": "object"}
    bare = {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
    assert describe_body(schema) == bare
    with_example = describe_body(schema, {"year": 2020})["requestBody"]["content"]["application/json"]
    assert with_example == {"schema": schema, "example": {"year": 2020}}
