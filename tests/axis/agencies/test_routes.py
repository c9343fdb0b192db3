"""The directory over HTTP."""

import pytest
from support.application import application, client_of
from support.asgi import AsgiClient

from axis.agencies import routes
from axis.agencies.directory_changes import AgencyEntry, delete_agency, put_agencies
from axis.clock import real_now
from axis.protocol.agency_codes import canonical

pytestmark = pytest.mark.stores("sqlite")

NAMES = {
    "H24": "Ủy ban nhân dân thành phố Hải Phòng",
    "H24.05": "Sở Nội vụ thành phố Hải Phòng",
    "H25": "Ủy ban nhân dân tỉnh Hải Dương",
    "G22": "Văn phòng Chính phủ",
    "vxp.saas.03": "Hệ thống 100%_thử",
}


@pytest.fixture
def app(database):
    entries = [AgencyEntry(canonical(code), name) for code, name in NAMES.items()]
    database.write(lambda tx: put_agencies(tx, entries, real_now()))
    return application(database, routes.router)


@pytest.fixture
def reader(app):
    return client_of(app, role="agency", agency=canonical("H24"))


@pytest.fixture
def operator(app):
    return client_of(app, role="operator", name="Vận hành")


def codes(client, **query) -> list[str]:
    reply = client.get("/v1/agencies", params=query)
    assert reply.status_code == 200, reply.text
    return [item["short_code"] for item in reply.json()["items"]]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("hai phong", ["H24", "H24.05"]),
        ("HẢI PHÒNG", ["H24", "H24.05"]),
        ("phòng nội", ["H24.05"]),
        ("chinh phu", ["G22"]),
        ("H25", ["H25"]),
        ("H24.05", ["H24.05"]),
        ("000.00.00.H24", ["H24"]),
        ("saas", ["vxp.saas.03"]),
        ("100%_", ["vxp.saas.03"]),
        ("%", ["vxp.saas.03"]),
        ("không có", []),
    ],
)
def test_words_find_agencies_without_marks_or_case_and_no_wildcards(reader, q, found):
    assert sorted(codes(reader, q=q)) == sorted(found)


def test_pages_follow_each_other_to_the_end(reader):
    seen, after = [], ""
    while after is not None:
        reply = reader.get("/v1/agencies", params={"limit": 2, "after": after}).json()
        seen += [item["code"] for item in reply["items"]]
        after = reply["next"]
    assert len(seen) == len(set(seen)) == len(NAMES)


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"colour": "red"}, {"q": "a\x00"}, {"after": "\x00"}],
)
def test_a_query_of_another_shape_is_refused(reader, query):
    reply = reader.get("/v1/agencies", params=query)
    assert (reply.status_code, reply.json()["code"]) == (422, "query-invalid")


@pytest.mark.parametrize("code", ["H24", "000.00.00.H24"])
def test_an_agency_is_found_by_either_form_of_its_code(reader, code):
    assert reader.get(f"/v1/agencies/{code}").json() == {
        "code": "000.00.00.H24",
        "short_code": "H24",
        "name": NAMES["H24"],
        "parent": None,
        "level": 1,
        "locked": False,
        "mail": None,
        "mobile": None,
        "fax": None,
        "via": None,
        "last_seen": None,
    }


@pytest.mark.parametrize("code", ["H99", "no code!", "x" * 500, "%00"])
def test_an_agency_that_is_not_there_is_not_found(reader, code):
    reply = reader.get(f"/v1/agencies/{code}")
    assert (reply.status_code, reply.json()["code"]) == (404, "not-found")


def test_an_operator_adds_and_changes_agencies(operator):
    first = operator.put("/v1/agencies/H24.06", json={"name": "Sở Tài chính"})
    assert (first.status_code, first.json()["parent"]) == (201, "000.00.00.H24")
    second = operator.put("/v1/agencies/000.00.06.H24", json={"name": "Sở Tài chính", "locked": True})
    assert (second.status_code, second.json()["locked"]) == (200, True)
    third = operator.put("/v1/agencies/H24.06", json={"name": "Sở Tài chính", "parent": None})
    assert (third.json()["parent"], third.json()["locked"]) == (None, True)


def test_an_operator_sets_and_clears_contacts(operator):
    sent = {"name": "Sở Tài chính", "mail": "vanthu@stc.example", "mobile": "0912 345 678", "fax": "1"}
    first = operator.put("/v1/agencies/H24.06", json=sent).json()
    assert {name: first[name] for name in sent} == sent
    second = operator.put("/v1/agencies/H24.06", json={"name": "Sở Tài chính", "fax": None}).json()
    assert (second["mail"], second["mobile"], second["fax"]) == (sent["mail"], sent["mobile"], None)


def test_a_deleted_agency_is_not_found_until_it_is_added_again(app, reader, operator):
    app.state.hub.database.write(lambda tx: delete_agency(tx, canonical("H25"), real_now()))
    assert reader.get("/v1/agencies/H25").status_code == 404
    assert "H25" not in codes(reader)
    assert codes(reader, q="hai duong") == []
    assert operator.put("/v1/agencies/H25", json={"name": NAMES["H25"]}).status_code == 201
    assert reader.get("/v1/agencies/H25").json()["name"] == NAMES["H25"]


@pytest.mark.parametrize(
    ("code", "body", "pointers"),
    [
        ("H24", {}, {"/name"}),
        ("H24", [], {""}),
        ("H24", {"name": 5, "locked": "yes", "colour": 1}, {"/name", "/locked", "/colour"}),
        ("H24", {"name": "x", "parent": "H99"}, {"/parent"}),
        ("H24", {"name": "x", "parent": "H24.05"}, {"/parent"}),
        ("H24", {"name": "x", "parent": "no code!"}, {"/parent"}),
        ("no code!", {"name": " "}, {"path:code"}),
        ("H24", {"name": "x", "mail": 5, "mobile": [], "fax": True}, {"/mail", "/mobile", "/fax"}),
        ("H24", {"name": "x", "mail": "nobody", "fax": ""}, {"/mail", "/fax"}),
        ("H24", {"name": " "}, {"/name"}),
    ],
)
def test_what_cannot_be_is_refused_with_its_places(operator, code, body, pointers):
    reply = operator.put(f"/v1/agencies/{code}", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "query-invalid")
    assert {error["pointer"] for error in reply.json()["errors"]} == pointers


def test_a_body_is_read_only_of_the_right_type_and_within_limits(operator):
    as_text = operator.put("/v1/agencies/H24", content=b"{}", headers={"Content-Type": "text/plain"})
    assert as_text.json()["code"] == "unsupported-media-type"
    as_json = {"Content-Type": "application/json; charset=utf-8"}
    large = operator.put("/v1/agencies/H24", content=b" " * (1024 * 1024 + 1), headers=as_json)
    assert large.json()["code"] == "too-large"
    assert operator.put("/v1/agencies/H24", content=b"{", headers=as_json).json()["code"] == "malformed-json"


def test_only_operators_change_and_only_callers_read(app, reader):
    assert reader.put("/v1/agencies/H24", json={"name": "x"}).status_code == 403
    auditor = client_of(app, role="auditor", name="Thanh tra")
    assert auditor.put("/v1/agencies/H24", json={"name": "x"}).status_code == 403
    assert codes(auditor)
    nobody = AsgiClient(app)
    for reply in (nobody.get("/v1/agencies"), nobody.get("/v1/agencies/H24"), nobody.put("/v1/agencies/H24")):
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
