"""`axis token`: tokens are shown once, listed without themselves, and revoked."""

import json

import pytest

from axis.agencies.callers import Caller
from axis.agencies.last_calls import LastCalls
from axis.cli.common import opened_store
from axis.protocol.agency_codes import canonical


@pytest.mark.usefixtures("hai_phong")
def test_a_token_is_printed_alone_listed_without_itself_and_revoked(axis):
    token = axis("token", "create", "--agency", "H24", "--subtree", "--expires", "30")
    assert token.startswith("axis_")
    assert token.count("\n") == 1
    axis("token", "create", "--auditor", "Thanh tra")
    listed = axis("token", "list", "--json")
    assert token.strip() not in listed
    by_role = {item["role"]: item for item in json.loads(listed)["items"]}
    assert (by_role["agency"]["subtree"], by_role["auditor"]["name"]) == (True, "Thanh tra")
    assert by_role["agency"]["expires_at"]
    axis("token", "revoke", by_role["agency"]["id"])
    assert "revoked" in axis("token", "list")
    assert "no token" in axis("token", "revoke", by_role["agency"]["id"], status=2)


@pytest.mark.usefixtures("hai_phong")
def test_who_holds_a_token_and_when_it_was_used_is_listed(axis):
    axis("token", "create", "--agency", "H24", "--name", "Phần  mềm một cửa")
    axis("token", "create", "--agency", "H24")
    items = json.loads(axis("token", "list", "--json"))["items"]
    assert sorted(str(item["name"]) for item in items) == ["None", "Phần mềm một cửa"]
    (used,) = [item["id"] for item in items if item["name"]]
    with opened_store() as store:
        calls = LastCalls()
        calls.note(Caller("agency", canonical("H24"), False, None, used))
        calls.store(store.database, store.clock)
    times = {item["id"]: item["used_at"] for item in json.loads(axis("token", "list", "--json"))["items"]}
    assert [token for token, at in times.items() if at is not None] == [used]
    assert axis("token", "list").count("never") == 1
    assert "--name goes with --agency" in axis("token", "create", "--auditor", "A", "--name", "B", status=2)
