"""`axis token`: tokens are shown once, listed without themselves, and revoked."""

import json

import pytest


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
