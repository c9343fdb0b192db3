"""Files that anybody hands in are judged, told in both languages, and kept nowhere."""

import io
import json
import zipfile

import pytest
from support.page_visits import Page

from axis.web.file_verification import MOST_BYTES

CONTENT = b"%PDF-1.7 a letter"


def verify(site, *files, status=200, language="en", **fields):
    browser = site.browser()
    browser.language = language
    answer = browser.request("POST", "/verify", files=[("files", file) for file in files], data=fields)
    assert answer.status_code == status, answer.text
    return Page(answer.text)


@pytest.fixture
def evidence(site):
    sent = site.send()
    return site.signed_in().get(f"/v1/documents/{sent['id']}/evidence").content


def test_evidence_of_this_hub_holds_and_altered_evidence_is_called_so(site, evidence):
    page = verify(site, ("e.zip", evidence))
    assert "Everything in this evidence holds" in page.text
    assert "1/UBND-VX" in page.text
    assert "its own key vouches" not in page.text
    assert (
        "Mọi thứ trong hồ sơ chứng cứ này đều đúng" in verify(site, ("e.zip", evidence), language="vi").text
    )
    altered = evidence.replace(b"a letter", b"a better", 1)
    assert altered != evidence
    assert "was altered" in verify(site, ("e.zip", altered)).text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "receipt is genuine"), ("vi", "Biên nhận này là thật")]
)
def test_a_receipt_is_checked_alone_and_within_the_answer(site, language, words):
    answer = site.send()
    for content in (answer["receipt"].encode(), json.dumps(answer).encode()):
        page = verify(site, ("receipt.txt", content), language=language)
        assert words in page.text
        assert answer["id"] in page.text
    altered = answer["receipt"].replace("index ", "index 1").encode()
    assert "no receipt of this ledger" in verify(site, ("receipt.txt", altered)).text


def test_a_manifest_without_a_signature_and_a_file_without_one(site):
    assert "No signature was found" in verify(site, ("a.txt", b"hello")).text
    assert "not signed" in verify(site, ("main.pdf", CONTENT), ("a.p7s", b"")).text


def test_a_signature_that_is_none_beside_its_file_is_not_valid(site):
    page = verify(site, ("a.txt", b"hello"), ("a.txt.p7s", b"no signature"))
    assert "At least one signature" in page.text
    assert "FORMAT_FAILURE" in page.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_names_of_files_are_text(site, language):
    page = verify(site, ("<img src=x onerror=1>.txt", b"hello"), language=language)
    assert "<img src=x onerror=1>.txt" in page.text
    assert not [named for _, named in page.tags if "onerror" in named]


@pytest.mark.parametrize("day", ["2019-02-30", "soon", "9" * 50])
def test_a_day_that_is_none_is_refused(site, day):
    assert "part:day" in verify(site, ("a.txt", b"hello"), day=day, status=400).text


def test_a_form_without_files_two_of_one_name_or_too_much_is_refused(site):
    assert "part:files" in verify(site, ("", b""), status=400).text
    verify(site, ("a.txt", b"1"), ("a.txt", b"2"), status=400)
    verify(site, ("a.txt", bytes(MOST_BYTES + 1_000_000)), status=413)
    assert site.browser().post("/verify", {"files": "a"}).status_code == 415
    broken = site.browser().request(
        "POST", "/verify", content=b"--x", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert broken.status_code == 400


def test_a_bomb_in_a_zip_is_no_evidence_and_harms_nobody(site):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", bytes(50_000_000))
    page = verify(site, ("bomb.zip", packed.getvalue()))
    assert "holds" not in page.text.replace("Everything", "")


def test_who_is_being_served_waits_for_a_place(site):
    verification = site.app.state.file_verification
    with verification.one("127.0.0.1"):
        verify(site, ("a.txt", b"hello"), status=429)
        with verification.one("192.0.2.1"):
            verify(site, ("a.txt", b"hello"), status=503)


def test_nothing_is_kept(site, evidence):
    def rows():
        with site.hub.database.read() as tx:
            return tx.fetch_rows("SELECT count(*) FROM documents", []), tx.fetch_rows(
                "SELECT count(*) FROM stored_objects", []
            )

    before = rows()
    verify(site, ("e.zip", evidence))
    assert rows() == before
