"""Time-stamps: requests, the tokens an authority answers with, and judging them. RFC 3161, RFC 5816.

A bad time-stamp is a result, like a bad signature.
"""

from signing.timestamps.attach import SIGNATURE_TIMESTAMP, with_signature_timestamp
from signing.timestamps.exchange import (
    MAX_ANSWER_BYTES,
    MEDIA_TYPE_OF_ANSWERS,
    MEDIA_TYPE_OF_REQUESTS,
    checked_token,
    obtain_token,
)
from signing.timestamps.make import Failure, granted, issue_token, refused
from signing.timestamps.requests import (
    TimestampRequest,
    TimestampResponse,
    make_request,
    read_request,
    read_response,
)
from signing.timestamps.verify import TimestampVerdict, verify_token

__all__ = [
    "MAX_ANSWER_BYTES",
    "MEDIA_TYPE_OF_ANSWERS",
    "MEDIA_TYPE_OF_REQUESTS",
    "SIGNATURE_TIMESTAMP",
    "Failure",
    "TimestampRequest",
    "TimestampResponse",
    "TimestampVerdict",
    "checked_token",
    "granted",
    "issue_token",
    "make_request",
    "obtain_token",
    "read_request",
    "read_response",
    "refused",
    "verify_token",
    "with_signature_timestamp",
]
