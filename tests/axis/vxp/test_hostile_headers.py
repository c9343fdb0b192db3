"""Over HTTP: headers of any content get a reply of the protocol, and never a fault of the hub."""

import asyncio
import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.effort import times
from support.old_protocol_systems import HAI_PHONG, old_door

from axis.protocol.vxp import OPERATIONS, PREFIX, sign

VALUES = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)
NAMES = st.sampled_from(["sign-header-key", "sign-header", "hash-header", "systemid", "timestamp"])
PARAMETERS = st.dictionaries(
    st.sampled_from(["timestamp", "docId", "docid", "from", "to", "status", "fromDate", "level", "hash-file"])
    | st.text(max_size=12),
    st.text(max_size=40),
    max_size=6,
)


@pytest.fixture(scope="module")
def door(tmp_path_factory, migrated_file):
    folder = tmp_path_factory.mktemp("door")
    (folder / "axis.db").write_bytes(migrated_file.read_bytes())
    with old_door(folder, f"sqlite:///{folder}/axis.db") as made:
        made.join(HAI_PHONG)
        yield made


def ask(door, operation, headers):
    """Call with headers of any bytes, which no client library would send."""
    sent = []
    bodies = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if not bodies:
            await asyncio.Event().wait()  # the caller stays
        return bodies.pop()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": operation.method,
        "path": f"/vxp/{operation.name}",
        "query_string": b"",
        "headers": headers,
    }
    asyncio.run(door.app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def held(door, caplog, operation, headers):
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        status, body = ask(door, operation, headers)
    assert not caplog.records
    if operation.name == "downloadEdoc":
        assert (status, body) == (404, b"")
        return
    reply = json.loads(body)
    assert status == 200
    assert {"status", "ErrorCode", "ErrorDesc"} <= reply.keys()


@settings(max_examples=times(150), suppress_health_check=list(HealthCheck))
@given(st.sampled_from(list(OPERATIONS.values())), st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_headers_that_nobody_signed_get_a_reply(door, caplog, operation, headers):
    raw = [((PREFIX + name).lower().encode(), value) for name, value in headers]
    held(door, caplog, operation, raw)


@settings(max_examples=times(150), suppress_health_check=list(HealthCheck))
@given(st.sampled_from(list(OPERATIONS.values())), PARAMETERS)
def test_headers_signed_without_a_right_time_get_a_reply(door, caplog, operation, parameters):
    signed = sign({"systemid": HAI_PHONG, **parameters}, door.secrets[HAI_PHONG].encode())
    raw = [(name.lower().encode(), value.encode()) for name, value in signed]
    held(door, caplog, operation, raw)


@settings(max_examples=times(150), suppress_health_check=list(HealthCheck))
@given(st.sampled_from(list(OPERATIONS.values())), PARAMETERS)
def test_headers_signed_just_now_get_a_reply(door, caplog, operation, parameters):
    right = door.client(HAI_PHONG).documents | {"messagetype": "edoc", "docId": "x", "status": "done"}
    signed = sign(
        {**right, **parameters, **door.client(HAI_PHONG).documents}, door.secrets[HAI_PHONG].encode()
    )
    raw = [(name.lower().encode(), value.encode()) for name, value in signed]
    held(door, caplog, operation, raw)
