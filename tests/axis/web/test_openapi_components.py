import pytest

from axis.app import build, create_app
from axis.protocol.manifest_schema import manifest_schema
from axis.settings import Settings
from axis.web.openapi_components import add_schema, hoist

LETTER = {"title": "Letter", "type": "object", "properties": {"pages": {"type": "integer"}}}
COLOUR = {"title": "Colour", "type": "string", "enum": ["red", "blue"]}

PUBLISHED = {
    "sendDocument": ("post", "/v1/documents"),
    "listDocuments": ("get", "/v1/documents"),
    "readDocument": ("get", "/v1/documents/{document}"),
    "readManifest": ("get", "/v1/documents/{document}/manifest"),
    "readAttachment": ("get", "/v1/documents/{document}/attachments/{n}"),
    "listVerdicts": ("get", "/v1/documents/{document}/verdicts"),
    "readReceipt": ("get", "/v1/documents/{document}/receipt"),
    "listRefusals": ("get", "/v1/refusals"),
    "readInbox": ("get", "/v1/inbox"),
    "readEvents": ("get", "/v1/events"),
    "giveStatus": ("post", "/v1/deliveries/{id}/statuses"),
    "giveStatuses": ("post", "/v1/statuses"),
    "countSignatures": ("get", "/v1/statistics/signatures"),
    "countExchange": ("get", "/v1/statistics/exchange"),
    "listAgencies": ("get", "/v1/agencies"),
    "getAgency": ("get", "/v1/agencies/{code}"),
    "putAgency": ("put", "/v1/agencies/{code}"),
    "bindCertificate": ("post", "/v1/agencies/{code}/certificates"),
    "stampDigest": ("post", "/v1/tsa"),
    "askOcsp": ("post", "/v1/ocsp"),
    "sendEdoc": ("post", "/vxp/sendEdoc"),
}
"""What generated clients call already: neither renamed nor moved."""


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    store = tmp_path_factory.mktemp("store") / "axis.db"
    hub = build(Settings(database_url=f"sqlite:///{store}", public_url="https://truc.example"))
    yield create_app(hub).openapi()
    hub.close()


def _operations(described):
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _all(node, kind):
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == kind)
        for value in node.values():
            yield from _all(value, kind)
    elif isinstance(node, list):
        for value in node:
            yield from _all(value, kind)


def _with(schema):
    return {"content": {"application/json": {"schema": schema}}}


def _paths(*schemas):
    responses = {str(200 + n): _with(schema) for n, schema in enumerate(schemas)}
    return {"paths": {"/letters": {"get": {"responses": responses}}}}


def test_a_schema_that_stands_twice_becomes_one_component():
    described = _paths(LETTER, {"type": "array", "items": LETTER})
    hoist(described)
    assert described["components"]["schemas"] == {"Letter": LETTER}
    assert list(_all(described["paths"], "$ref")) == ["#/components/schemas/Letter"] * 2


def test_what_is_inside_a_component_becomes_one_too():
    described = _paths({**LETTER, "properties": {"ink": COLOUR}})
    hoist(described)
    assert described["components"]["schemas"]["Colour"] == COLOUR
    assert described["components"]["schemas"]["Letter"]["properties"] == {
        "ink": {"$ref": "#/components/schemas/Colour"}
    }


def test_parameters_stay_as_they_are():
    described = {"paths": {"/letters": {"get": {"parameters": [{"name": "ink", "schema": COLOUR}]}}}}
    hoist(described)
    assert described["paths"]["/letters"]["get"]["parameters"] == [{"name": "ink", "schema": COLOUR}]


def test_two_schemas_of_one_name_are_a_mistake():
    with pytest.raises(ValueError, match="two schemas are called Letter"):
        hoist(_paths(LETTER, {**LETTER, "properties": {}}))


def test_a_schemas_own_definitions_become_components():
    described = {"paths": {}}
    add_schema(described, manifest_schema())
    schemas = described["components"]["schemas"]
    assert schemas["Manifest"]["properties"]["from"] == {"$ref": "#/components/schemas/ManifestCode"}
    assert "pattern" in schemas["ManifestCode"]
    assert not list(_all(schemas, "allOf"))


def test_every_reference_leads_somewhere(described):
    found = set(_all(described, "$ref"))
    assert found
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in described["components"]["schemas"]


def test_every_refusal_is_the_one_problem(described):
    for path, method, operation in _operations(described):
        for status, response in operation["responses"].items():
            content = response.get("content", {})
            if "application/problem+json" in content:
                shown = content["application/problem+json"]["schema"]
                assert shown == {"$ref": "#/components/schemas/Problem"}, (method, path, status)
                assert response["x-codes"], (method, path, status)
    assert "Problem" in described["components"]["schemas"]


def test_operation_ids_are_short_unique_and_stay(described):
    ids = {operation["operationId"]: (method, path) for path, method, operation in _operations(described)}
    assert len(ids) == len(list(_operations(described)))
    assert all(name.isalnum() and name[0].islower() and len(name) <= 32 for name in ids)
    assert {name: ids.get(name) for name in PUBLISHED} == PUBLISHED


def test_json_comes_first_where_a_route_has_several_types(described):
    several = [
        list(content)
        for content in _all(described["paths"], "content")
        if "application/json" in content and len(content) > 1
    ]
    assert several
    assert all(types[0] == "application/json" for types in several)


def test_the_description_names_the_hubs_own_address(described):
    assert [server["url"] for server in described["servers"]] == ["https://truc.example", "/"]
