"""Which files are receipts; what checking them says is in `test_ledger_page` and `test_verify_page`."""

import json

import pytest

from axis.web.receipts import MOST_BYTES, receipt_in, receipt_of_file

RECEIPT = "c2sp.org/tlog-proof@v1\nextra AA==\nindex 0\n\nhub\n1\nAA==\n\n— hub AA==\n"


@pytest.mark.parametrize(
    "given",
    [RECEIPT, RECEIPT.replace("\n", "\r\n"), f"  {RECEIPT}", json.dumps({"id": 1, "receipt": RECEIPT})],
)
def test_a_receipt_is_found_alone_and_within_an_answer(given):
    assert receipt_in(given) == RECEIPT
    assert receipt_of_file(given.encode()) == given


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'{"receipt": 5}', b"%PDF-1.7", b"\xff", RECEIPT.encode() + b" " * MOST_BYTES],
)
def test_another_file_is_no_receipt(content):
    assert receipt_of_file(content) is None
