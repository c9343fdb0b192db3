"""What a verification may be asked, and that everything wrong is named at once."""

import pytest

from axis.clock import parse_rfc3339
from axis.compliance.verifications.verification_requests import MOST_ROOTS, read_verification
from axis.protocol.errors import QueryInvalid
from signing.policy import ADMITS_DSA, DEFAULT

ROOT = "ab" * 32


def test_nothing_asked_is_everything_under_the_standing_policy():
    asked = read_verification({})
    assert (asked.policy, asked.without_roots, asked.at) == (DEFAULT, frozenset(), None)
    assert asked.query.model_fields_set == set()


def test_filter_policy_roots_and_time_are_read():
    asked = read_verification(
        {
            "filter": {"sender": "H62", "from": "2019-03-12", "signed": "true"},
            "policy": {
                "base": "admits-dsa",
                "forbid": ["sha1", "p256", "rsa-2048"],
                "without_roots": [ROOT.upper()],
            },
            "at": "2026-06-03T00:00:00+07:00",
        }
    )
    assert (asked.query.sender, asked.query.from_, asked.query.signed) == (
        "000.00.00.H62",
        "2019-03-12",
        "true",
    )
    assert asked.policy.dsa_digests == ADMITS_DSA.dsa_digests - {"sha1"}
    assert asked.policy.curves == DEFAULT.curves - {"p256"}
    assert asked.policy.min_rsa_bits == 2049
    assert asked.policy.name == "admits-dsa without sha1, p256, rsa-2048"
    assert asked.without_roots == {ROOT}
    assert asked.at == parse_rfc3339("2026-06-02T17:00:00Z")


def test_a_policy_is_asked_by_its_name():
    assert read_verification({"policy": "admits-dsa"}).policy is ADMITS_DSA
    assert (
        read_verification({"policy": {"base": "admits-dsa", "forbid": ["dsa"]}}).policy.dsa_digests
        == frozenset()
    )


def test_a_smaller_limit_on_keys_admits_no_more_than_before():
    assert read_verification({"policy": {"forbid": ["rsa-1024"]}}).policy.min_rsa_bits == DEFAULT.min_rsa_bits


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        (None, [""]),
        ({"filters": {}}, ["/filters"]),
        ({"filter": []}, ["/filter"]),
        ({"filter": {"sendr": "H62"}}, ["/filter/sendr"]),
        ({"filter": {"sender": 7}}, ["/filter/sender"]),
        ({"filter": {"after": "3", "limit": "1", "format": "csv"}},
         ["/filter/after", "/filter/limit", "/filter/format"]),
        ({"filter": {"from": "2019-06-03", "to": "2019-06-02"}}, ["/filter/to"]),
        ({"policy": "strict"}, ["/policy"]),
        ({"policy": 3}, ["/policy"]),
        ({"policy": {"base": None, "forbid": ["sha3"], "without_roots": ["xyz"]}},
         ["/policy/base", "/policy/without_roots/0", "/policy/forbid/0"]),
        ({"policy": {"forbid": "sha1"}}, ["/policy/forbid"]),
        ({"policy": {"forbid": [1]}}, ["/policy/forbid"]),
        ({"policy": {"forbid": ["rsa-2048\n"]}}, ["/policy/forbid/0"]),
        ({"policy": {"without_roots": [ROOT] * (MOST_ROOTS + 1)}}, ["/policy/without_roots"]),
        ({"at": "2026-06-03"}, ["/at"]),
        ({"at": "2026-06-03T00:00:00"}, ["/at"]),
        ({"at": 5}, ["/at"]),
        ({"at": "", "policy": "x", "filter": {"type": "x"}}, ["/filter/type", "/policy", "/at"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(body, pointers):
    with pytest.raises(QueryInvalid) as refused:
        read_verification(body)
    assert [place.pointer for place in refused.value.places] == pointers
