"""Promise 12: closed by default. Every route is in the table below, with what each role is answered."""

import base64
from typing import Any
from urllib.parse import quote

import pytest

from axis.app import build, create_app
from axis.protocol.vxp import OPERATIONS
from axis.settings import Settings
from axis.web.openapi_description import who_may_call
from signing.ocsp import CertificateId
from signing.ocsp import make_request as make_ocsp_request
from signing.timestamps import make_request as make_timestamp_request

pytestmark = pytest.mark.stores("sqlite")

ROLES = ("anonymous", "agency", "other", "auditor", "operator", "relay")
"""`agency` sent the document and holds the delivery asked about; `other` and `relay` have no part in it."""

OPEN = (200, 200, 200, 200, 200, 200)
ANY_TOKEN = (401, 200, 200, 200, 200, 200)
MINE = (401, 200, 404, 200, 403, 403)
PARTIES = (401, 200, 404, 200, 403, 404)
"""What a relay reads, too, of documents of its agencies."""
READERS = (401, 200, 200, 200, 403, 403)
SPEAKING = (401, 200, 200, 403, 403, 200)
AUDITORS = (401, 403, 403, 200, 403, 403)
OPERATORS = (401, 403, 403, 403, 200, 403)
WATCHERS = (401, 403, 403, 200, 200, 403)
PAGES_OF_READERS = (303, 200, 200, 200, 403, 403)
"""Pages for who may read documents; a browser without a session is sent to sign in."""
SYSTEMS = (200, 200, 200, 200, 200, 200)
"""Known by signed headers and by no token: each role gets a reply that says so, with code 15."""

