"""The pages of documents: who sees which, what they say, and that every text of a stranger is text."""

import pytest
from support.page_visits import Page

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{7*7}}{% raw %}"
FORMULA = "=HYPERLINK(1)"


def shown(page, *words):
    return [word for word in words if word not in page.text]


@pytest.mark.parametrize(
    ("role", "status"),
    [("agency", 200), ("recipient", 200), ("other", 404), ("auditor", 200), ("operator", 403)],
)
def test_a_document_is_shown_to_its_parties_and_auditors(site, role, status):
    sent = site.send()
    browser = site.signed_in(role)
    page = browser.page(f"/documents/{sent['id']}", status)
    assert page.language == "vi"
    assert ("1/UBND-VX" in page.text) == (status == 200)
    listed = browser.page("/documents", 403 if role == "operator" else 200)
    assert ("1/UBND-VX" in listed.text) == (status == 200)


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", ("không ký số", "Công văn")), ("en", ("not signed", "official letter"))],
)
def test_a_document_tells_what_happened_to_it(site, language, words):
    sent = site.send()
    browser = site.signed_in("recipient")
    browser.language = language
    token = {"Authorization": f"Bearer {site.token('recipient')}"}
    answered = browser.request(
        "POST",
        f"/v1/deliveries/{sent['deliveries'][0]['id']}/statuses",
        json={"code": "02", "note": "Sai nơi nhận"},
        headers=token,
    )
    assert answered.status_code == 201
    page = browser.page(f"/documents/{sent['id']}")
    assert page.language == language
    assert shown(page, "Sai nơi nhận", words[0], words[1]) == []
    assert f"/v1/documents/{sent['id']}/evidence" in page.links
    assert browser.get(f"/v1/documents/{sent['id']}/evidence").headers["content-type"] == "application/zip"


def test_every_text_of_a_stranger_is_text(site):
    sent = site.send(
        name=f"{FORMULA}.pdf",
        number="1/<b>VX",
        subject=HOSTILE + "ư" * 1_800,
        signer={"name": HOSTILE, "position": FORMULA},
    )
    browser = site.signed_in()
    for path in ("/documents", f"/documents/{sent['id']}", "/documents?number=1/<b>VX"):
        answer = browser.get(path)
        page = Page(answer.text)
        assert HOSTILE.split("{", maxsplit=1)[0] in page.text
        assert not {tag for tag, _ in page.tags} & {"script", "b>vx"}
        assert not [named for _, named in page.tags if "onerror" in named or named.get("src") == "x"]
        assert "{{7*7}}" in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not [named for _, named in page.tags if "style" in named]


def test_a_text_that_turns_the_way_of_writing_is_shown_as_such(site):
    page = site.signed_in().page("/documents?text=a\u202eb")
    assert "\u202e" not in page.text
    assert "a\\u202eb" in [field.get("value") for field in page.fields]


def test_the_list_has_the_filters_of_the_api_and_refuses_as_it_does(site):
    site.send(subject="Kế hoạch sử dụng đất")
    site.send(subject="Báo cáo", to=["000.00.00.G22", "000.00.00.H26"])
    browser = site.signed_in()
    found = browser.page("/documents?text=su+dung+dat&sender=&from=&indication=none")
    assert "1/UBND-VX" in found.text
    assert "2/UBND-VX" not in found.text
    page = browser.page("/documents?from=2019-13-01", 422)
    assert "2019-13-01" in page.text
    first = browser.page("/documents?limit=1")
    assert "2/UBND-VX" in first.text  # the newest first
    (older,) = (link for link in first.links if "before=" in link)
    second = browser.page(older)
    assert "1/UBND-VX" in second.text
    assert not [link for link in second.links if "before=" in link]
    (newer,) = (link for link in second.links if "after=" in link)
    assert "2/UBND-VX" in browser.page(newer).text
    assert browser.page("/documents?before=x", 422)


def test_no_document_is_a_page_that_says_so(site):
    browser = site.signed_in()
    browser.language = "en"
    assert "No document passes these filters" in browser.page("/documents?number=9").text
    for address in ("/documents/nothing", "/documents/00000000-0000-0000-0000-000000000000"):
        page = browser.page(address, 404)
        assert "/" in page.links
