"""The JSON Schema and the hub's rules say the same, as far as a schema can say it."""

import json

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st
from support.manifests import LEFT_OUT, attachment, changed, manifest, reference

from axis.protocol.errors import ManifestInvalid
from axis.protocol.manifest import check_manifest
from axis.protocol.manifest_limits import ManifestLimits
from axis.protocol.manifest_schema import manifest_schema

SCHEMA = jsonschema_rs.Draft202012Validator(manifest_schema())

LINE = st.sampled_from(["a", "Số 1", "", " ", "a\nb", "a\x7f", "x" * 100, "x" * 101, "x" * 2001])
CODE = st.sampled_from(["H24", "000.00.00.G22", "vxp.saas.03", "", "-", "H 24", "x" * 32, "x" * 33])
DAY = st.sampled_from(["2019-06-03", "2020-02-29", "2019-6-3", "20190603", "", "2019-06-03Z"])
ODD = st.sampled_from([None, True, 0, -1, 1.5, "", "x", [], {}, [None]])
OUT = st.just(LEFT_OUT)
NAME = st.sampled_from(
    ["a.pdf", "b.pdf", "ố.pdf", "", " ", ".", "..", "...", "a/b", "a\\b", "a\tb", "x" * 256]
)


def objects(good, **members):
    return st.fixed_dictionaries({}, optional=members).map(lambda changes: changed(good, changes)) | ODD


REFERENCES = st.lists(
    objects(
        reference(),
        **{"from": CODE | ODD | OUT, "number": LINE | ODD | OUT, "issued_on": DAY | OUT, "x": ODD},
    ),
    max_size=2,
)
ATTACHMENTS = st.lists(
    objects(
        attachment(),
        name=NAME | ODD | OUT,
        media_type=st.sampled_from(["a/b", "a", "a/b;c=d", 'a/b; c="d"', "a/b;", "a/é", "a/" + "b" * 254])
        | ODD
        | OUT,
        size=st.sampled_from([0, 2**30, 2**30 + 1]) | ODD | OUT,
        sha256=st.sampled_from(["a" * 64, "A" * 64, "a" * 63]) | ODD | OUT,
        x=ODD,
    ),
    max_size=2,
)
SIGNER = objects({"name": "An"}, name=LINE | ODD | OUT, position=LINE | ODD | OUT, x=ODD)
MEMBERS = {
    "from": CODE | ODD | OUT,
    "to": st.lists(CODE | ODD, max_size=3) | ODD | OUT,
    "number": LINE | ODD | OUT,
    "issued_on": DAY | ODD | OUT,
    "type": st.sampled_from(["quyet-dinh", "luat", "Cong-van"]) | ODD | OUT,
    "subject": LINE | ODD | OUT,
    "priority": st.sampled_from(["express_timed", "fast"]) | ODD | OUT,
    "action": st.sampled_from(["new", "recall", "update", "replace", "delete"]) | ODD | OUT,
    "refers_to": REFERENCES | ODD | OUT,
    "signer": SIGNER | OUT,
    "due_on": DAY | ODD | OUT,
    "attachments": ATTACHMENTS | ODD | OUT,
    "x": ODD,
}
ONE_CHANGE = st.one_of([st.fixed_dictionaries({name: values}) for name, values in MEMBERS.items()])
CHANGES = ONE_CHANGE | st.fixed_dictionaries({}, optional=MEMBERS)
REPLACED_ACTION = st.sampled_from([{}, {"action": "recall", "refers_to": [reference()]}])

BEYOND_A_SCHEMA = (
    "each ",
    "a name of its own",
    "whose documents alone",
    "invisible",
    "the calendar has",
    "bytes in UTF-8",
)


def beyond_a_schema(place):
    return any(words in place.expected for words in BEYOND_A_SCHEMA)


def broken_rules(value):
    try:
        check_manifest(value, sha256="")
    except ManifestInvalid as error:
        return error.places
    return ()


@given(REPLACED_ACTION, CHANGES)
def test_schema_and_rules_agree(action, changes):
    value = changed(manifest(**action), changes)
    broken = broken_rules(value)
    if not broken or not all(beyond_a_schema(place) for place in broken):
        assert SCHEMA.is_valid(value) == (not broken)


def test_the_schema_takes_the_contracts_example():
    SCHEMA.validate(manifest())
    assert not SCHEMA.is_valid(manifest(extra=1))


def test_the_schema_is_itself_valid_and_follows_the_limits():
    jsonschema_rs.meta.validate(manifest_schema())
    small = manifest_schema(ManifestLimits(recipients=1))
    assert not jsonschema_rs.Draft202012Validator(small).is_valid(manifest())
    assert json.loads(json.dumps(small)) == small
