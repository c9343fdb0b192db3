"""Mailboxes and deliveries as pages: what waits, what it says, and an answer given in a form."""

import pytest

from axis.protocol.statuses import NOTE_CHARACTERS


def delivery_of(sent):
    return sent["deliveries"][0]["id"]


def answer(browser, delivery, code, note=""):
    page = browser.page(f"/deliveries/{delivery}")
    form = next(str(field["value"]) for field in page.fields if field["name"] == "form")
    return browser.post(f"/deliveries/{delivery}/statuses", {"form": form, "code": code, "note": note})


@pytest.mark.parametrize(("language", "word"), [("vi", "Văn bản đến"), ("en", "Inbox")])
def test_an_inbox_lists_what_waits_and_no_more_once_it_is_answered(site, language, word):
    sent = site.send()
    browser = site.signed_in("recipient")
    browser.language = language
    page = browser.page("/inbox")
    assert word in page.text
    assert f"/deliveries/{delivery_of(sent)}" in page.links
    assert "1/UBND-VX" not in browser.page("/outbox").text
    assert answer(browser, delivery_of(sent), "03", "Đã vào sổ").status_code == 303
    assert "1/UBND-VX" not in browser.page("/inbox").text
    assert "1/UBND-VX" in browser.page("/inbox?limit=50").text
    assert "Đã vào sổ" in browser.page(f"/deliveries/{delivery_of(sent)}").text


def test_an_outbox_shows_the_sender_what_was_answered(site):
    sent = site.send()
    recipient, sender = site.signed_in("recipient"), site.signed_in("agency")
    assert "1/UBND-VX" in sender.page("/outbox").text
    assert "1/UBND-VX" not in sender.page("/inbox").text
    answer(recipient, delivery_of(sent), "02", "Sai nơi nhận")
    assert "1/UBND-VX" not in sender.page("/outbox").text
    assert "Sai nơi nhận" in sender.page("/outbox?state=refused").text


def test_a_sender_asks_back_and_the_recipient_agrees(site):
    sent = site.send()
    recipient, sender = site.signed_in("recipient"), site.signed_in("agency")
    delivery = delivery_of(sent)
    assert answer(sender, delivery, "13", "Gửi nhầm").status_code == 303
    assert "1/UBND-VX" in recipient.page("/inbox?request=open").text
    page = recipient.page(f"/deliveries/{delivery}")
    assert page.links.count("/inbox") == 2  # in the head of the page, and before its title
    assert sender.page(f"/deliveries/{delivery}").links.count("/outbox") == 2
    offered = {named["value"] for tag, named in page.tags if tag == "option"}
    assert offered == {"01", "15", "16"}
    assert answer(recipient, delivery, "15").status_code == 303
    ended = sender.page(f"/deliveries/{delivery}")
    assert not [form for form in ended.forms if form["action"].startswith("/deliveries")]


def test_an_answer_that_may_not_be_given_is_a_page_that_says_why(site):
    sent = site.send()
    browser = site.signed_in("recipient")
    browser.language = "en"
    delivery = delivery_of(sent)
    refused = answer(browser, delivery, "02")
    assert refused.status_code == 422
    assert "a note with the reason" in refused.text
    assert f'<a href="/deliveries/{delivery}">' in refused.text
    assert answer(browser, delivery, "06").status_code == 409
    assert answer(browser, delivery, "99").status_code == 422


def test_a_note_of_several_lines_is_shown_as_it_was_written(site):
    sent = site.send()
    browser = site.signed_in("recipient")
    assert answer(browser, delivery_of(sent), "02", "Sai nơi nhận:\r\ngửi Sở Y tế").status_code == 303
    shown = '<bdi class="lines">Sai nơi nhận:\ngửi Sở Y tế</bdi>'
    for path in (f"/deliveries/{delivery_of(sent)}", f"/documents/{sent['id']}", "/inbox?state=refused"):
        assert shown in browser.get(path).text


def test_the_longest_note_fits_into_the_form(site):
    sent = site.send()
    browser = site.signed_in("recipient")
    assert answer(browser, delivery_of(sent), "02", "ế" * NOTE_CHARACTERS).status_code == 303
    assert answer(browser, delivery_of(site.send()), "02", "ế" * (NOTE_CHARACTERS + 1)).status_code == 422


@pytest.mark.parametrize("path", ["/inbox", "/inbox?limit=50", "/documents?limit=1"])
def test_a_list_leads_to_the_whole_of_it_as_files(site, path):
    site.send()
    browser = site.signed_in("recipient")
    files = [link for link in browser.page(path).links if link.startswith("/v1/")]
    assert len(files) == 3
    assert [browser.get(link).status_code for link in files] == [200, 200, 200]


def test_a_form_without_its_token_answers_nothing(site):
    sent = site.send()
    browser = site.signed_in("recipient")
    forged = browser.post(f"/deliveries/{delivery_of(sent)}/statuses", {"code": "03", "form": "x"})
    assert forged.status_code == 403
    assert "/problems/form-stale" in forged.text
    assert f'<a href="/deliveries/{delivery_of(sent)}">' in forged.text  # a way on
    assert "1/UBND-VX" in browser.page("/inbox").text


@pytest.mark.parametrize(("role", "status"), [("other", 404), ("auditor", 200)])
def test_who_is_no_party_gives_no_answer(site, role, status):
    sent = site.send()
    browser = site.signed_in(role)
    delivery = delivery_of(sent)
    page = browser.page(f"/deliveries/{delivery}", status)
    assert not [form for form in page.forms if form["action"].startswith("/deliveries")]
    form = next(str(field["value"]) for field in browser.page("/agencies").fields if field["name"] == "form")
    answered = browser.post(f"/deliveries/{delivery}/statuses", {"form": form, "code": "03", "note": ""})
    assert answered.status_code == (404 if role == "other" else 403)


def test_figures_of_the_report_and_of_the_centre_lead_to_the_deliveries_they_count(site):
    sent = site.send()
    answer(site.signed_in("recipient"), delivery_of(sent), "02", "Sai nơi nhận")
    site.send()
    auditor = site.signed_in("auditor")
    behind = "/deliveries?recipient=000.00.00.G22&counted=true&state=refused"
    assert behind in auditor.page("/report").links
    page = auditor.page(behind)
    assert "1/UBND-VX" in page.text
    assert "2/UBND-VX" not in page.text
    (refused,) = {
        link for link in auditor.page("/centre").links if "state=refused" in link and "-01-01" in link
    }
    assert "1/UBND-VX" in auditor.page(refused).text
    assert "1/UBND-VX" not in site.signed_in("other").page("/deliveries").text
