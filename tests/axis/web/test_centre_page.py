"""The operations centre: who sees what, and that figures lead to their documents."""

import pytest

from axis.clock import day_of
from axis.web.centre_page import NEWEST


@pytest.mark.parametrize(("language", "words"), [("vi", "Hôm nay"), ("en", "Today")])
def test_the_centre_shows_what_an_auditor_may_see(site, language, words):
    site.send()
    browser = site.signed_in("auditor")
    browser.language = language
    page = browser.page("/centre")
    today = day_of(site.hub.clock.now())
    assert words in page.text
    assert "1/UBND-VX" in page.text
    assert f"/documents?from={today}&to={today}&counted=true" in page.links
    assert "1/UBND-VX" in browser.page(f"/documents?from={today}&to={today}&counted=true").text


def test_messages_stand_beside_documents_where_there_are_any_and_lead_to_them(site):
    site.send()
    auditor, recipient = site.signed_in("auditor"), site.signed_in("recipient")
    auditor.language = recipient.language = "en"
    assert "messages between systems" not in auditor.page("/centre").text
    site.send(type="thong-diep", media_type="application/vnd.axis.thu-nghiem.v1+json")
    page = recipient.page("/centre")
    today = day_of(site.hub.clock.now())
    counted = f"/documents?from={today}&to={today}&counted=true&type=thong-diep"
    assert "messages between systems" in page.text
    assert counted in page.links
    assert "2/UBND-VX" in recipient.page(counted).text
    of_kind = next(link for link in page.links if link.endswith("&type=thong-diep&kind=thu-nghiem"))
    assert "2/UBND-VX" in recipient.page(of_kind).text
    assert not any("kind=" in link for link in recipient.page("/centre?wall=true").links)
    assert "messages between systems" in recipient.page("/centre?wall=true").text


def test_the_newest_documents_stand_first_however_many_entries_came_after_them(site):
    sent = [site.send()["id"] for _ in range(NEWEST + 2)]
    links = site.signed_in("auditor").page("/centre").links
    found = [each.rsplit("/", 1)[1] for each in links if each.startswith("/documents/")]
    assert found == sent[: -NEWEST - 1 : -1]


def test_a_wall_screen_shows_the_same_figures_and_leads_back(site):
    site.send()
    browser = site.signed_in("auditor")
    ordinary, wall = browser.page("/centre"), browser.page("/centre?wall=true")
    assert "/centre?wall=true" in ordinary.links
    assert "/centre" in wall.links
    assert ("body", {"class": "wall"}) in wall.tags
    assert [tag for tag, _ in wall.tags].count("rect") == [tag for tag, _ in ordinary.tags].count("rect")
    assert browser.get("/centre?wall=perhaps").status_code == 422


def test_what_is_kept_for_others_is_shown_in_each_ones_own_language(site):
    site.send()
    browser = site.signed_in("auditor")
    for language, words, others in (("vi", "Hôm nay", "Today"), ("en", "Today", "Hôm nay")) * 2:
        browser.language = language
        text = browser.page("/centre").text
        assert words in text
        assert others not in text


def test_agencies_are_ranked_and_provinces_stand_on_the_map(site):
    site.send()
    reply = {"from": "000.00.00.G22", "to": ["000.00.00.H24"]}
    site.send(role="recipient", **reply)
    page = site.signed_in("auditor").page("/centre")
    tiles = [named["class"] for tag, named in page.tags if tag == "rect" and named.get("rx")]
    assert tiles.count("share-0") == 1
    assert "/report?sender=000.00.00.G22" in page.links


def test_an_agency_sees_its_own_and_an_operator_no_documents(site):
    site.send()
    assert "1/UBND-VX" in site.signed_in("recipient").page("/centre").text
    assert "1/UBND-VX" not in site.signed_in("other").page("/centre").text
    operator = site.signed_in("operator")
    operator.language = "en"
    page = operator.page("/centre")
    assert "1/UBND-VX" not in page.text
    assert "entries in the ledger" in page.text


def test_figures_of_one_view_are_kept_for_a_moment_and_of_none_other(site):
    site.send()
    auditor = site.signed_in("auditor")
    assert "1/UBND-VX" in auditor.page("/centre").text
    site.send()
    assert "2/UBND-VX" not in auditor.page("/centre").text
    assert "2/UBND-VX" in site.signed_in("recipient").page("/centre").text


def test_the_script_that_renews_the_page_is_the_hubs_own(site):
    browser = site.signed_in()
    (script,) = (named["src"] for tag, named in browser.page("/centre").tags if tag == "script")
    answer = browser.get(script)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert not [tag for tag, _ in browser.page("/documents").tags if tag == "script"]
