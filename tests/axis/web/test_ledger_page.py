"""The page of the ledger: what it publishes, and a receipt that somebody pastes is checked."""

import json

import pytest
from support.page_visits import Page


@pytest.mark.parametrize(("language", "title"), [("vi", "Sổ cái"), ("en", "Ledger")])
def test_it_shows_to_anyone_what_the_ledger_publishes(site, language, title):
    site.send()
    browser = site.browser()
    browser.language = language
    page = browser.page("/ledger")
    assert page.language == language
    assert title in page.text
    assert str(site.hub.recorder.signer.verifier) in page.text
    checkpoint = browser.get("/v1/ledger/checkpoint").text
    assert checkpoint.splitlines()[2] in page.text
    assert "UBND-VX" not in page.text


def check(site, text):
    browser = site.browser()
    browser.language = "en"
    answer = browser.post("/ledger", {"receipt": text})
    assert answer.status_code == 200, answer.text
    return Page(answer.text).text


def test_a_receipt_is_checked_alone_within_the_answer_and_with_the_line_ends_of_a_browser(site):
    answer = site.send()
    receipt = answer["receipt"]
    for given in (receipt, receipt.replace("\n", "\r\n"), receipt.strip(), json.dumps(answer)):
        said = check(site, given)
        assert "This receipt is genuine" in said
        assert answer["id"] in said


@pytest.mark.parametrize(
    "given", ["", " ", "[]", "{", '{"receipt": 5}', "<script>alert(1)</script>", "c2sp.org/tlog-proof@v1\n"]
)
def test_what_is_no_receipt_is_called_so(site, given):
    site.send()
    assert "This is no receipt of this ledger" in check(site, given)


def test_an_altered_receipt_proves_nothing(site):
    receipt = site.send()["receipt"]
    lines = receipt.split("\n")
    other = site.send()["receipt"].split("\n")
    assert "no receipt" in check(site, "\n".join([lines[0], other[1], *lines[2:]]))


def test_a_receipt_of_a_history_that_was_rewritten_is_told_apart(site):
    receipt = site.send()["receipt"]
    size = int(receipt.split("\n\n")[1].split("\n")[1])
    site.hub.database.write(
        lambda tx: tx.connection.exec_driver_sql(f"DELETE FROM ledger_checkpoints WHERE size = {size}")
    )
    assert "is another one now" in check(site, receipt)


def test_a_form_that_is_too_long_is_refused(site):
    assert site.browser().post("/ledger", {"receipt": "x" * 2_000_000}).status_code == 413
