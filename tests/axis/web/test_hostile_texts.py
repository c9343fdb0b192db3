"""Over HTTP, in a real browser: whatever strangers write is shown as text, within the window, each apart.

Skipped where there is no Chromium.
"""

import io
import zipfile
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import expect
from support.agency import Agency
from support.chromium import running_browser
from support.hub import running_hub
from support.waiting import GUARD_SECONDS

MARKUP = "<x-made></title></textarea><script>hit=1</script><img src=x onerror=hit=1>'\"{{7*7}}"
HEBREW = "שלום 123 עולם"
TURNED = "\u202egpj.exe\u2066\u200f a\u200b\u00ad\ufeffb\u2028c"
SUBJECTS = (
    f"{MARKUP} {HEBREW}",
    f'=HYPERLINK("http://192.0.2.1","x") {"e" + chr(0x316) * 60} {HEBREW}',
    "ữ" * 2_000,
    f"{TURNED} {HEBREW}",
)
NAME = f"{MARKUP} {HEBREW} {'ữ' * 250}"
PERSON = f"<x-made> {HEBREW} {'Ậ' * 30}"
FILE = f"<x-made> {HEBREW} {'ẫ' * 50}.pdf"
NOTE = f"{MARKUP}\n{HEBREW}\n{TURNED}{'ỗ' * 1_700}"
NUMBER = f"<x-made>{HEBREW}{'Ổ' * 60}"
PDF = {"mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
CODES = ("000.00.00.H24", "000.00.00.G22")
WIDEST = 1_500
"""Pixels of a table of fourteen columns, each as narrow as its words allow."""
BROKEN = """(widest) => {
  document.querySelectorAll("details").forEach(each => { each.open = true });
  const faults = [...document.querySelectorAll("x-made")].map(each => "made of a text: " + each.outerHTML);
  if (window.hit !== undefined) faults.push("a text was run");
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the window");
  for (const each of document.querySelectorAll(".wide > table"))
    if (each.offsetWidth > widest) faults.push("a table as wide as a text: " + each.offsetWidth);
  const isInline = each => getComputedStyle(each).display.startsWith("inline");
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.data.includes("ש") || text.parentElement.closest("option, textarea, style, pre")) continue;
    let at = text.parentElement;
    while (isInline(at) && getComputedStyle(at).unicodeBidi === "normal") at = at.parentElement;
    if (!isInline(at) && at.textContent.trim() !== text.data.trim())
      faults.push("turns what stands beside it: " + at.outerHTML.slice(0, 120));
  }
  return faults.map(each => location.pathname + " " + each);
}"""
OF_AUDITORS = (
    *("/", "/centre", "/centre?wall=true", "/report", "/report?recipient=G22", "/deadlines", "/documents"),
    *("/documents/{id}", "/deliveries", "/deliveries/{id}.0", "/refusals", "/agencies", "/agencies/H24"),
    *("/certificates", "/jobs"),
)
OF_AGENCIES = (
    *("/", "/inbox?state=", "/outbox?state="),
    f"/documents?text={quote(MARKUP + HEBREW)}",
    f"/documents?sender={quote(HEBREW + MARKUP)}",
    f"/inbox?{quote('x' + MARKUP)}={quote(HEBREW)}",
    f"/refusals?number={quote(NUMBER)}",
    f"/compose?subject={quote(SUBJECTS[0])}&number={quote(NUMBER)}",
)


@pytest.fixture(scope="module")
def browser():
    with running_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def hub(browser, tmp_path_factory):
    """A hub on which all that strangers may write is hostile; `browser` is asked for so as to skip first."""
    assert browser.is_connected()
    folder = tmp_path_factory.mktemp("hostile")
    persons = [{"name": PERSON, "title": PERSON}]
    with running_hub(folder, f"sqlite:///{folder}/axis.db") as running:
        items = running.provision(
            *({"code": code, "name": NAME, "organisation": {}, "persons": persons} for code in CODES)
        )
        sender, recipient = (Agency(running.url, items[code]) for code in CODES)
        with sender.client, recipient.client:
            running.document = written_by_strangers(sender, recipient)
        auditor = running.axis("token", "create", "--auditor", f"{MARKUP} {HEBREW}").stdout.strip()
        running.issuer = sender.item["organisation"]["certificate"].partition("-----END CERTIFICATE-----\n")[
            2
        ]
        running.tokens = {"agency": sender.item["token"], "auditor": auditor}
        yield running


def written_by_strangers(sender, recipient) -> str:
    """Send a document of each subject, refuse the first and return its id; send one that is refused."""
    files = {FILE: b"%PDF-1.7"}
    cited = [{"from": CODES[1], "number": NUMBER, "issued_on": "2026-01-02"}]
    sent = []
    for place, subject in enumerate(SUBJECTS):
        manifest = sender.manifest(
            CODES[1],
            files,
            subject=subject,
            number=f"{place}{NUMBER}",
            signer={"name": PERSON, "position": PERSON},
            refers_to=cited,
        )
        answer = sender.post(manifest, [sender.sign(manifest), sender.sign(manifest, 0)], files)
        assert answer.status_code == 201, answer.text
        sent.append(answer.json()["id"])
    assert recipient.send(CODES[0], subject=SUBJECTS[0], number=NUMBER).status_code == 201
    refused = recipient.client.post(f"/v1/deliveries/{sent[0]}.0/statuses", json={"code": "02", "note": NOTE})
    assert refused.status_code == 201, refused.text
    wrong = sender.manifest(
        CODES[1], files, number=NUMBER, type=MARKUP, priority=HEBREW, subject=SUBJECTS[0] * 60
    )
    assert sender.post(wrong, [], files).status_code == 422
    return sent[0]


def signed_in(browser, address, token):
    """A narrow window, signed in; what a page tries against its policy is noted."""
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, locale="vi")
    page = context.new_page()
    page.refused = []
    page.on("console", lambda said: page.refused.append(said.text) if "olicy" in said.text else None)
    page.goto("/sign-in")
    page.fill("#token", token)
    page.click("form.simple button")
    expect(page).to_have_url(f"{address}/")
    return page


