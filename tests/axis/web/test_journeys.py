"""Over HTTP, in a real browser: what people do from signing in to done, and that nobody is kept out.

Skipped where there is no Chromium.
"""

import base64
import json
import re
import shlex
import subprocess
import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12
from playwright.sync_api import expect
from support.agency import Agency
from support.chromium import running_browser
from support.hub import running_hub

from signing.certificates import load_certificates
from signing.keys import from_pem, to_pem
from signing.notes import NoteSigner
from signing.pkcs12 import to_pkcs12

VIEWS = {
    "light and wide": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}, "locale": "vi"},
    "dark and narrow": {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}, "locale": "en"},
}
OPEN = ("/", "/sign-in", "/verify", "/ledger", "/problems", "/problems/number-taken", "/nowhere")
OF_AUDITORS = (
    "/",
    "/centre",
    "/centre?wall=true",
    "/report",
    "/deadlines",
    "/documents",
    "/documents/{id}",
    "/deliveries",
    "/refusals",
    "/agencies",
    "/agencies/H24",
    "/certificates",
    "/jobs",
)
OF_AGENCIES = ("/", "/inbox", "/outbox", "/deliveries/{id}.0")


@pytest.fixture(scope="module")
def browser():
    with running_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def hub(browser, tmp_path_factory):
    """A hub with a signed letter and one without a signature; `browser` is asked for so as to skip first."""
    assert browser.is_connected()
    folder = tmp_path_factory.mktemp("journeys")
    with running_hub(folder, f"sqlite:///{folder}/axis.db") as running:
        items = running.provision(
            {"code": "000.00.00.H24", "name": "UBND tỉnh Hà Nam", "organisation": {"key": "p256"}},
            {"code": "000.00.00.G22", "name": "Văn phòng Chính phủ"},
            {"code": "000.00.00.H26", "name": "UBND thành phố Hà Nội", "organisation": {"key": "rsa-2048"}},
        )
        sender = Agency(running.url, items["000.00.00.H24"])
        with sender.client:
            running.document = sender.send("000.00.00.G22").json()["id"]
        running.tokens = {
            "auditor": running.auditor(),
            "agency": items["000.00.00.G22"]["token"],
            "sender": items["000.00.00.H24"]["token"],
            "rsa": items["000.00.00.H26"]["token"],
        }
        running.pair = items["000.00.00.H24"]["organisation"]
        running.rsa_pair = items["000.00.00.H26"]["organisation"]
        yield running


def opened(browser, hub, view, role=None, *, script=True):
    """A window on the hub, signed in by the form where a role is given; what fails in it fails the test."""
    context = browser.new_context(base_url=hub.url, java_script_enabled=script, **VIEWS[view])
    page = context.new_page()
    page.faults = []
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
    if role is not None:
        page.goto("/sign-in")
        page.fill("#token", hub.tokens[role])
        page.click("form.simple button")
        expect(page).to_have_url(f"{hub.url}/")
    return page


@pytest.mark.parametrize(("view", "script"), [("light and wide", True), ("dark and narrow", False)])
def test_an_auditor_goes_from_a_rate_to_the_proof_of_a_document_and_checks_it(
    browser, hub, tmp_path, view, script
):
    page = opened(browser, hub, view, "auditor", script=script)
    page.click("header nav a[href='/report']")
    page.click("tbody td a >> nth=0")  # documents sent
    page.click("tbody td.subject a")
    expect(page).to_have_url(f"{hub.url}/documents/{hub.document}")
    with page.expect_download() as download:
        page.click("a.button[href$='/evidence']")
    archive = tmp_path / "evidence.zip"
    download.value.save_as(archive)
    page.click("header nav a[href='/verify']")
    page.set_input_files("#files", archive)
    page.click("form.simple button")
    words = (
        "Mọi thứ trong hồ sơ chứng cứ này đều đúng"
        if VIEWS[view]["locale"] == "vi"
        else "Everything in this evidence holds"
    )
    expect(page.locator("main")).to_contain_text(words)
    assert not script or broken_on(page) == []
    page.click("form[action='/sign-out'] button")
    expect(page.locator("form[action='/sign-out']")).to_have_count(0)
    page.goto("/report")
    expect(page).to_have_url(re.compile(r"/sign-in\?return="))
    assert page.faults == []
    page.context.close()