TABLE: dict[tuple[str, str], tuple[int, int, int, int, int, int]] = {
    ("POST", "/v1/documents"): (401, 201, 403, 403, 403, 403),
    ("PUT", "/v1/uploads/{sha256}"): (401, 422, 422, 403, 403, 403),  # at an address that is no digest
    ("POST", "/v1/documents/bulk"): (401, 200, 200, 403, 403, 403),
    ("GET", "/v1/documents"): READERS,
    ("GET", "/v1/documents/{document}"): PARTIES,
    ("GET", "/v1/documents/{document}/manifest"): PARTIES,
    ("HEAD", "/v1/documents/{document}/manifest"): PARTIES,
    ("GET", "/v1/documents/{document}/signatures/{n}"): PARTIES,
    ("HEAD", "/v1/documents/{document}/signatures/{n}"): PARTIES,
    ("GET", "/v1/documents/{document}/attachments/{n}"): PARTIES,
    ("HEAD", "/v1/documents/{document}/attachments/{n}"): PARTIES,
    ("GET", "/v1/documents/{document}/edxml"): (401, 404, 404, 404, 403, 403),  # it came over REST
    ("HEAD", "/v1/documents/{document}/edxml"): (401, 404, 404, 404, 403, 403),
    ("GET", "/v1/documents/{document}/verdicts"): PARTIES,
    ("GET", "/v1/documents/{document}/receipt"): PARTIES,
    ("GET", "/v1/documents/{document}/evidence"): MINE,
    ("GET", "/v1/refusals"): READERS,
    ("GET", "/v1/inbox"): SPEAKING,
    ("GET", "/v1/events"): (401, 200, 200, 200, 403, 200),
    ("GET", "/v1/deliveries"): READERS,
    ("GET", "/v1/deliveries/{id}"): PARTIES,
    ("POST", "/v1/deliveries/{id}/statuses"): (401, 201, 404, 403, 403, 404),
    ("POST", "/v1/statuses"): SPEAKING,
    ("GET", "/v1/statistics/signatures"): READERS,
    ("GET", "/v1/statistics/exchange"): READERS,
    ("GET", "/v1/statistics/deadlines"): READERS,
    ("GET", "/v1/statistics/messages"): READERS,
    ("GET", "/v1/statistics/verdicts"): READERS,
    ("GET", "/v1/targets"): ANY_TOKEN,
    ("PUT", "/v1/targets"): OPERATORS,
    ("POST", "/v1/reconciliations"): (401, 403, 403, 202, 403, 403),
    ("GET", "/v1/certificates"): READERS,
    ("POST", "/v1/verifications"): (401, 403, 403, 202, 403, 403),
    ("GET", "/v1/verifications/{job}/documents"): (401, 403, 403, 404, 403, 403),  # nobody's
    ("GET", "/v1/ledger/health"): OPEN,
    ("POST", "/v1/exports"): (401, 202, 202, 202, 403, 403),
    ("GET", "/v1/exports/{job}/file"): (401, 404, 404, 404, 403, 403),  # not made
    ("HEAD", "/v1/exports/{job}/file"): (401, 404, 404, 404, 403, 403),
    ("GET", "/v1/exports/{job}/manifest"): (401, 404, 404, 404, 403, 403),
    ("GET", "/v1/jobs"): ANY_TOKEN,
    ("GET", "/v1/jobs/{job}"): (401, 404, 404, 404, 404, 404),  # nobody's
    ("DELETE", "/v1/jobs/{job}"): (401, 404, 404, 404, 404, 404),
    ("GET", "/v1/alerts"): WATCHERS,
    ("GET", "/v1/webhooks"): (401, 200, 200, 403, 200, 403),
    ("GET", "/v1/webhooks/{name}"): (401, 404, 404, 403, 404, 403),  # nobody's
    ("PUT", "/v1/webhooks/{name}"): (401, 422, 422, 403, 422, 403),  # without a body
    ("DELETE", "/v1/webhooks/{name}"): (401, 404, 404, 403, 404, 403),
    ("POST", "/v1/webhooks/{name}/secret"): (401, 404, 404, 403, 404, 403),
    ("POST", "/v1/webhooks/{name}/test"): (401, 404, 404, 403, 404, 403),
    ("GET", "/v1/webhooks/{name}/failures"): (401, 404, 404, 403, 404, 403),
    ("POST", "/v1/webhooks/{name}/replay"): (401, 404, 404, 403, 404, 403),
    ("POST", "/token"): (415, 415, 415, 415, 415, 415),  # without a form
    ("GET", "/v1/agencies"): ANY_TOKEN,
    ("GET", "/v1/agencies/{code}"): ANY_TOKEN,
    ("GET", "/v1/relay"): (401, 403, 403, 403, 403, 200),
    ("PUT", "/v1/agencies/{code}"): (401, 403, 403, 403, 200, 403),
    ("POST", "/v1/agencies/{code}/certificates"): (401, 403, 403, 403, 201, 403),
    ("DELETE", "/v1/agencies/{code}/certificates/{sha256}"): (401, 403, 403, 403, 404, 403),
    ("POST", "/v1/agencies/{code}/certificates/requests"): (401, 415, 415, 403, 403, 403),  # without a body
    ("GET", "/v1/agencies/{code}/certificates/requests"): (401, 404, 200, 200, 200, 404),
    ("GET", "/v1/agencies/{code}/certificates/requests/{identity}"): (401, 404, 404, 404, 404, 404),
    ("POST", "/v1/agencies/{code}/certificates/requests/{identity}/approval"): (401, 403, 403, 403, 404, 403),
    ("POST", "/v1/agencies/{code}/certificates/requests/{identity}/refusal"): (401, 403, 403, 403, 404, 403),
    ("GET", "/v1/trust/certificates"): OPERATORS,
    ("GET", "/v1/trust/certificates/{sha256}"): (401, 403, 403, 403, 404, 403),
    ("PUT", "/v1/trust/certificates/{sha256}"): (401, 403, 403, 403, 422, 403),
    ("DELETE", "/v1/trust/certificates/{sha256}"): (401, 403, 403, 403, 404, 403),
    ("GET", "/v1/schemas/manifest.json"): OPEN,
    ("GET", "/v1/schemas/messages/{kind}.json"): OPEN,
    ("GET", "/v1/ca/{name}.crt"): OPEN,
    ("GET", "/v1/crl/{name}.crl"): OPEN,
    ("POST", "/v1/tsa"): OPEN,
    ("POST", "/v1/ocsp"): OPEN,
    ("GET", "/v1/ocsp/{asked}"): OPEN,
    ("GET", "/v1/ledger/checkpoint"): OPEN,
    ("GET", "/v1/ledger/keys"): OPEN,
    ("GET", "/v1/ledger/cosignatures"): OPEN,
    ("POST", "/v1/ledger/cosignatures"): (401, 403, 403, 422, 403, 403),
    ("GET", "/v1/ledger/tile/{level}/{path}"): OPEN,
    ("GET", "/v1/ledger/tile/entries/{path}"): AUDITORS,
    ("POST", "/v1/ledger/receipts"): (401, 422, 422, 422, 403, 403),  # without a receipt
    ("GET", "/v1/ledger/receipts"): READERS,
    ("GET", "/v1/ledgers"): OPEN,
    ("GET", "/v1/ledgers/{ledger}/checkpoint"): OPEN,
    ("GET", "/v1/ledgers/{ledger}/tile/{level}/{path}"): OPEN,
    ("GET", "/v1/ledgers/{ledger}/tile/entries/{path}"): AUDITORS,
    **{(operation.method, f"/vxp/{name}"): SYSTEMS for name, operation in OPERATIONS.items()},
    ("GET", "/vxp/downloadEdoc"): (404, 404, 404, 404, 404, 404),
    ("GET", "/vxp/{rest}"): (404, 404, 404, 404, 404, 404),
    ("POST", "/vxp/{rest}"): (404, 404, 404, 404, 404, 404),
    ("GET", "/v1/vxp/failures"): OPERATORS,
    ("GET", "/problems/{code}"): OPEN,
    ("GET", "/"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/problems"): OPEN,
    ("GET", "/assets/{name}"): (404, 404, 404, 404, 404, 404),  # of a name that is none
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): (415, 415, 415, 415, 415, 415),  # without a form
    ("POST", "/sign-out"): (415, 415, 415, 415, 415, 415),
    ("GET", "/language/{language}"): (303, 303, 303, 303, 303, 303),
    ("GET", "/ledger"): OPEN,
    ("POST", "/ledger"): (415, 415, 415, 415, 415, 415),
    ("GET", "/verify"): OPEN,
    ("POST", "/verify"): (415, 415, 415, 415, 415, 415),
    ("GET", "/report"): PAGES_OF_READERS,
    ("GET", "/centre"): (303, 200, 200, 200, 200, 403),
    ("GET", "/certificates"): PAGES_OF_READERS,
    ("GET", "/alerts"): (303, 403, 403, 200, 200, 403),
    ("GET", "/jobs"): (303, 200, 200, 200, 200, 403),
    ("POST", "/jobs/reconciliations"): (303, 403, 403, 415, 403, 403),  # without a form
    ("POST", "/jobs/{job}/cancel"): (303, 415, 415, 415, 415, 403),  # without a form
    ("GET", "/deadlines"): PAGES_OF_READERS,
    ("GET", "/documents"): PAGES_OF_READERS,
    ("GET", "/documents/{document}"): (303, 200, 404, 200, 403, 403),
    ("GET", "/compose"): (303, 200, 200, 403, 403, 403),
    ("POST", "/compose"): (303, 415, 415, 403, 403, 403),  # without a form
    ("POST", "/compose/edit"): (303, 415, 415, 403, 403, 403),
    ("POST", "/compose/manifest"): (303, 415, 415, 403, 403, 403),
    ("POST", "/compose/check"): (303, 415, 415, 403, 403, 403),
    ("POST", "/compose/send"): (303, 415, 415, 403, 403, 403),
    ("GET", "/compose/sent/{document}"): (303, 200, 404, 403, 403, 403),
    ("GET", "/inbox"): (303, 200, 200, 403, 403, 403),
    ("GET", "/outbox"): (303, 200, 200, 403, 403, 403),
    ("GET", "/deliveries"): PAGES_OF_READERS,
    ("GET", "/deliveries/{delivery}"): (303, 200, 404, 200, 403, 403),
    ("POST", "/deliveries/{delivery}/statuses"): (303, 415, 415, 403, 403, 403),  # without a form
    ("GET", "/refusals"): PAGES_OF_READERS,
    ("GET", "/agencies"): (303, 200, 200, 200, 200, 403),
    ("GET", "/agencies/{code}"): (303, 200, 200, 200, 200, 403),
    ("GET", "/openapi.json"): OPEN,
    ("HEAD", "/openapi.json"): OPEN,
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/version"): OPEN,
    ("GET", "/metrics"): OPEN,
}