def broken(page):
    """What a text did to a page."""
    return [*page.evaluate(BROKEN, WIDEST), *page.refused]


@pytest.mark.parametrize(("role", "paths"), [("auditor", OF_AUDITORS), ("agency", OF_AGENCIES)])
def test_what_strangers_wrote_is_text_on_every_page(browser, hub, role, paths):
    page = signed_in(browser, hub.url, hub.tokens[role])
    found = []
    for path in paths:
        page.goto(path.replace("{id}", hub.document))
        assert "ש" in page.content() or path == "/jobs", path
        found += broken(page)
    assert found == []
    page.context.close()


def test_what_somebody_types_into_a_letter_is_text_at_each_step(browser, hub):
    page = signed_in(browser, hub.url, hub.tokens["agency"])
    page.goto("/compose")
    page.fill("#q", MARKUP[:8] + HEBREW)
    page.press("#q", "Enter")
    expect(page.locator("#found")).to_be_visible()
    found = broken(page)
    page.fill("#codes", f"G22 {HEBREW}")
    page.fill("#number", NUMBER)
    page.fill("#subject", SUBJECTS[0])
    page.fill("#signer_name", PERSON)
    page.set_input_files("#more", {"name": FILE, **PDF})
    page.fill("[name=reference_from]", MARKUP + HEBREW)
    page.click("form.letter .row button[value=manifest]")
    expect(page.locator(".fault").first).to_be_visible()
    found += broken(page)
    page.goto(f"/compose?number=9{quote(NUMBER)}&subject={quote(SUBJECTS[3])}&signer_name={quote(PERSON)}")
    page.fill("#codes", "G22")
    page.set_input_files("#more", {"name": FILE, **PDF})
    page.click("form.letter .row button[value=manifest]")
    expect(page.locator("pre.tall")).to_be_visible()
    found += broken(page)
    page.check("[name=unsigned]")
    page.click("button[formaction='/compose/check']")
    expect(page.locator("#checked")).to_be_visible()
    found += broken(page)
    page.click("form.letter > .row:last-of-type button:not([formaction])")
    expect(page.locator("h1 bdi")).to_contain_text("<x-made>")
    assert found + broken(page) == []
    page.context.close()