@pytest.mark.parametrize(("view", "script"), [("light and wide", True), ("dark and narrow", False)])
def test_a_clerk_writes_a_letter_signs_it_and_takes_its_receipt_home(browser, hub, tmp_path, view, script):
    page = opened(browser, hub, view, "sender", script=script)
    page.click("header nav a[href='/compose']")
    looked_at = [broken_on(page)] if script else []
    page.fill("#q", "van phong")
    page.press("#q", "Enter")
    page.check("input[name=to][value='000.00.00.G22']")
    page.fill("#number", f"{len(view)}/UBND-VX")
    page.set_input_files(
        "#more", {"name": "công văn.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    page.click("form.letter .row button[value=manifest]")
    expect(page.locator("#subject")).to_have_attribute("aria-invalid", "true")
    page.fill("#subject", "V/v báo cáo <b>quý II</b>")
    page.press("#subject", "Enter")
    if script:
        sign_here(page, hub, tmp_path)
        looked_at.append(broken_on(page))
    else:
        expect(page.locator("#p12")).to_be_hidden()
        sign_with_openssl(page, hub, tmp_path)
    page.click("button[formaction='/compose/check']")
    expect(page.locator("#checked")).to_contain_text(
        "Trục sẽ chấp nhận" if VIEWS[view]["locale"] == "vi" else "The hub would accept it."
    )
    page.click("form.letter > .row:last-of-type button:not([formaction])")
    expect(page).to_have_url(re.compile(r"/compose/sent/[0-9a-f-]{36}$"))
    expect(page.locator("h1 .TOTAL-PASSED")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("c2sp.org/tlog-proof")
    page.click("main a.button")
    expect(page.locator(".lead")).to_have_text("V/v báo cáo <b>quý II</b>")
    assert [each for each in looked_at if each] == []
    assert [fault for fault in page.faults if "422" not in fault] == []
    page.context.close()


def sign_here(page, hub, folder):
    """Sign within the browser, first with a wrong password."""
    key = from_pem(hub.pair["key"].encode())
    file = to_pkcs12(key, *load_certificates(hub.pair["certificate"].encode()), password="mật khẩu")
    (folder / "key.p12").write_bytes(file)
    page.set_input_files("#p12-file", folder / "key.p12")
    page.fill("#p12-password", "sai")
    page.click("#p12-sign")
    page.wait_for_selector("#p12-said.failed")
    page.fill("#p12-password", "mật khẩu")
    page.press("#p12-password", "Enter")
    page.wait_for_selector("#p12-said.passed")


def sign_with_openssl(page, hub, folder):
    """Save the manifest, sign it by the line that the page prints, and choose the signature."""
    with page.expect_download() as download:
        page.click("button[formaction='/compose/manifest']")
    download.value.save_as(folder / "manifest.json")
    for name, member in (("cert.pem", "certificate"), ("key.pem", "key")):
        (folder / name).write_text(hub.pair[member])
    line = page.inner_text("li pre")
    subprocess.run(shlex.split(line), cwd=folder, check=True, capture_output=True)
    page.set_input_files("#signature", folder / "manifest.p7s")


def test_an_rsa_key_signs_from_a_file_of_today_and_an_old_file_is_told_the_way_on(browser, hub, tmp_path):
    page = opened(browser, hub, "dark and narrow", "rsa")
    page.goto("/compose?number=1/UBND-KSTT&subject=V/v%20tri%E1%BB%83n%20khai&codes=G22")
    page.set_input_files("#more", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.fill("#codes", "G22")
    page.click("form.letter .row button[value=manifest]")
    page.fill("#p12-password", "mật khẩu")
    key = from_pem(hub.rsa_pair["key"].encode())
    certificates = load_certificates(hub.rsa_pair["certificate"].encode())
    for old in old_files(key, certificates[0], tmp_path):
        page.set_input_files("#p12-file", {"name": "c.pfx", "mimeType": "", "buffer": old})
        page.click("#p12-sign")
        expect(page.locator("#p12-said.failed")).to_contain_text("openssl pkcs12 -legacy -in OLD.p12")
    looked_at = [broken_on(page)]
    new = to_pkcs12(key, *certificates, password="mật khẩu")
    page.set_input_files("#p12-file", {"name": "c.p12", "mimeType": "", "buffer": new})
    page.click("#p12-sign")
    page.wait_for_selector("#p12-said.passed")
    page.click("button[formaction='/compose/check']")
    expect(page.locator("#checked .TOTAL-PASSED")).to_be_visible()
    looked_at.append(broken_on(page))
    page.click("form.letter > .row:last-of-type button:not([formaction])")
    expect(page.locator("h1 .TOTAL-PASSED")).to_be_visible()
    looked_at.append(broken_on(page))
    assert [each for each in looked_at if each] == []
    assert page.faults == []
    page.context.close()


def old_files(key, certificate, folder):
    """PKCS #12 as it was made for long: with 3DES, and where this machine still can, with RC2."""
    old = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .build("mật khẩu".encode())
    )
    yield pkcs12.serialize_key_and_certificates(None, key, certificate, None, old)
    pems = to_pem(key) + certificate.public_bytes(Encoding.PEM)
    line = ["openssl", "pkcs12", "-export", "-legacy", "-passout", "pass:mật khẩu"]
    made = subprocess.run(line, input=pems, cwd=folder, capture_output=True, check=False)
    if made.returncode == 0:
        yield made.stdout


@pytest.mark.parametrize("view", VIEWS)
def test_a_receipt_is_checked_within_the_browser_and_nothing_is_sent(browser, hub, tmp_path, view):
    page = opened(browser, hub, view, "sender")
    receipt = page.request.get(f"/v1/documents/{hub.document}/receipt").text()
    page.goto("/ledger")
    asked = []
    page.on("request", lambda sent: asked.append(sent.url) if not sent.url.endswith("mark.svg") else None)
    page.fill("#receipt-text", json.dumps({"receipt": receipt}))
    page.click("#receipt-check")
    page.wait_for_selector("#receipt-said .notice.passed")
    expect(page.locator("#receipt-said ol .passed")).to_have_count(3)
    assert hub.document in page.inner_text("#receipt-said pre")
    assert broken_on(page) == []
    for altered, failed in wrong_receipts(receipt).items():
        (tmp_path / "receipt.txt").write_text(altered)
        page.set_input_files("#receipt-file", tmp_path / "receipt.txt")
        expect(page.locator("#receipt-text")).to_have_value(altered)
        page.wait_for_selector("#receipt-said .notice.failed")
        expect(page.locator("#receipt-said ol .failed"), altered).to_have_count(failed)
    page.fill("#receipt-text", receipt)
    page.fill("#receipt-key", str(NoteSigner(hub.url, Ed25519PrivateKey.generate()).verifier))
    page.click("#receipt-check")
    page.wait_for_selector("#receipt-said ol li:nth-child(3) .failed")
    assert asked == []
    assert page.faults == []
    page.context.close()


def wrong_receipts(receipt):
    """Receipts that prove nothing, with how many of the three steps fail; 0 where it cannot be read."""
    head, _, note = receipt.partition("\n\n")
    _, extra, index, *_ = head.split("\n")
    other = base64.b64encode(b"another leaf").decode()
    signature = note.rstrip().rpartition(" ")[2]
    wrong = bytearray(base64.b64decode(signature))
    wrong[-1] ^= 1
    return {
        receipt.replace(extra, f"extra {other}"): 1,
        receipt.replace(index, "index 99999"): 1,
        receipt.replace(signature, base64.b64encode(wrong).decode()): 1,
        receipt[: len(receipt) // 2]: 0,
    }


def test_a_browser_that_has_no_ed25519_says_so(browser, hub):
    page = opened(browser, hub, "dark and narrow", "sender")
    page.add_init_script("SubtleCrypto.prototype.importKey = async () => { throw new Error('unknown') }")
    receipt = page.request.get(f"/v1/documents/{hub.document}/receipt").text()
    page.goto("/ledger")
    page.fill("#receipt-text", receipt)
    page.click("#receipt-check")
    page.wait_for_selector("#receipt-said .notice.undecided")
    assert "cannot check signatures with Ed25519" in page.inner_text("#receipt-said")
    page.context.close()


def test_a_language_is_remembered_where_one_was(browser, hub):
    page = opened(browser, hub, "light and wide", "auditor")
    page.goto("/documents?sender=H24")
    page.click("a[hreflang='en']")
    expect(page).to_have_url(f"{hub.url}/documents?sender=H24")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/report")
    assert page.get_attribute("html", "lang") == "en"
    page.context.close()


@pytest.mark.parametrize(
    ("view", "role", "paths"),
    [
        ("light and wide", "auditor", OF_AUDITORS),
        ("dark and narrow", "auditor", OF_AUDITORS),
        ("dark and narrow", None, OPEN),
        ("light and wide", "agency", OF_AGENCIES),
    ],
)
def test_no_page_keeps_anybody_out_or_runs_over_its_window(browser, hub, view, role, paths):
    page = opened(browser, hub, view, role)
    found = {}
    for path in paths:
        page.goto(path.replace("{id}", hub.document))
        for details in page.locator("details").all():
            details.evaluate("each => { each.open = true }")
        broken = broken_on(page)
        if broken:
            found[path] = broken
    assert found == {}
    assert [fault for fault in page.faults if "404" not in fault] == []
    page.context.close()


@pytest.mark.parametrize("view", VIEWS)
def test_refused_sign_ins_the_sandbox_and_pages_that_stand_alone_keep_nobody_out(
    browser, hub, tmp_path, view
):
    page = opened(browser, hub, view, "auditor")
    found = {}
    (tmp_path / "evidence.zip").write_bytes(page.request.get(f"/v1/documents/{hub.document}/evidence").body())
    with zipfile.ZipFile(tmp_path / "evidence.zip") as archive:
        archive.extract("index.html", tmp_path)
    report = str(tmp_path / "report.html")
    hub.axis("report", "signatures", "--html", "--out", report, "--language", VIEWS[view]["locale"])
    for file in ("index.html", "report.html"):
        page.goto((tmp_path / file).as_uri())
        found[file] = broken_on(page)
    page.context.clear_cookies()
    token = (hub.folder / "sandbox-token").read_text(encoding="utf-8").strip()
    for site, given, heading in ((hub.url, "axis_no", ".notice"), (hub.sandbox_url, token, "#clock")):
        page.goto(f"{site}/sign-in")
        found[f"{site} sign-in"] = broken_on(page)
        page.fill("#token", given)
        page.click("form.simple button")
        expect(page.locator(heading)).to_be_visible()
        found[site] = broken_on(page)
    page.fill("#code", "H44")
    page.fill("#name", "UBND tỉnh Phú Thọ")
    page.click("#agencies button")
    expect(page.locator("h1 bdi")).to_be_visible()
    found["an agency made"] = broken_on(page)
    page.goto(f"{hub.sandbox_url}/")
    page.fill("#at", "1900-01-01T00:00")
    page.click("#clock button[value=set]")
    expect(page.locator("h1")).to_be_visible()
    found["a refusal of the sandbox"] = broken_on(page)
    assert {name: each for name, each in found.items() if each} == {}
    page.context.close()


def broken_on(page):
    """What keeps somebody out of a page."""
    broken = [each["id"] for each in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        broken.append("wider than the window")
    return broken