PAGES = {
    "/sign-in",
    "/sign-out",
    "/ledger",
    "/verify",
    "/report",
    "/centre",
    "/certificates",
    "/alerts",
    "/jobs",
    "/jobs/reconciliations",
    "/jobs/{job}/cancel",
    "/deadlines",
    "/documents",
    "/documents/{document}",
    "/compose",
    "/compose/edit",
    "/compose/manifest",
    "/compose/check",
    "/compose/send",
    "/compose/sent/{document}",
    "/inbox",
    "/outbox",
    "/deliveries",
    "/deliveries/{delivery}",
    "/deliveries/{delivery}/statuses",
    "/refusals",
    "/agencies",
    "/agencies/{code}",
}
"""Addresses whose refusals are pages."""

ROLES_OF = {
    "anyone": ROLES,
    "agency": ("agency", "other"),
    "auditor": ("auditor",),
    "operator": ("operator",),
    "relay": ("relay",),
    "system": (),
}


@pytest.fixture
def routes(tmp_path):
    hub = build(Settings(database_url=f"sqlite:///{tmp_path}/axis.db"))
    yield who_may_call(create_app(hub))
    hub.close()


def test_every_route_is_in_the_table(routes):
    assert set(routes) == set(TABLE)


def test_every_route_says_itself_what_the_table_says(routes):
    for route, allowed in routes.items():
        may = {role for name in allowed for role in ROLES_OF[name]}
        for role, status in zip(ROLES, TABLE[route], strict=True):
            if allowed == ("system",):
                continue  # its refusals are in the body
            if route == ("POST", "/v1/documents") and role in {"other", "relay"}:
                continue  # they may send documents, but not this one: it is another agency's
            is_sent_away = role == "anonymous" and status == 303 and "anyone" not in allowed
            assert (status not in {401, 403} and not is_sent_away) == (role in may), (route, role)


