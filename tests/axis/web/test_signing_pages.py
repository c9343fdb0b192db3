"""A manifest is signed by the printed line, tried, sent, and its receipt shown; a refusal loses nothing."""

import html
import json
import shlex
import subprocess

import pytest
from support.letters import LETTER, MAIN, kept, manifest_of, write
from support.page_visits import Page

from axis.authority.certificates import Request, create_authority, issue, record
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import real_now
from axis.store_secrets import open_secret
from axis.web.signing_pages import SIGN_LINE
from signing import keys
from signing.certificates import to_pem

OURS = "000.00.00.H24"


@pytest.fixture
def sign(site, tmp_path):
    """Sign a manifest with the line that the page prints, by a certificate of the hub's own authority."""
    database, url, now = site.hub.database, site.hub.settings.public_url, real_now()
    with database.read() as tx:
        secret = open_secret(tx, site.hub.settings)
    database.write(lambda tx: create_authority(tx, now, secret, url, kind="p256", sandbox=False))
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)
    key = keys.generate("p256")
    issued = issue(authority, Request(OURS, "Cơ quan", key.public_key()), now, url)
    database.write(lambda tx: record(tx, [issued]))
    with database.read() as tx:
        site.hub.trust.reload(tx)
    (tmp_path / "cert.pem").write_bytes(to_pem(*issued.chain))
    (tmp_path / "key.pem").write_bytes(keys.to_pem(key))

    def signed(manifest: bytes) -> bytes:
        (tmp_path / "manifest.json").write_bytes(manifest)
        subprocess.run(shlex.split(SIGN_LINE), cwd=tmp_path, check=True, capture_output=True)
        return (tmp_path / "manifest.p7s").read_bytes()

    return signed


def fields_of(answer):
    """The hidden fields of the page that signs, and the signatures that it brings back."""
    page = Page(answer.text)
    named = {field.get("name"): field.get("value") for field in page.fields}
    return {name: named[name] for name in ("form", "manifest", "given") if named.get(name)}


def press(browser, path, fields, *signatures):
    files = [("signature", ("manifest.p7s", each)) for each in signatures] or [("signature", ("", b""))]
    return browser.request("POST", path, data=fields, files=files)


def test_a_letter_is_tried_signed_and_sent_and_its_receipt_shown(site, sign):
    browser = site.signed_in("agency")
    browser.language = "en"
    first = write(browser, [MAIN], **LETTER)
    assert html.escape(SIGN_LINE) in first.text
    fields = fields_of(first)
    saved = press(browser, "/compose/manifest", fields)
    assert saved.content == manifest_of(first)
    assert 'filename="manifest.json"' in saved.headers["content-disposition"]
    tried = press(browser, "/compose/check", fields, sign(saved.content))
    assert tried.status_code == 200
    assert "The hub would accept it. Nothing was sent." in tried.text
    assert "123/UBND-VX" not in browser.page("/outbox").text
    sent = press(browser, "/compose/send", fields_of(tried))  # the signature came along
    assert sent.status_code == 303
    shown = browser.page(sent.headers["location"])
    assert "The hub has accepted it." in shown.text
    assert "✓ valid" in shown.text
    assert "c2sp.org/tlog-proof" in shown.text
    again = press(browser, "/compose/send", fields_of(tried))
    assert again.headers["location"] == f"{sent.headers['location']}?again=yes"
    assert "accepted this very letter before" in browser.page(again.headers["location"]).text
    document = sent.headers["location"].rsplit("/", 1)[1]
    assert browser.get(f"/v1/documents/{document}/manifest").content == saved.content
    assert browser.get(f"/v1/documents/{document}/attachments/0").content == MAIN[1][1]


def test_nothing_is_sent_unsigned_unless_that_is_meant(site):
    browser = site.signed_in("agency")
    fields = fields_of(write(browser, [MAIN], **LETTER))
    refused = press(browser, "/compose/send", fields)
    assert refused.status_code == 422
    assert "123/UBND-VX" not in browser.page("/outbox").text
    assert press(browser, "/compose/send", fields_of(refused) | {"unsigned": "yes"}).status_code == 303
    assert "123/UBND-VX" in browser.page("/outbox").text


def test_a_refused_letter_keeps_its_manifest_and_signature_and_is_among_the_refusals(site, sign):
    browser = site.signed_in("agency")
    first = write(browser, [MAIN], **LETTER)
    other = sign(manifest_of(first) + b" ")
    refused = press(browser, "/compose/send", fields_of(first), other)
    assert refused.status_code == 403
    assert "/problems/signature-rejected" in refused.text
    assert manifest_of(refused) == manifest_of(first)
    assert fields_of(refused)["given"]
    assert "signature-rejected" in browser.get("/refusals").text


def test_what_would_be_wrong_is_told_without_sending(site, sign):
    browser = site.signed_in("agency")
    first = write(browser, [MAIN], **LETTER)
    tried = press(browser, "/compose/check", fields_of(first), sign(b"{}"))
    assert tried.status_code == 200
    assert "HASH_FAILURE" in tried.text
    assert "123/UBND-VX" not in browser.get("/refusals").text


def test_a_letter_is_changed_from_its_manifest(site):
    browser = site.signed_in("agency")
    first = write(
        browser,
        [MAIN],
        **LETTER,
        reference_from="H26",
        reference_number="7/X",
        reference_issued_on="2019-05-01",
    )
    changed = press(browser, "/compose/edit", fields_of(first))
    page = Page(changed.text)
    values = {named.get("value") for _, named in page.tags}
    assert {"000.00.00.G22", "123/UBND-VX", "V/v báo cáo", "000.00.00.H26", "7/X", "2019-05-01"} <= values
    (file,) = kept(page)
    assert json.loads(file)["name"] == MAIN[1][0]


@pytest.mark.parametrize("path", ["/compose/manifest", "/compose/check", "/compose/send", "/compose/edit"])
def test_a_forged_or_broken_form_is_refused(site, path):
    browser = site.signed_in("agency")
    fields = fields_of(write(browser, [MAIN], **LETTER))
    forged = press(browser, path, fields | {"form": "x", "unsigned": "yes"})
    assert forged.status_code == 403
    assert "/problems/form-stale" in forged.text
    for manifest in ("", "%%%", "W10"):
        assert press(browser, path, fields | {"manifest": manifest, "unsigned": "yes"}).status_code == 400
    assert "123/UBND-VX" not in browser.page("/outbox").text


def test_who_is_no_party_sees_no_receipt(site):
    sent = site.send()
    assert site.signed_in("other").get(f"/compose/sent/{sent['id']}").status_code == 404
