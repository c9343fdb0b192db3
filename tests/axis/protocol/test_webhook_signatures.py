"""Signatures of webhooks, by the published vector and by the standard's own library."""

import datetime as dt
import json
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from axis.protocol.webhook_signatures import (
    TOLERANCE_SECONDS,
    WebhookSignatureError,
    check_headers,
    read_secret,
    signed_headers,
    write_secret,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID, SECONDS = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
KEY, OTHER = bytes(range(32)), bytes(range(32, 64))
NOW = 1_700_000_000


def test_the_published_vector_comes_out():
    headers = signed_headers([read_secret(SECRET)], MESSAGE_ID, SECONDS, BODY)
    assert headers["webhook-signature"] == SIGNATURE
    assert check_headers(read_secret(SECRET), headers, BODY, SECONDS) == MESSAGE_ID


def test_the_standards_own_library_accepts_what_we_sign():
    now = int(time.time())
    body = json.dumps({"type": "delivery", "data": {"subject": "V/v kiểm tra"}}).encode()
    headers = signed_headers([OTHER, KEY], "msg_1", now, body)
    assert Webhook(write_secret(KEY)).verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook(write_secret(bytes(32))).verify(body, headers)


def test_we_accept_what_the_standards_own_library_signs():
    signed = Webhook(write_secret(KEY)).sign("msg_1", dt.datetime.fromtimestamp(NOW, dt.UTC), BODY.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(NOW), "webhook-signature": signed}
    assert check_headers(KEY, headers, BODY, NOW) == "msg_1"


@pytest.mark.parametrize("change", ["body", "id", "time", "secret", "version"])
def test_what_was_altered_is_refused(change):
    headers = signed_headers([KEY], "msg_1", NOW, BODY)
    body, secret = BODY, KEY
    if change == "body":
        body += b" "
    elif change == "id":
        headers["webhook-id"] = "msg_2"
    elif change == "time":
        headers["webhook-timestamp"] = str(NOW + 1)
    elif change == "secret":
        secret = OTHER
    else:
        headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v1a,")
    with pytest.raises(WebhookSignatureError, match="by this secret"):
        check_headers(secret, headers, body, NOW)


@pytest.mark.parametrize("away", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])
def test_a_message_of_another_time_is_refused(away):
    with pytest.raises(WebhookSignatureError, match="more than 300 s"):
        check_headers(KEY, signed_headers([KEY], "msg_1", NOW + away, BODY), BODY, NOW)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_named(missing):
    headers = signed_headers([KEY], "msg_1", NOW, BODY)
    del headers[missing]
    with pytest.raises(WebhookSignatureError, match=missing):
        check_headers(KEY, headers, BODY, NOW)


@pytest.mark.parametrize("timestamp", ["soon", "1e9", "-1", "9" * 40, "\uff11"])
def test_a_timestamp_that_is_no_number_is_refused(timestamp):
    headers = signed_headers([KEY], "msg_1", NOW, BODY) | {"webhook-timestamp": timestamp}
    with pytest.raises(WebhookSignatureError, match="no Unix time"):
        check_headers(KEY, headers, BODY, NOW)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_!!!", write_secret(bytes(23)), write_secret(bytes(65))]
)
def test_what_is_no_secret_is_refused(text):
    with pytest.raises(ValueError, match="secret"):
        read_secret(text)


def test_a_secret_is_read_as_it_was_written_with_its_prefix_or_without():
    assert (
        read_secret(write_secret(KEY)) == read_secret(write_secret(KEY).removeprefix("whsec_") + "\n") == KEY
    )
