"""A letter is written in a form: recipients by name, files kept, and whatever is wrong at its field."""

import json

import pytest
from support.letters import LETTER, MAIN, form_of, kept, manifest_of, write
from support.page_visits import Page

from axis.web.file_forms import FIELDS


def test_a_letter_that_is_in_order_becomes_the_manifest_that_it_says(site):
    browser = site.signed_in("agency")
    browser.language = "en"
    answer = write(browser, [MAIN], **LETTER, signer_name="Lê Văn A", due_on="2019-07-01")
    assert answer.status_code == 200
    assert "The letter is in order" in answer.text
    manifest = json.loads(manifest_of(answer))
    assert manifest["to"] == ["000.00.00.G22"]
    assert manifest["from"] == "000.00.00.H24"
    assert manifest["signer"] == {"name": "Lê Văn A"}
    assert [each["name"] for each in manifest["attachments"]] == ["công văn.pdf"]
    assert "123/UBND-VX" not in browser.page("/outbox?limit=50").text


def test_recipients_are_found_by_name_and_what_was_typed_stays(site):
    browser = site.signed_in("agency")
    answer = write(browser, [MAIN], **LETTER | {"to": None}, q="co quan h26")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert [field["value"] for field in page.fields if field.get("name") == "to"] == ["000.00.00.H26"]
    assert {"123/UBND-VX", "V/v báo cáo"} <= {field.get("value") for field in page.fields}
    (file,) = kept(page)
    again = write(browser, **LETTER | {"to": "000.00.00.H26"}, codes="G22 H26", file=file)
    assert json.loads(manifest_of(again))["to"] == ["000.00.00.H26", "000.00.00.G22"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"),
        ({"to": "H99"}, "to"),
        ({"to": None}, "to"),
        ({"issued_on": "2019-02-30"}, "issued_on"),
        ({"type": "thu"}, "type"),
        ({"subject": "x" * 2_001}, "subject"),
        ({"action": "recall"}, "refers_to"),
        ({"signer_position": "Chủ tịch"}, "signer"),
    ],
)
def test_what_is_wrong_is_shown_at_its_field_and_nothing_typed_is_lost(site, wrong, field):
    browser = site.signed_in("agency")
    answer = write(browser, [MAIN], **LETTER | wrong)
    assert answer.status_code == 422
    assert f'id="fault-{field}"' in answer.text
    page = Page(answer.text)
    assert len(kept(page)) == 1
    values = {named.get("value") for _, named in page.tags}
    assert {value for value in (LETTER | wrong).values() if value} - {"thu", "cong-van", "H99"} <= values


def test_everything_that_is_wrong_is_shown_at_once(site):
    site.send(number="9/UBND-VX")
    browser = site.signed_in("agency")
    answer = write(browser, [MAIN], **LETTER | {"number": "9/UBND-VX", "to": "H99"})
    assert answer.status_code == 422
    assert 'id="fault-number"' in answer.text
    assert 'id="fault-to"' in answer.text


def test_a_form_of_an_earlier_session_comes_back_filled_in_and_sends_nothing(site):
    browser = site.signed_in("agency")
    answer = write(browser, [MAIN], **LETTER | {"form": "of another session"})
    assert answer.status_code == 403
    assert "/problems/form-stale" in answer.text
    page = Page(answer.text)
    assert "123/UBND-VX" in {field.get("value") for field in page.fields}
    assert kept(page) == []  # its files were not read


def test_a_file_beyond_the_limits_is_refused_at_its_field(site):
    browser = site.signed_in("agency")
    files = [("files", (f"{number}.pdf", b"x")) for number in range(101)]
    answer = write(browser, files, **LETTER)
    assert answer.status_code == 413
    assert 'id="fault-attachments"' in answer.text
    assert "123/UBND-VX" in answer.text
    fields = {"form": form_of(browser), "to": ["H26"] * FIELDS}
    many = browser.request("POST", "/compose", data=fields, files=[MAIN])
    assert many.status_code == 413


def test_hostile_names_and_subjects_are_text(site):
    browser = site.signed_in("agency")
    evil = '"><script>alert(1)</script>'
    files = [("files", (f"a{evil}.pdf".replace("/", "-").replace('"', "'"), b"x", "text/plain"))]
    answer = write(browser, files, **LETTER | {"subject": f"\u202e{evil}", "number": evil}, q=evil)
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text
    went_on = write(browser, files, **LETTER | {"subject": f"{evil} =1+1"})
    assert went_on.status_code == 200
    assert "<script>alert" not in went_on.text


def test_a_page_may_fill_the_form_in(site):
    asked = "to=H26&action=recall&reference_number=7/X&reference_issued_on=2019-06-03"
    page = site.signed_in("agency").page(f"/compose?{asked}")
    values = {named.get("value") for tag, named in page.tags if tag == "input" or "selected" in named}
    assert {"000.00.00.H26", "recall", "7/X", "2019-06-03"} <= values


def test_a_token_for_a_subtree_chooses_the_sender(site):
    browser = site.browser()
    browser.sign_in(site.token("agency", subtree=True))
    answer = write(browser, [MAIN], **LETTER, **{"from": "H26"})
    assert answer.status_code == 403
    assert 'id="fault-from"' in answer.text
    went_on = write(browser, [MAIN], **LETTER, **{"from": "H24"})
    assert json.loads(manifest_of(went_on))["from"] == "000.00.00.H24"
