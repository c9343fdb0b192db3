"""Over HTTP: the sandbox's operator makes tokens of an auditor or an operator."""

import pytest

from axis.agencies.tokens import list_tokens


@pytest.mark.parametrize("role", ["auditor", "operator"])
def test_a_token_has_the_role_that_was_asked_for(tester, database, role):
    answer = tester.post("/sandbox/tokens", json={"role": role})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    with database.read() as tx:
        assert [token.role for token in list_tokens(tx)] == [role]
    assert answer.json()["token"].startswith("axis_")


@pytest.mark.parametrize("body", [{}, [], {"role": "agency"}, {"role": 1}, {"role": "auditor", "name": "x"}])
def test_other_roles_and_members_are_refused(tester, body):
    answer = tester.post("/sandbox/tokens", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")
