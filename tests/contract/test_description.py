"""The served OpenAPI description, held to by schemathesis: what it promises is what the hub answers."""

import contextlib
import datetime as dt
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from axis.protocol.vxp import OPERATIONS, sign, stamp

schemathesis.serializer.alias(
    ["application/timestamp-query", "application/ocsp-request"], "application/octet-stream"
)
schemathesis.serializer.alias(
    ["application/x-ndjson", "application/ndjson", "application/jsonl"],
    "application/json",  # a body of one line
)

EXAMPLES = 12
"""Calls of each route, of each kind: as described, and wrong in some way."""

RULES_PAST_THE_SCHEMA = {
    "POST /v1/documents",  # a manifest is more than its parts
    "PUT /v1/uploads/{sha256}",  # the address is the digest of the body
    "POST /v1/statuses",  # lone surrogates and U+0000 are JSON, and refused
    "POST /v1/deliveries/{id}/statuses",
    "PUT /v1/agencies/{code}",
    "POST /v1/agencies/{code}/certificates",  # a certificate is more than text
    "PUT /v1/trust/certificates/{sha256}",
    "PUT /v1/webhooks/{name}",  # at an allowed host
    "POST /v1/webhooks/{name}/replay",  # a place is a number
    "GET /v1/inbox",  # `agency` must be one that the token speaks for
    "GET /v1/events",
    "GET /v1/statistics/signatures",  # a period ends after it begins
    "GET /v1/statistics/exchange",
    "GET /v1/statistics/deadlines",
    "GET /v1/statistics/messages",
    "GET /v1/statistics/verdicts",
    "GET /v1/targets",  # an agency's code
    "GET /v1/agencies",  # a table is the whole list, and takes no cursor
    "GET /v1/jobs",
    "PUT /v1/targets",
    "POST /v1/ledger/cosignatures",  # a witness signed it
    "POST /v1/ledger/receipts",  # a key of the ledger signed it
    "GET /v1/documents",
    "GET /v1/deliveries",
    "GET /v1/certificates",
    "POST /v1/verifications",  # what may be forbidden has names
    "GET /v1/verifications/{job}/documents",
    "GET /v1/refusals",
    "POST /v1/exports",  # the filter is that of the list, and evidence has a format of its own
}
"""What these take is described as far as JSON Schema can; they may refuse what fits it, with 400 or 422."""
FRAMING = {"content-length", "transfer-encoding", "connection", "host", "expect", "upgrade"}
"""Headers that are made up now and then. The server refuses wrong ones before any route sees them."""
ANSWERED_OTHERWISE = {
    "POST /v1/documents/bulk",  # 200, and each line is answered by itself
    "POST /v1/documents",  # too many parts are 413
    "POST /v1/statuses",  # 200, and each item is answered by itself
    *(
        f"{operation.method} /vxp/{name}" for name, operation in OPERATIONS.items()
    ),  # 200, and FAIL in the body
}
"""What does not fit the description gets another answer here than schemathesis knows."""


SIGNED = {
    "systemid": "000.00.00.H24",
    "messagetype": "edoc",
    "from": "000.00.00.H24",
    "hash-file": "0" * 64,
    "docId": "00000000-0000-0000-0000-000000000000.0",
    "status": "done",
    "AgencyCode": "000.00.00.H24",
}
"""What every operation of the old protocol finds signed that it needs."""


@pytest.mark.slow
@pytest.mark.stores("postgresql")  # the stricter: it takes no U+0000
def test_every_answer_is_one_that_was_described(world, subtests):
    schema = schemathesis.openapi.from_url(f"{world.hub.url}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        for mode in GenerationMode:
            with subtests.test(operation.label, mode=mode.value), _nothing_to_get_wrong(mode):
                _hold(world, operation, mode)


@contextlib.contextmanager
def _nothing_to_get_wrong(mode) -> Iterator[None]:
    """Pass over routes that take nothing which could be wrong."""
    try:
        yield
    except Unsatisfiable:
        if mode is not GenerationMode.NEGATIVE:
            raise


def _hold(world, operation, mode) -> None:
    role = operation.definition.raw["x-callers"][0]
    headers = {"Authorization": f"Bearer {world.tokens[role]}"} if role in world.tokens else {}
    if role == "system":
        headers = dict(sign({**SIGNED, "timestamp": stamp(dt.datetime.now(dt.UTC))}, world.secret.encode()))

    excluded = []
    if operation.label in RULES_PAST_THE_SCHEMA:
        excluded.append(positive_data_acceptance)
    if operation.label in ANSWERED_OTHERWISE:
        excluded.append(negative_data_rejection)

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def hold(case):
        if case.query and isinstance(case.query.get("wait"), int | float):
            case.query["wait"] = 0  # nobody waits a minute for nothing, a minute at a time
        for name in {name for name in case.headers or () if name.lower() in FRAMING}:
            del case.headers[name]
        answer = case.call_and_validate(headers=headers, excluded_checks=excluded)
        if answer.headers.get("content-type", [""])[0] == "application/problem+json":
            described = operation.definition.raw["responses"][str(answer.status_code)]
            assert answer.json()["code"] in described["x-codes"]

    hold()
