"""Policies are found by their names."""

from signing import policy


def test_every_policy_is_found_by_its_name():
    assert {name: each.name for name, each in policy.POLICIES.items()} == {
        "axis-2019": "axis-2019",
        "admits-dsa": "admits-dsa",
    }