def test_what_somebody_hands_in_or_takes_home_is_text(browser, hub, tmp_path):
    page = signed_in(browser, hub.url, hub.tokens["agency"])
    evidence = page.request.get(f"/v1/documents/{hub.document}/evidence").body()
    manifest = page.request.get(f"/v1/documents/{hub.document}/manifest").body()
    signature = page.request.get(f"/v1/documents/{hub.document}/signatures/1").body()
    found = []
    for files in (
        {f"{MARKUP.replace('/', '')}{HEBREW}.zip": evidence},
        {"m.json": manifest, "m.json.p7s": signature, FILE: b"x", f"{TURNED}{HEBREW}": b""},
    ):
        page.goto("/verify")
        payloads = [{"name": name, **PDF, "buffer": content} for name, content in files.items()]
        page.set_input_files("#files", payloads)
        page.click("form.simple button")
        expect(page.locator("section bdi").first).to_contain_text(next(iter(files))[:4])
        found += broken(page)
    page.context.set_offline(True)
    for each in taken_home(hub, evidence, tmp_path):
        page.goto(each.as_uri())
        assert "ש" in page.content(), each.name
        found += broken(page)
    assert found == []
    page.context.close()


def taken_home(hub, evidence, folder):
    """Pages that stand alone as files."""
    with zipfile.ZipFile(io.BytesIO(evidence)) as archive:
        archive.extract("index.html", folder)
        (folder / FILE).write_bytes(archive.read("manifest.json"))
        (folder / "signature.p7s").write_bytes(archive.read("signatures/0.p7s"))
    (folder / "issuer.pem").write_text(hub.issuer, encoding="utf-8")
    given = ("--signature", str(folder / "signature.p7s"), "--trust", str(folder / "issuer.pem"))
    hub.axis("verify", str(folder / FILE), *given, "--html", str(folder / "verified.html"), check=False)
    hub.axis("report", "signatures", "--by", "agency,month", "--html", "--out", str(folder / "report.html"))
    found = sorted(folder.glob("*.html"))
    assert len(found) == 3
    return found


def test_what_a_simulation_tells_the_sandbox_is_text(browser, hub):
    token = (hub.folder / "sandbox-token").read_text(encoding="utf-8").strip()
    days = dict.fromkeys(("day", "first", "last"), "2026-11-02")
    places = [{"code": HEBREW, "place": MARKUP + HEBREW + "ữ" * 200, "sent": 1, "signed": 1}]
    told = {"state": "running", "title": MARKUP + HEBREW, "recipient": HEBREW, "done": 1, "of": 2}
    answer = httpx.put(
        f"{hub.sandbox_url}/sandbox/run",
        json={**told, **days, "localities": places},
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=GUARD_SECONDS,
    )
    assert answer.status_code == 200, answer.text
    page = signed_in(browser, hub.sandbox_url, token)
    found = broken(page)
    for code, heading in ((HEBREW, "h1"), ("H26", "h1 bdi")):
        page.goto("/")
        page.fill("#code", code)
        page.fill("#name", NAME[:300])
        page.fill("#person", PERSON)
        page.fill("#title", PERSON)
        page.click("#agencies button")
        expect(page.locator(heading).first).to_be_visible()
        found += broken(page)
    assert found == []
    page.context.close()