@pytest.fixture(scope="module")
def sent(world):
    answer = world.sender.send("000.00.00.G22")
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("template", [template for method, template in TABLE if method == "GET"])
def test_head_is_answered_wherever_get_is(world, sent, template):
    path, more = _filled(world, sent, "GET", template)
    for role in ("anonymous", "auditor"):
        got, head = (world.ask(role, method, path, **more) for method in ("GET", "HEAD"))
        assert head.status_code == got.status_code
        assert head.headers.get("content-type") == got.headers.get("content-type")
        assert head.content == b""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "template"), TABLE)
def test_each_role_is_answered_as_the_table_says(world, sent, method, template, role):
    path, more = template, _BODIES.get(template)
    if more is None:
        path, more = _filled(world, sent, method, template)
    answer = world.ask(role, method, path, **more)
    assert answer.status_code == TABLE[method, template][ROLES.index(role)], answer.text
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    if path.startswith("/vxp/") and answer.status_code == 200:
        assert answer.json()["ErrorCode"] == "15"
    elif path == "/vxp/downloadEdoc":
        assert answer.content == b""
    elif answer.status_code >= 400 and method != "HEAD":
        expected = "text/html; charset=utf-8" if template in PAGES else "application/problem+json"
        assert answer.headers["content-type"] == expected


_ASKED = make_ocsp_request([CertificateId("sha1", bytes(20), bytes(20), 1)])
_BODIES: dict[str, dict[str, Any]] = {
    "/v1/exports": {"json": {"what": "documents", "format": "csv"}},
    "/v1/verifications": {"json": {"policy": {"forbid": ["sha1"]}}},
    "/v1/ledger/cosignatures": {"json": {}},
    "/v1/ledger/receipts": {"json": {}},
    "/v1/documents/bulk": {"content": b"", "headers": {"Content-Type": "application/x-ndjson"}},
    "/v1/uploads/{sha256}": {"content": b"x"},
    "/v1/targets": {"json": {"level": 1, "year": 2020, "rate": 0.9}},
    "/v1/tsa": {
        "content": make_timestamp_request(bytes(32)),
        "headers": {"Content-Type": "application/timestamp-query"},
    },
    "/v1/ocsp": {"content": _ASKED, "headers": {"Content-Type": "application/ocsp-request"}},
}
_VALUES = {
    "{n}": "0",
    "{id}": "{delivery}",
    "{level}": "0",
    "{ledger}": "1",
    "{rest}": "/sendEverything",
    "{path}": "000.p/1",
    "{name}": "issuing",
    "{kind}": "trang-thai-ho-so",
    "{sha256}": "0" * 64,
    "{identity}": "00000000-0000-0000-0000-000000000000",  # nobody's
    "{language}": "en",
    "{asked}": quote(base64.b64encode(_ASKED).decode(), safe=""),
}


def _filled(world, sent, method: str, path: str) -> tuple[str, dict[str, Any]]:
    """Return the address and body of a call that has all it needs but the right."""
    for name, value in _VALUES.items():
        path = path.replace(name, value)
    path = path.replace("{document}", sent["id"]).replace("{delivery}", sent["deliveries"][0]["id"])
    path = path.replace("{code}", "not-found" if path.startswith("/problems") else "000.00.00.H05")
    if path == "/v1/documents" and method == "POST":
        manifest = world.sender.manifest("000.00.00.G22")
        content = b"%PDF-1.7\n%%EOF\n"
        parts = [("manifest", ("m", manifest)), ("attachment", ("van-ban.pdf", content))]
        return path, {"files": parts}
    if path.endswith("/statuses"):
        asked_back = {"code": "13", "note": "gửi nhầm nơi nhận"}
        return path, {"json": [] if path == "/v1/statuses" else asked_back}
    if path.endswith("/certificates"):
        return path, {
            "json": {"certificate": world.other.item["organisation"]["certificate"], "kind": "person"}
        }
    if method != "PUT":
        bodies = {"replay": {}, "refusal": {"reason": "Sai đầu mối"}}
        body = bodies.get(path.rpartition("/")[2])
        return path, {} if body is None else {"json": body}
    if path.startswith("/v1/trust"):  # of another digest than the address names
        return path, {"json": {"certificate": world.office.item["organisation"]["certificate"]}}
    return path, {"json": {"name": "UBND tỉnh Bắc Ninh"}}
